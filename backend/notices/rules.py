"""How often telling is tried, of which topic an event is, and whether somebody wants to be told."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from backend.notices.states import Topic, Way

LEASE: Final = timedelta(seconds=90)
"""How long a worker has for a mail that was handed to it, and again for one that it has begun."""
MOST_TRIES: Final = 10
"""About eight and a half hours, with the pauses between them."""
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=4)

TOPIC_OF: Final[Mapping[str, Topic]] = {
    "order": Topic.ORDERS,
    "milestone": Topic.ORDERS,
    "revision": Topic.ORDERS,
    "ticket": Topic.TICKETS,
    "ticket_message": Topic.TICKETS,
    "incoming_mail": Topic.TICKETS,
    "agreed_point": Topic.TICKETS,
    "ready_answer": Topic.TICKETS,
    "ticket_template": Topic.TICKETS,
    "text_opening": Topic.TICKETS,
    "ticket_rating": Topic.TICKETS,
    "deviation": Topic.TICKETS,
    "recurrence": Topic.TICKETS,
    "contact_permission": Topic.RIGHTS,
    "service_level": Topic.AGREEMENTS,
    "billing": Topic.INVOICES,
    "product": Topic.TICKETS,
    "overrun": Topic.FORECASTS,
    "time_entry": Topic.HOURS,
    "hours": Topic.HOURS,
    "target": Topic.HOURS,
    "invoice": Topic.INVOICES,
    "invoice_line": Topic.INVOICES,
    "invoices": Topic.INVOICES,
    "body": Topic.BODIES,
    "body_seat": Topic.BODIES,
    "body_post": Topic.BODIES,
    "bulletin": Topic.BULLETINS,
    "document": Topic.DOCUMENTS,
    "communication_plan": Topic.BULLETINS,
    "calendar_key": Topic.PEOPLE,
    "complaint": Topic.COMPLAINTS,
    "sanction": Topic.COMPLAINTS,
    "ordering_right": Topic.RIGHTS,
    "agreement": Topic.AGREEMENTS,
    "price_group": Topic.AGREEMENTS,
    "price": Topic.AGREEMENTS,
    "bank_account": Topic.AGREEMENTS,
    "invoicing_process": Topic.AGREEMENTS,
    "service": Topic.AGREEMENTS,
    "term": Topic.AGREEMENTS,
    "organisation": Topic.PEOPLE,
    "person": Topic.PEOPLE,
    "role": Topic.PEOPLE,
    "password": Topic.PEOPLE,
    "session": Topic.PEOPLE,
    "token": Topic.PEOPLE,
    "service_account": Topic.PEOPLE,
    "view": Topic.PEOPLE,
    "mail": Topic.PEOPLE,
}
"""An event's noun → what it is about."""
_OF_FORECASTS: Final = ("order.forecast", "order.warned")


def topic_of(event: str) -> Topic:
    """What an event is about; its name begins with a noun that has a topic."""
    if event.startswith(_OF_FORECASTS):
        return Topic.FORECASTS
    return TOPIC_OF[event.partition(".")[0]]


def is_wanted(chosen: Mapping[tuple[Topic, Way], bool], event: str, way: Way, *, is_required: bool) -> bool:
    """Whether somebody is told in this way: always where the contract requires it, else unless they chose otherwise."""
    return is_required or chosen.get((topic_of(event), way), True)


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many tries that failed: a minute, then twice as long each time, four hours at most."""
    return min(FIRST_PAUSE * (1 << min(max(tries - 1, 0), 16)), LONGEST_PAUSE)
