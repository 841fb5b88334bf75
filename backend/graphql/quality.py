"""How well tickets were handled by those who asked, and deviations from the agreed quality."""

import datetime as dt
from typing import Annotated

import sqlalchemy as sa
import strawberry

from backend.graphql import agreements, parties
from backend.graphql.events import Event, timeline_of
from backend.graphql.files import StoredFile, files_of_act
from backend.graphql.inputs import filter_input, key, value
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    described,
    everyone,
    group,
    many,
    newest,
    one,
    root,
    shape,
    sql,
)
from backend.graphql.relay import Connection, Subject
from backend.kit.actor import Actor, ActorKind
from backend.tickets import policy
from backend.tickets import quality_queries as queries
from backend.tickets.quality_model import QualityDeviation as Row
from backend.tickets.quality_model import TicketRating as Rating
from backend.tickets.quality_states import DeviationAction, DeviationKind, DeviationState

described(
    DeviationKind,
    "Why there is a quality deviation.",
    LOW_RATING="Whoever asked was not satisfied.",
    MISSED_LEVEL="A service was not produced on the agreed level in a month.",
    WIDE_CAUSE="The root cause of an incident of wide reach is known.",
)
described(
    DeviationState,
    "Where a quality deviation stands.",
    OPEN="It has no measures yet.",
    MEASURED="Its measures are on record.",
    REPORTED="The customer, or the production group, was told.",
)
described(
    DeviationAction,
    "What can be done with a quality deviation.",
    MEASURE="Record what was done, what is planned and how the like is prevented.",
    TELL_CUSTOMER="Tell the customer what came of it.",
    REPORT_IN_GROUP="Note that the production group was told of a missed level.",
    REPORT_CAUSE="Note that the production group was told of a root cause.",
)


def is_party(actor: Actor) -> bool:
    """Who reads measures: Tiera and the supplier."""
    return actor.kind is not ActorKind.CUSTOMER


@shape(Rating, queries.visible_ratings, sort=newest("rated_at", "id"))
class TicketRating(Subject):
    """How well a ticket was handled, in the words of whoever asked; one for each time it was resolved."""

    score: int = column("From one, very badly, to five, very well.")
    word: str | None = column("What was said with it.")
    rated_at: dt.datetime = column("When it was said.")
    resolved_at: dt.datetime = column("Which resolution it is about.")
    is_own: bool = sql(
        lambda r, actor: sa.func.coalesce(r.rated_by_id == actor.person_id, sa.false()),
        "Whether you said it.",
        by_actor=True,
    )
    ticket: Annotated["Ticket", strawberry.lazy("backend.graphql.tickets")] = one(  # type: ignore[name-defined]  # noqa: F821
        lambda r, t: t.id == r.ticket_id, "Of which ticket.", with_parent=True
    )


def _actions(
    actor: Actor, state: DeviationState, kind: DeviationKind, supplier_id: int | None
) -> list[DeviationAction]:
    return policy.available_deviation_actions(actor, state, kind, supplier_id)


@shape(Row, queries.visible_deviations, sort=newest("id"))
class QualityDeviation(Subject):
    """A deviation from the agreed quality: open until it has measures, kept until it was reported."""

    kind: DeviationKind = column("Why there is one.")
    state: DeviationState = column("Where it stands.")
    month: dt.date | None = column("Of a missed level: the first day of the month.")
    arisen_at: dt.datetime = column("When it arose.")
    done: str | None = column("What was done.", seen_by=is_party)
    planned: str | None = column("What is planned.", seen_by=is_party)
    prevention: str | None = column("How the like is prevented.", seen_by=is_party)
    measure_files: list[StoredFile] = files_of_act(
        "QualityDeviation", "deviation.measured", at="measured_at", said="What is attached to its measures."
    )
    measured_at: dt.datetime | None = column("When measures were recorded last.", seen_by=is_party)
    measured_by: parties.Person | None = one(
        lambda d, p: p.id == d.measured_by_id, "Who recorded them.", with_parent=True, seen_by=is_party
    )
    report: str | None = column("What the customer, or the production group, was told.")
    report_files: list[StoredFile] = files_of_act(
        "QualityDeviation", "deviation.reported", said="What is attached to the report in the production group."
    )
    reported_on: dt.date | None = column("The day of the production group's meeting.")
    reported_at: dt.datetime | None = column("When the report was put on record.")
    service: agreements.Service = one(lambda d, s: s.id == d.service_id, "Of which service.", with_parent=True)
    supplier: parties.Organisation | None = one(
        lambda d, o: o.id == d.supplier_id, "Who answers for it; null: Tiera itself.", with_parent=True
    )
    customer: parties.Organisation | None = one(
        lambda d, o: o.id == d.customer_id, "Who was not satisfied.", with_parent=True
    )
    rating: TicketRating | None = one(lambda d, r: r.id == d.rating_id, "The low rating.")
    ticket: Annotated["Ticket", strawberry.lazy("backend.graphql.tickets")] | None = one(  # type: ignore[name-defined]  # noqa: F821
        lambda d, t: t.id == d.ticket_id, "The ticket, or the first that missed the level."
    )
    tickets: list[Annotated["Ticket", strawberry.lazy("backend.graphql.tickets")]] = many(  # type: ignore[name-defined]  # noqa: F821
        queries.has_missed, "The tickets that it is about."
    )
    timeline: Connection[Event] = timeline_of("QualityDeviation")
    available_actions: list[DeviationAction] = computed(
        _actions,
        lambda d: {"state": d.state, "kind": d.kind, "supplier_id": d.supplier_id},
        "What you may do with it now.",
    )


@filter_input
class QualityDeviationFilter:
    """Which quality deviations."""

    words: str | None = value("With these words in number, service or ticket.", default=None)
    kinds: list[DeviationKind] | None = value("For one of these reasons.", default=None)
    states: list[DeviationState] | None = value("In one of these states.", default=None)
    is_for_production_group: bool | None = value("On the next agenda of a production group, or not.", default=None)
    supplier_id: strawberry.ID | None = key("Organisation", "For which this supplier answers.", default=None)
    is_tieras: bool | None = value("For which Tiera itself answers, or a supplier.", default=None)
    service_id: strawberry.ID | None = key("Service", "Of this service.", default=None)


@root
class QualityFigures:
    """Figures over the quality deviations that you see."""

    without_measures: int = sql(
        lambda _, a: queries.count_of_deviations(a, queries.is_without_measures),
        "How many have no measures.",
        by_actor=True,
    )
    to_tell: int = sql(
        lambda _, a: queries.count_of_deviations(a, queries.awaits_telling),
        "Of how many a customer is to be told.",
        by_actor=True,
    )
    for_production_group: int = sql(
        lambda _, a: queries.count_of_deviations(a, queries.is_for_production_group),
        "How many stand on the next agenda of a production group.",
        by_actor=True,
    )


@root
class QualityQuery:
    """Quality."""

    quality_deviations: Connection[QualityDeviation] | None = connection(
        queries.deviations_matching,
        "Quality deviations that you see, the newest first.",
        seen_by=everyone,
        where=argument(QualityDeviationFilter | None, "Which."),
    )
    quality_deviation: QualityDeviation | None = one(
        lambda _, d, id: d.id == id.of("QualityDeviation"),
        "A quality deviation by its identifier.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Which."),
    )
    quality_figures: QualityFigures | None = group(
        "Figures over the quality deviations that you see.", seen_by=everyone
    )
