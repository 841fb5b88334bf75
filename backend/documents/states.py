"""What documents are, and what can be done with them."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels
from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right


class DocumentKind(StrEnum):
    SERVICE_DESCRIPTION = "service_description"
    INSTRUCTIONS = "instructions"
    ARCHITECTURE = "architecture"
    SECURITY = "security"
    PLAN = "plan"
    OTHER = "other"


class DocumentState(StrEnum):
    IN_USE = "in_use"
    RETIRED = "retired"
    """Used no more; it stays to be read (H11.6-b)."""


class DocumentAction(StrEnum):
    EDIT = "edit"
    ADD_VERSION = "add_version"
    REVIEW = "review"
    """Say that it is right as it is, and when it is looked at next."""
    RETIRE = "retire"
    RELEASE = "release"
    """Let customers see what a supplier says in it (H11.4-a)."""
    RETURN = "return"
    """Say why they are not to see what waits."""


class DocumentEffect(StrEnum):
    """What a change means for a document (H11.6-a)."""

    UPDATED = "updated"
    NO_EFFECT = "no_effect"


S, A = DocumentState, DocumentAction
RELEASING = (A.RELEASE, A.RETURN)
"""What Tiera does with what waits; the rest is done by the side that answers for the document."""
DOCUMENT = Workflow(
    (
        Move(A.EDIT, S.IN_USE, S.IN_USE, Right.KEEP_DOCUMENTS, "H11.6-c"),
        Move(A.ADD_VERSION, S.IN_USE, S.IN_USE, Right.KEEP_DOCUMENTS, "H11.6-a"),
        Move(A.REVIEW, S.IN_USE, S.IN_USE, Right.KEEP_DOCUMENTS, "H11.6-a"),
        Move(A.RETIRE, S.IN_USE, S.RETIRED, Right.KEEP_DOCUMENTS, "H11.6-b"),
        Move(A.RELEASE, S.IN_USE, S.IN_USE, Right.RELEASE_MESSAGES, "H11.4-a"),
        Move(A.RETURN, S.IN_USE, S.IN_USE, Right.RELEASE_MESSAGES, "H11.4-a"),
    )
)

DOCUMENT_KIND_LABELS = register_labels(
    {
        DocumentKind.SERVICE_DESCRIPTION: Text("Service description"),
        DocumentKind.INSTRUCTIONS: Text("Instructions"),
        DocumentKind.ARCHITECTURE: Text("Architecture"),
        DocumentKind.SECURITY: Text("Security and data protection"),
        DocumentKind.PLAN: Text("Plan"),
        DocumentKind.OTHER: Text("Another document"),
    }
)
DOCUMENT_STATE_LABELS = register_labels({S.IN_USE: Text("In use"), S.RETIRED: Text("Used no more")})
DOCUMENT_EFFECT_LABELS = register_labels(
    {DocumentEffect.UPDATED: Text("Updated"), DocumentEffect.NO_EFFECT: Text("No effect")}
)
