"""Figures added up in the database: by month, by whose they are, complaints by cause and time to answer too.

One statement counts what a page shows, however many suppliers, customers and services there are.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from backend.kit.actor import Actor
from backend.reports.figures import DIVISIONS, PARTS, figures, figures_matching, visible_figures
from backend.reports.measures import Measure

MOST = 100
"""So many suppliers, customers and services with the most are told apart, of each measure and division."""


class Division(StrEnum):
    """By what figures are added up."""

    MONTH = "month"
    CAUSE = "cause"
    ANSWER_TIME = "answer_time"


COLUMNS: dict[str, Any] = {
    "measure": sa.Text,
    "division": sa.Text,
    "is_apart": sa.Boolean,
    "month": sa.Date,
    "cause": sa.Text,
    "answer_time": sa.Text,
    **dict.fromkeys(PARTS, sa.BigInteger),
    "count": sa.BigInteger,
    "short": sa.BigInteger,
    "sum": sa.Numeric(14, 2),
    "among": sa.BigInteger,
    "key": sa.Text,
}
FIGURES = ("measure", "month", *PARTS, *DIVISIONS, "count", "short", "sum")
NOTHING = sa.select(*(sa.column(name, type_) for name, type_ in COLUMNS.items())).subquery()


def sums(actor: Actor, measures: Any, where: Any) -> sa.Subquery:
    """SQL rows: what the figures that the actor sees, of these measures, come to.

    By month; by supplier, customer and service (`is_apart`); complaints by cause and by time to answer, both of all
    and apart. What is apart is ranked by its count and ends after the first `MOST`; `among` is how many there were.
    """
    every = figures(actor, as_of=where.as_of, first_month=where.first_month).c
    asked = (visible_figures(actor, every), figures_matching(None, every, actor, measures=measures, where=where))
    row = sa.select(*(every[name] for name in FIGURES)).where(*asked).cte("figures_seen", nesting=True).c
    parts = [row[name] for name in PARTS]
    divisions = [[row[name], *more] for name in DIVISIONS for more in ((), parts)]
    added = sa.union_all(
        _added(row, [[row.month], parts]),
        _added(row, divisions).where(row.measure == Measure.COMPLAINTS.value),
    ).subquery()
    alike = (added.c.measure, added.c.division, added.c.is_apart)
    most_first = (added.c.month, added.c.count.desc(), *(added.c[name] for name in (*DIVISIONS, *PARTS)))
    ranked = sa.select(
        added,
        sa.func.count().over(partition_by=alike).label("among"),
        sa.func.row_number().over(partition_by=alike, order_by=most_first).label("rank"),
    ).subquery()
    place = sa.func.lpad(sa.cast(ranked.c.rank, sa.Text), 10, "0")
    key = sa.func.concat_ws(
        "/", ranked.c.measure, sa.func.coalesce(ranked.c.division, "-"), sa.cast(ranked.c.is_apart, sa.Text), place,
        type_=sa.Text,
    )  # fmt: skip
    told = [ranked.c[name] for name in COLUMNS if name != "key"]
    shown = sa.or_(~ranked.c.is_apart, ranked.c.rank <= MOST)
    return sa.select(*told, key.label("key")).where(shown).subquery("sums")


def _added(row: Any, by: Sequence[Sequence[Any]]) -> sa.Select[Any]:
    """Figures added up by each of these sets of columns; a column that is not of the set is null."""
    told = {column.name for columns in by for column in columns}

    def of_set(name: str) -> Any:
        return sa.func.grouping(row[name]) == 0 if name in told else sa.false()

    division = sa.case(
        *((of_set(each.value), sa.literal(each.value, sa.Text)) for each in Division if each.value in told)
    )
    return sa.select(
        row.measure,
        division.label("division"),
        of_set("service_id").label("is_apart"),
        *(
            (row[name] if name in told else sa.cast(sa.null(), COLUMNS[name])).label(name)
            for name in ("month", *DIVISIONS, *PARTS)
        ),
        *(sa.cast(sa.func.sum(row[name]), COLUMNS[name]).label(name) for name in ("count", "short", "sum")),
    ).group_by(row.measure, sa.func.grouping_sets(*(sa.tuple_(*columns) for columns in by)))
