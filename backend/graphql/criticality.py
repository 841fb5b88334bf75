"""How critical something is, as the schema names it: tickets and bulletins share it."""

from backend.graphql.reads.shape import described
from backend.rulebook.criticality import Criticality

described(
    Criticality,
    "How much depends on it.",
    CRITICAL="The service cannot be used.",
    HIGH="An important part cannot be used.",
    NORMAL="The usual.",
    LOW="It can wait.",
)
