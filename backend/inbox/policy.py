"""Who may do what with mail: Tiera's desk, by the table of moves."""

from backend.inbox.states import MAIL, MailAction, MailState
from backend.kit.actor import Actor


def available_actions(actor: Actor, state: MailState) -> list[MailAction]:
    """What somebody may do with a mail now."""
    return MAIL.open_to(actor, state)
