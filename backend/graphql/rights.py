"""Ordering rights: who may order what, on any day, as it was known on any day."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import strawberry

from backend.graphql.agreements import Agreement
from backend.graphql.events import Event, timeline_of
from backend.graphql.files import StoredFile
from backend.graphql.inputs import filter_input, key, part, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.parties import Organisation, Person
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
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
from backend.graphql.relay import Connection, Subject
from backend.graphql.scalars import Money, money
from backend.kit.actor import Actor, ActorKind
from backend.kit.amounts import Minutes
from backend.kit.conditions import has_words, rows_of, when
from backend.kit.database import Condition, Row
from backend.parties import figures, model, naming, policy, right_model, right_verbs
from backend.parties.right_queries import in_force_on, visible_rights
from backend.parties.states import RightAction, RightState
from backend.rulebook.roles import Right
from backend.rulebook.sizes import SizeClass

described(
    SizeClass,
    "The size of an order, by its estimated effort.",
    SMALL="A small assignment: under 10 person-days, if the terms say nothing else.",
    ASSIGNMENT="An assignment: 10 to 50 person-days.",
    PROJECT="A project: over 50 person-days, or otherwise significant.",
)
described(
    RightState,
    "How far a naming in writing has come. Whether it covers a day is said by its days too.",
    PROPOSED="Entered; Tiera's namer has not confirmed it.",
    IN_FORCE="Confirmed.",
    ENDED="Ended, dropped or replaced.",
)
described(
    RightAction,
    "What may be done to an ordering right.",
    CONFIRM="Put it in force.",
    END="End it at once.",
)


class RightSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"


described(RightSort, "In which order rights stand.", NEWEST="The newest entry first.", OLDEST="The oldest entry first.")


def _sees_more(actor: Actor) -> bool:
    """Who reads what is ordered under a right, and why it was ended: a supplier would read what others get, and what
    concerns a person; it is told that the right ended.
    """
    return actor.kind is not ActorKind.SUPPLIER


@shape(
    right_model.OrderingRight,
    visible_rights,
    sort={RightSort.NEWEST: newest("recorded_at", "id"), RightSort.OLDEST: oldest("recorded_at", "id")},
)
class OrderingRight(Subject):
    """A naming of an ordering contact in writing, with its limits. No version is ever overwritten."""

    person: Person = one(lambda r, p: p.id == r.person_id, "Who is named.", with_parent=True)
    organisation: Organisation = one(
        lambda r, o: o.id == r.organisation_id,
        "For whom they act when ordering: Tiera, or a customer.",
        with_parent=True,
    )
    supplier: Organisation | None = one(
        lambda r, o: o.id == r.supplier_id, "From this supplier only; null: from every supplier.", with_parent=True
    )
    agreement: Agreement | None = one(
        lambda r, a: a.id == r.agreement_id, "Under this agreement only, where you may see it; null: under every."
    )
    largest_class: SizeClass | None = column("The largest size of one order; null: any.")
    most_minutes: Minutes | None = column("The most effort of one order; null: no such limit.")
    most_euros: Money | None = money(lambda r: r.most_euros, "The most euros of one order; null: no such limit.")
    most_euros_a_year: Money | None = money(
        lambda r: r.most_euros_a_year, "The most euros of all orders in a calendar year; null: no such limit."
    )
    is_for_all: bool = sql(
        lambda r: r.for_organisation_ids.is_(None), "Whether they may order for every customer and for Tiera."
    )
    for_organisations: list[Organisation] = many(
        lambda r, o: o.id == sa.any_(r.for_organisation_ids), "The customers they may order for.", with_parent=True
    )
    valid_from: dt.date = sql(figures.first_day, "The first day.")
    valid_until: dt.date | None = sql(figures.last_day, "The last day; null where no end is said.")
    document_number: str = column("The number of the naming document.")
    document_on: dt.date = column("The date of the naming document.")
    document: StoredFile | None = one(
        lambda r, f: f.id == r.document_file_id, "The document itself, where it was attached.", with_parent=True
    )
    state: RightState = column("How far it has come.")
    recorded_at: dt.datetime = column("When it was entered.")
    recorded_by: Person | None = one(lambda r, p: p.id == r.recorded_by_id, "Who entered it.", with_parent=True)
    confirmed_at: dt.datetime | None = column("When it was put in force.")
    confirmed_by: Person | None = one(lambda r, p: p.id == r.confirmed_by_id, "Who put it in force.", with_parent=True)
    ended_at: dt.datetime | None = column("When it was ended.")
    ended_by: Person | None = one(lambda r, p: p.id == r.ended_by_id, "Who ended it.", with_parent=True)
    end_reason: str | None = column("Why it was ended; null for suppliers.", seen_by=_sees_more)
    replaces: "OrderingRight | None" = one(lambda r, o: o.id == r.replaces_id, "The version that it took the place of.")
    replaced_by: "OrderingRight | None" = one(
        lambda r, n: n.id == figures.successor_of(r), "The version that took its place, or is to on its first day."
    )
    has_newer_version: bool | None = sql(
        figures.has_newer_version,
        "Whether a newer version of it was entered and goes on, confirmed or not; null for suppliers.",
        seen_by=_sees_more,
    )
    ordered_in_year: Decimal | None = sql(
        lambda r, year: figures.ordered_in_year(r, year=year),
        "Euros ordered in a calendar year under all its versions, of whomever; null for suppliers.",
        seen_by=_sees_more,
        year=argument(int, "Which year."),
    )
    ordered_this_year: Decimal | None = sql(
        lambda r, on: figures.ordered_in_year(r, year=sa.extract("year", sa.cast(on, sa.Date))),
        "Euros ordered in the calendar year of a day under all its versions, of whomever; null for suppliers.",
        seen_by=_sees_more,
        on=argument(dt.date, "A day of that year."),
    )
    timeline: Connection[Event] = timeline_of("OrderingRight")
    available_actions: list[RightAction] = computed(
        policy.actions_on_right,
        lambda r: {"state": r.state, "person_id": r.person_id, "recorded_by_id": r.recorded_by_id},
        "What you may do to it now.",
    )


@filter_input
class RightFilter:
    """Which ordering rights."""

    person_id: strawberry.ID | None = key("Person", "Of this person.", default=None)
    organisation_id: strawberry.ID | None = key("Organisation", "Of people acting for this organisation.", default=None)
    supplier_id: strawberry.ID | None = key("Organisation", "That cover orders from this supplier.", default=None)
    state: RightState | None = value("That have come this far.", default=None)
    words: str | None = value("With these words in the person's name or the document's number.", default=None)
    is_mine: bool | None = value("Your own, or those of others.", default=None)
    waits_for_me: bool | None = value("Waiting for a confirmation that you may give, or not.", default=None)
    ends_within_days: int | None = value("Whose last day is at most so many days after `on`.", default=None)


def _waits_for(row: Row, actor: Actor) -> Condition:
    """Whoever is named, or entered the naming, does not confirm it."""
    if not actor.may(Right.CONFIRM_ORDERING_RIGHTS):
        return sa.false()
    entered = row.recorded_by_id.is_distinct_from(actor.person_id)
    return sa.and_(row.state == RightState.PROPOSED, row.person_id != actor.person_id, entered)


def _rights(_: None, row: Row, actor: Actor, *, on: Any, known_on: Any, where: Any) -> Condition:
    person = rows_of(model.Person)
    name = sa.select(person.c.name).where(person.c.id == row.person_id).correlate_except(person).scalar_subquery()
    return sa.and_(
        when(on, lambda day: in_force_on(row, day, known_on)),
        when(where.person_id, lambda p: row.person_id == p.of("Person")),
        when(where.organisation_id, lambda o: row.organisation_id == o.of("Organisation")),
        when(where.supplier_id, lambda s: sa.or_(row.supplier_id.is_(None), row.supplier_id == s.of("Organisation"))),
        when(where.state, lambda state: row.state == state),
        when(where.words, lambda words: has_words(words, name, row.document_number)),
        when(where.is_mine, lambda own: (row.person_id == actor.person_id) == own),
        when(where.waits_for_me, lambda waits: _waits_for(row, actor) == waits),
        sa.true() if on is None else when(where.ends_within_days, lambda n: _ends_within(row, on, n)),
    )


def _ends_within(row: Row, on: Any, days: Any) -> Condition:
    last: Condition = figures.last_day(row) <= sa.cast(on, sa.Date) + sa.cast(days, sa.Integer)
    return last


@root
class RightsQuery:
    """Ordering rights."""

    ordering_right: OrderingRight | None = one(
        lambda _, r, id: r.id == id.of("OrderingRight"),
        "One ordering right.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Its identifier."),
    )
    ordering_rights: Connection[OrderingRight] | None = connection(
        _rights,
        "Ordering rights: all versions, or who could order on a day. A supplier sees those that cover it.",
        by_actor=True,
        seen_by=everyone,
        order=RightSort,
        on=argument(dt.date | None, "Only those in force at the end of this day; else all versions."),
        known_on=argument(dt.date | None, "As it was known at the end of this day; else as it is known now."),
        where=argument(RightFilter | None, "Which ones."),
    )


@part(naming.Limits)
class OrderingLimitsInput:
    """How far an ordering right reaches. What is left out is no limit."""

    supplier_id: strawberry.ID | None = key("Organisation", "Orders from this supplier only.", default=None)
    agreement_id: strawberry.ID | None = key("Agreement", "Orders under this agreement only.", default=None)
    largest_class: SizeClass | None = value("The largest size of one order.", default=None)
    most_minutes: Minutes | None = value("The most effort of one order.", default=None)
    most_euros: Decimal | None = value("The most euros of one order.", default=None)
    most_euros_a_year: Decimal | None = value("The most euros of all orders in a calendar year.", default=None)
    for_organisation_ids: list[strawberry.ID] | None = key(
        "Organisation",
        "The customers they may order for; of a customer's own person always that customer.",
        default=None,
    )
    valid_from: dt.date = value("The first day.")
    valid_until: dt.date | None = value("The last day.", default=None)


@part(naming.Document)
class NamingDocumentInput:
    """The naming in writing."""

    number: str = value("Its number.")
    on: dt.date = value("Its date.")
    file_id: strawberry.ID | None = key(
        "StoredFile", "The document itself, brought by `POST /api/files`.", default=None
    )


@mutation(
    right_verbs.name_ordering_contact, ordering_right=OrderingRight, by=Right.NAME_ORDERING_CONTACTS, rule="H11.8.1-a"
)
class NameOrderingContact:
    """Enter a naming in writing. It is in force once Tiera's namer has confirmed it."""

    person_id: strawberry.ID = key("Person", "Who is named.")
    organisation_id: strawberry.ID = key("Organisation", "For whom they act: Tiera, or a customer.")
    limits: OrderingLimitsInput = value("How far it reaches.")
    document: NamingDocumentInput = value("The naming document.")


@mutation(right_verbs.replace_right, ordering_right=OrderingRight, by=Right.NAME_ORDERING_CONTACTS, rule="H11.8.1-c")
class ReplaceOrderingRight:
    """Enter a new version of a right in force; the old one ends when the new one is confirmed."""

    right_id: strawberry.ID = key("OrderingRight", "Which right.")
    limits: OrderingLimitsInput = value("How far the new version reaches.")
    document: NamingDocumentInput = value("The new naming document.")


@mutation(right_verbs.confirm_right, ordering_right=OrderingRight, by=Right.CONFIRM_ORDERING_RIGHTS, rule="H11.8.1-a")
class ConfirmOrderingRight:
    """Put a naming in force: somebody who is neither named in it nor entered it. Suppliers are told."""

    right_id: strawberry.ID = key("OrderingRight", "Which naming.")


@mutation(right_verbs.end_right, ordering_right=OrderingRight, by=Right.NAME_ORDERING_CONTACTS, rule="H11.8.1-c")
class EndOrderingRight:
    """End a right at once, or drop a naming that nobody confirmed. Suppliers are told."""

    right_id: strawberry.ID = key("OrderingRight", "Which right.")
    reason: str = value("Why.")


RightsMutation = mutations(NameOrderingContact, ReplaceOrderingRight, ConfirmOrderingRight, EndOrderingRight)
