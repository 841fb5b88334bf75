"""What happened, as the schema tells it. A slice puts a timeline on its type by one line:

    timeline: Connection[Event] = timeline_of("Order")

It holds what happened to the thing itself and to what is within it, as far as the reader may see that.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from backend.graphql.files import StoredFile, files_of_this_act
from backend.graphql.reads.how import SeenBy
from backend.graphql.reads.shape import argument, column, computed, connection, described, newest, ref, shape, sql
from backend.graphql.relay import Node, Subject
from backend.identity.model import ServiceAccount
from backend.identity.queries import visible_service_accounts
from backend.kit import events
from backend.kit.actor import Actor, Channel
from backend.kit.conditions import rows_of, when
from backend.kit.database import Condition, Row
from backend.notices import queries
from backend.notices.wording import say
from backend.parties.model import Organisation, Person
from backend.parties.queries import visible_people

described(
    Channel,
    "By which door an act came in.",
    PORTAL="In the portal.",
    API="By the API.",
    MAIL="By mail.",
    IMPORT="By an import.",
    SCHEDULE="By the clock.",
)


def who(event: Row, actor: Actor) -> sa.ColumnElement[Any]:
    """The name of whoever acted where the reader may know them, else of the organisation they acted for."""
    person, program, organisation = (rows_of(thing) for thing in (Person, ServiceAccount, Organisation))

    def name(of: Any, key: Any, *seen: Condition) -> Any:
        return sa.select(of.c.name).where(of.c.id == key, *seen).scalar_subquery()

    return sa.func.coalesce(
        name(person, event.person_id, visible_people(actor, person.c)),
        name(program, event.service_account_id, visible_service_accounts(actor, program.c)),
        name(organisation, event.organisation_id),
    )


def for_whom(event: Row) -> sa.ColumnElement[Any]:
    organisation = rows_of(Organisation)
    return sa.select(organisation.c.name).where(organisation.c.id == event.organisation_id).scalar_subquery()


def sentence(actor: Actor, name: str, figures: Mapping[str, Any], part: str | None, person: str | None) -> str:
    return say(actor.language, name, figures, part=part, person=person)


def _words(event: Row) -> Mapping[str, Any]:
    return {
        "name": event.name,
        "figures": event.figures,
        "part": queries.column_of_any("title", event.subject_kind, event.subject_id),
        "person": queries.name_in_figures(event.figures),
    }


@shape(events.Event, queries.visible_events, sort=newest("id"))
class Event(Node):
    """One act on record: what happened to what, who did it, when, by which door and which rule."""

    name: str = column("What happened: the thing first, then the act (`overrun.approved`).")
    sentence: str = computed(sentence, _words, "What happened, in your language.")
    at: dt.datetime = column("When.")
    by: str | None = sql(who, "Who did it, or for which organisation; null where the clock did.", by_actor=True)
    for_whom: str | None = sql(for_whom, "For which organisation it was done; null where the clock did it.")
    channel: Channel = column("By which door it came in.")
    rule: str | None = column("The rule of the contract that it follows.")
    from_state: str | None = column("The state before, where it changed.")
    to_state: str | None = column("The state after, where it changed.")
    subject: Subject | None = ref(
        lambda e: (e.subject_kind, e.subject_id), "What it happened to, where you may see it."
    )
    within: Subject | None = ref(lambda e: (e.within_kind, e.within_id), "The larger thing that this belongs to.")
    files: list[StoredFile] = files_of_this_act()


def timeline_of(kind: str, seen_by: SeenBy | None = None) -> Any:
    """The field `timeline` of the type of this name; `seen_by` of those alone who may ask for it."""

    def on(thing: Row, event: Row, without: Any) -> Condition:
        is_left = when(without, lambda names: event.name != sa.all_(names))
        return sa.and_(event.about_kind == kind, event.about_id == thing.id, is_left)

    return connection(
        on,
        "What happened to it and to what belongs to it, the newest first.",
        rows=lambda without: events.events_about(),
        visible_to=queries.visible_events_about(kind),
        seen_by=seen_by,
        without=argument(list[str] | None, "Leaving out what happened by these names."),
    )
