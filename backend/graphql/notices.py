"""What one is told: the bell, what one wants to be told, and mails that could not be sent."""

import datetime as dt
from typing import Any

import strawberry

from backend.graphql.events import Event
from backend.graphql.inputs import filter_input, key, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.parties import Person
from backend.graphql.reads.shape import (
    argument,
    column,
    connection,
    described,
    everyone,
    many,
    newest,
    oldest,
    one,
    root,
    shape,
    sql,
)
from backend.graphql.relay import Connection, Node
from backend.kit.actor import Actor
from backend.kit.conditions import when
from backend.kit.database import Condition, Row
from backend.notices import model, queries, verbs
from backend.notices.states import Topic, Way
from backend.rulebook.roles import Right

described(Way, "How one is told.", BELL="In the portal.", MAIL="By mail.")
described(
    Topic,
    "What notices are about.",
    ORDERS="Requests, estimates and orders.",
    TICKETS="Tickets, their messages and clocks.",
    BODIES="Groups and what is written in them.",
    BULLETINS="Bulletins and what communication is agreed.",
    DOCUMENTS="Documents and their versions.",
    FORECASTS="Forecasts and overruns.",
    HOURS="Hours and their approval.",
    INVOICES="Invoices and disputed lines.",
    COMPLAINTS="Complaints and sanctions.",
    RIGHTS="Ordering rights.",
    AGREEMENTS="Agreements, prices and terms.",
    PEOPLE="People, roles and organisations.",
)


@shape(model.Delivery, queries.visible_notices, sort=newest("id"))
class Notice(Node):
    """Something that you were told in the portal."""

    event: Event = one(lambda n, e: e.id == n.event_id, "What happened.", with_parent=True)
    is_read: bool = sql(lambda n: n.read_at.is_not(None), "Whether you have read it.")
    read_at: dt.datetime | None = column("When you read it.")
    is_required: bool = column("Whether the contract requires that you are told.")
    told_at: dt.datetime = column("When you were told.")


@shape(model.NoticePreference, queries.visible_preferences, sort=oldest("id"))
class NoticePreference(Node):
    """What you have chosen to be told, or not to be told. What you have not chosen you are told."""

    topic: Topic = column("What it is about.")
    way: Way = column("How you would be told.")
    is_wanted: bool = column("Whether you want to be told. What the contract requires you are told all the same.")


@shape(model.Delivery, queries.visible_failures, sort=newest("id"))
class FailedMail(Node):
    """A mail that could not be sent and is not tried any more."""

    person: Person = one(lambda m, p: p.id == m.person_id, "To whom.", with_parent=True)
    event: Event | None = one(lambda m, e: e.id == m.event_id, "What it would have told.")
    failure: str | None = column("What the mail server said.")
    tries: int = column("How often it was tried.")
    given_up_at: dt.datetime | None = column("When it was given up.")


@filter_input
class NoticeFilter:
    """Which notices."""

    is_read: bool | None = value("Read already, or not yet.", default=None)


def matching(_: None, notice: Row, *, where: Any) -> Condition:
    return when(where.is_read, lambda read: notice.read_at.is_not(None) == read)


def may_mend_mails(actor: Actor) -> bool:
    return actor.sees(Right.ADMINISTER)


@root
class NoticesQuery:
    """What you are told."""

    notices: Connection[Notice] | None = connection(
        matching,
        "What you were told in the portal, the newest first.",
        seen_by=everyone,
        where=argument(NoticeFilter | None, "Which ones."),
    )
    notice_preferences: list[NoticePreference] | None = many(
        lambda _, p: p.id > 0, "What you have chosen to be told.", seen_by=everyone
    )
    failed_mails: Connection[FailedMail] | None = connection(
        lambda _, m: m.id > 0, "Mails that could not be sent, for the key user to mend.", seen_by=may_mend_mails
    )


@mutation(verbs.mark_read, once=False)
class MarkNoticesRead:
    """Note that you have read some of your notices."""

    notice_ids: list[strawberry.ID] = key("Notice", "Those you have read.")


@mutation(verbs.mark_all_read, once=False)
class MarkAllNoticesRead:
    """Note that you have read your notices up to the newest that you saw."""

    until_id: strawberry.ID = key("Notice", "The newest that you saw; later ones stay unread.")


@mutation(verbs.choose_notices, once=False)
class ChooseNotices:
    """Choose of which topics you are told, and how. What the contract requires you are told all the same."""

    bell_topics: list[Topic] = value("Of these you are told in the portal.")
    mail_topics: list[Topic] = value("Of these you are told by mail.")


@mutation(verbs.try_again, by=Right.ADMINISTER)
class TryMailAgain:
    """Send a mail that was given up once more, as after mending its address."""

    mail_id: strawberry.ID = key("FailedMail", "The mail.")


NoticesMutation = mutations(MarkNoticesRead, MarkAllNoticesRead, ChooseNotices, TryMailAgain)
