"""Who may do what with a document: each side keeps its own; templates are Tiera's (H11.6-c)."""

from backend.documents.states import DOCUMENT, RELEASING, DocumentAction, DocumentState
from backend.kit.actor import Actor, ActorKind
from backend.kit.faults import broken_rule, not_permitted
from backend.kit.translation import Text
from backend.kit.workflow import Move
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule


@rule("H11.6-c")
def require_may_add(actor: Actor, *, is_template: bool) -> None:
    """Both sides add documents; templates are defined by Tiera."""
    if not actor.may(Right.KEEP_DOCUMENTS):
        raise not_permitted("H11.6-c")
    if is_template and actor.kind is not ActorKind.BUYER:
        raise not_permitted("H11.6-c", Text("Templates are defined by Tiera."), "content", "is_template")


@rule("H11.6-c")
def take(
    actor: Actor, state: DocumentState, action: DocumentAction, organisation_id: int
) -> Move[DocumentState, DocumentAction]:
    """The move, for the side that answers for the document."""
    move = DOCUMENT.take(actor, state, action)
    if actor.organisation_id != organisation_id:
        raise not_permitted("H11.6-c", Text("Each side answers for its own documents."))
    return move


@rule("H11.4-a")
def take_release(
    actor: Actor, state: DocumentState, action: DocumentAction, *, waits: bool
) -> Move[DocumentState, DocumentAction]:
    """The move, of what a supplier means for customers: Tiera releases it or returns it."""
    if actor.kind is not ActorKind.BUYER:
        raise not_permitted("H11.4-a", Text("What a supplier writes reaches customers when Tiera has released it."))
    move = DOCUMENT.take(actor, state, action)
    if not waits:
        raise broken_rule("H11.4-a", Text("Nothing of this document waits for release."))
    return move


def available_actions(actor: Actor, state: DocumentState, organisation_id: int, waits: bool) -> list[DocumentAction]:
    """What somebody may do with a document now."""
    is_own, may_release = actor.organisation_id == organisation_id, waits and actor.kind is ActorKind.BUYER
    return [action for action in DOCUMENT.open_to(actor, state) if (may_release if action in RELEASING else is_own)]
