"""Who is told of an event: data of each slice's `notices.py`. Whoever acted is not told of it."""

from dataclasses import dataclass
from enum import StrEnum


class To(StrEnum):
    """In which capacity somebody is told; who that is follows from the event's subject when it is told."""

    ORDERER = "orderer"
    """Who placed the order; until it is placed, who took its request up or else began it. Where that is nobody at Tiera
    who may see it: Tiera's ordering contacts whose naming covers it too, else its service managers."""
    ORDERING_CONTACT = "ordering_contact"
    """Those named in writing who may order from the supplier, or for the customer, concerned."""
    REQUESTER = "requester"
    """Who asked for it: the customer's person of an order, of a ticket whoever it was reported for."""
    ASSIGNEE = "assignee"
    """Who has the ticket."""
    WATCHERS = "watchers"
    """Who watches the ticket."""
    READERS = "readers"
    """Everybody in the organisations that the bulletin is for."""
    SEATED = "seated"
    """Everybody who sits in the body, as a member or a guest."""
    PERSON = "person"
    """The person whom the thing itself is about."""
    PROJECT_MANAGERS = "project_managers"
    """Both sides' project managers of the order."""
    SUPPLIER_MANAGERS = "supplier_managers"
    """The supplier's service managers."""
    ACCOUNT_MANAGER = "account_manager"
    """The supplier's account manager."""
    TIERA_SERVICE_MANAGERS = "tiera_service_managers"
    TIERA_NAMERS = "tiera_namers"
    """Who at Tiera puts namings in force (H11.8.1-a), and confirms what else one alone may not (D0-f)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What an event's name leads to. Nobody in `to`: it stands in the timeline alone.

    One that the contract requires (`required`) cannot be turned off by its receiver. One that warns of misuse
    (`even_who_acted`) goes to whoever acted too: it may have been somebody else in their name.
    """

    to: tuple[To, ...]
    rule: str
    required: bool = False
    even_who_acted: bool = False
