"""Figures per supplier, customer, service and month: the same for pages, files and programs."""

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
import strawberry

from backend.complaints.states import AnswerTime, ComplaintCause
from backend.graphql import agreements, parties
from backend.graphql.inputs import filter_input, key, value
from backend.graphql.reads.how import Actor
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    described,
    everyone,
    oldest,
    one,
    report,
    root,
    shape,
    sql,
)
from backend.graphql.relay import Connection
from backend.kit.database import Condition, Row
from backend.reports import figures, sums
from backend.reports.measures import Measure, may_see_figures, measures_of
from backend.reports.sums import MOST, Division

described(
    Measure,
    "What a figure counts.",
    RESPONSE_TIMES="First answers that were due; short: too late.",
    RESOLUTION_TIMES="Resolutions that were due; short: too late.",
    UPDATE_TIMES="Next updates of what was open that were due; short: too late.",
    INCIDENTS="Incidents that were reported.",
    REQUESTS="Service requests that were reported.",
    PROBLEMS="Problems that were reported.",
    CHANGES="Changes that were reported.",
    BACKLOG="Tickets that stood open at the end of the day, by the month of their report; short: older than 30 days.",
    RATINGS="How well tickets were handled; short: low ratings; the sum is that of the scores, from one to five.",
    RECURRING="Tickets that something which recurs rests on, unless it was dismissed.",
    COMPLAINTS="Complaints that were sent; short: no proper response in time; the sum: business days to responses.",
    SANCTIONS="Sanctions to which Tiera was entitled by then; the sum is euros of those that had been applied.",
)


described(
    Division,
    "By what figures are added up.",
    name="FigureDivision",
    MONTH="By their month.",
    CAUSE="Complaints by their cause.",
    ANSWER_TIME="Complaints by how long the first response took.",
)


@shape(figures.FIGURES, figures.visible_figures, sort=oldest("key"))
class Figure:
    """How many of a measure there are of a supplier, a customer and a service in a month, complaints by cause too."""

    measure: Measure = sql(lambda f: f.measure, "What is counted.")
    month: dt.date = column("The first day of the month.")
    cause: ComplaintCause | None = sql(lambda f: f.cause, "Of complaints and sanctions: what kind of thing.")
    answer_time: AnswerTime | None = sql(
        lambda f: f.answer_time, "Of complaints: how many business days the first response took."
    )
    count: int = column("How many.")
    short: int | None = column("How many of them fell short of what was agreed; null where nothing is.")
    sum: Decimal | None = column("What they add up to, where the measure has a sum.")
    supplier: parties.Organisation | None = one(
        lambda f, o: o.id == f.supplier_id,
        "Of which supplier; null of tickets that had reached none.",
        with_parent=True,
    )
    customer: parties.Organisation | None = one(
        lambda f, o: o.id == f.customer_id,
        "Of which customer: of complaints and sanctions, that of the ticket or order they are about, if you see it.",
        with_parent=True,
    )
    service: agreements.Service | None = one(
        lambda f, s: s.id == f.service_id,
        "Of which service: of complaints and sanctions that name none, that of what they are about, if you see it.",
        with_parent=True,
    )


def _every(actor: Actor, row: Row) -> Condition:
    """They are added up of what the actor sees."""
    return sa.true()


@shape(sums.NOTHING, _every, sort=oldest("key"))
class FigureSum:
    """What figures of a measure come to: in a month, of a cause or a time to answer, of one service or of all."""

    measure: Measure = sql(lambda s: s.measure, "What is counted.")
    division: Division | None = sql(lambda s: s.division, "By what it is added up; null: by whose it is alone.")
    is_apart: bool = column("Whether it is of one supplier, customer and service; else of all that you see.")
    month: dt.date | None = column("Of a month: its first day.")
    cause: ComplaintCause | None = sql(lambda s: s.cause, "Of a cause: which.")
    answer_time: AnswerTime | None = sql(lambda s: s.answer_time, "Of a time to answer: which.")
    count: int = column("How many.")
    short: int | None = column("How many of them fell short of what was agreed; null where nothing is.")
    sum: Decimal | None = column("What they add up to, where the measure has a sum.")
    among: int = column(f"Among how many it is: of what is apart the {MOST} with the most are told.")
    supplier: parties.Organisation | None = one(
        lambda s, o: o.id == s.supplier_id, "Of which supplier.", with_parent=True
    )
    customer: parties.Organisation | None = one(
        lambda s, o: o.id == s.customer_id, "Of which customer.", with_parent=True
    )
    service: agreements.Service | None = one(lambda s, v: v.id == s.service_id, "Of which service.", with_parent=True)


@filter_input
class FigureFilter:
    """Which figures."""

    first_month: dt.date | None = value(
        "From this month on, by its first day; what stands open is told whenever it was reported.", default=None
    )
    last_month: dt.date | None = value("To this month, by its first day.", default=None)
    supplier_id: strawberry.ID | None = key("Organisation", "Of this supplier.", default=None)
    customer_id: strawberry.ID | None = key("Organisation", "Of this customer.", default=None)
    service_id: strawberry.ID | None = key("Service", "Of this service.", default=None)
    as_of: dt.date | None = value(
        "As far as it had happened by the end of this day, what stood open as it was known then; none: up to now, and "
        "of what is open it is not told how much is old. Of a day to come nothing more is known than now.",
        default=None,
    )


@root
class ReportsQuery:
    """Figures."""

    figures: Connection[Figure] | None = report(
        figures.figures_matching,
        "Figures that you see, month by month within each measure.",
        by_actor=True,
        rows=lambda actor, measures, where: figures.figures(actor, as_of=where.as_of, first_month=where.first_month),
        seen_by=may_see_figures,
        measures=argument(list[Measure], "Of which measures."),
        where=argument(FigureFilter, "Which."),
    )
    figure_sums: Connection[FigureSum] | None = report(
        lambda _, row, actor, measures, where: sa.true(),
        "Figures that you see, added up: by month, by whose they are, complaints by cause and time to answer.",
        by_actor=True,
        rows=sums.sums,
        seen_by=may_see_figures,
        measures=argument(list[Measure], "Of which measures."),
        where=argument(FigureFilter, "Which."),
    )
    figure_measures: list[Measure] | None = computed(
        measures_of, lambda _: {}, "Which measures you see.", seen_by=everyone
    )
