"""What every slice says of its events: who is told, and by which rule."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import backend.complaints.sanction_verbs
import backend.hours.deadline_verbs
import backend.inbox.sensitive_verbs
import backend.invoices.deadline_verbs
import backend.orders.deadline_verbs
import backend.parties.agreement_verbs
import backend.parties.right_verbs
import backend.parties.role_end_verbs
import backend.tickets.deadline_verbs  # noqa: F401
from backend.bulletins import notices as bulletins
from backend.complaints import notices as complaints
from backend.documents import notices as documents
from backend.governance import notices as governance
from backend.hours import notices as hours
from backend.identity import notices as identity
from backend.inbox import notices as inbox
from backend.invoices import notices as invoices
from backend.kit.notices import Notice
from backend.notices import notices as own
from backend.orders import notices as orders
from backend.parties import notices as parties
from backend.tickets import notices as tickets

SLICES: Final = (
    identity,
    parties,
    governance,
    bulletins,
    documents,
    tickets,
    inbox,
    orders,
    hours,
    invoices,
    complaints,
    own,
)


def _merged() -> Mapping[str, Notice]:
    found: dict[str, Notice] = {}
    for slice_ in SLICES:
        for name, notice in slice_.NOTICES.items():
            if name in found:
                raise ValueError(f"two slices say who is told of {name}")
            found[name] = notice
    return MappingProxyType(found)


NOTICES: Final[Mapping[str, Notice]] = _merged()
"""Event → who is told."""
