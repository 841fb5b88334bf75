"""What happened to tickets, on record: every act, and of the recent ones what their clocks told."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from heapq import merge
from operator import itemgetter

from backend.demo.load.copying import Loader, Row
from backend.demo.load.tickets import Due, Register, at, told
from backend.kit.actor import Channel
from backend.kit.calendar import helsinki_date
from backend.kit.events import Audience
from backend.tickets.deadlines import RELEASE
from backend.tickets.deviation_verbs import SERIES
from backend.tickets.quality_model import QualityDeviation
from backend.tickets.quality_queries import TIMED
from backend.tickets.quality_states import DeviationKind, DeviationState


@dataclass(frozen=True, slots=True)
class Missed:
    """What a service missed in a month, by the first clock that used up its time."""

    id: int
    number: str
    month: date
    first: Due
    at: datetime


def load_missed(loader: Loader, register: Register, last_of: dict[int, int]) -> dict[Due, Missed]:
    """Store the deviations that what was missed comes to; `last_of` goes on with their numbers."""
    ids, found = loader.keys(QualityDeviation), {}
    seen: set[tuple[int, date]] = set()
    late = [(due.breached_at, due) for due in register.dues if due.breached_at and due.kept.kind in TIMED]
    for when, due in sorted(late, key=itemgetter(0)):
        month = helsinki_date(due.kept.due_at).replace(day=1)
        is_first = (due.case.service_id, month) not in seen
        if is_first and due.kept.owner_id == due.case.supplier.id:
            seen.add((due.case.service_id, month))
            year = helsinki_date(when).year
            last_of[year] = last_of.get(year, 0) + 1
            found[due] = Missed(next(ids), f"{SERIES}-{year}-{last_of[year]:05}", month, due, when)
    loader.copy(
        QualityDeviation,
        "id number kind state service_id supplier_id ticket_id month arisen_at",
        (
            (m.id, m.number, DeviationKind.MISSED_LEVEL, DeviationState.OPEN, m.first.case.service_id,
             m.first.case.supplier.id, m.first.case.id, m.month, m.at)
            for m in found.values()
        ),
    )  # fmt: skip
    return found


def record_of(register: Register, missed: dict[Due, Missed]) -> Iterator[Row]:
    """Events of tickets in the order of their instants, by the columns of `load_record`."""
    of_clocks = sorted(_of_clocks(register, missed), key=itemgetter(1))
    return merge(_of_acts(register), of_clocks, key=itemgetter(1))


def _of_acts(register: Register) -> Iterator[Row]:
    for act in register.acts:
        case, when = act.case, at(act.at)
        for name, kind, id, around, around_id, audience, from_, to, rule, figures in told(act, register.rated):
            yield (name, when, kind, id, around, around_id, act.person_id, act.organisation_id, Channel.PORTAL,
                   audience, case.supplier.id, case.customer_id, from_, to, rule,
                   json.dumps(figures) if figures else "{}")  # fmt: skip


def _of_clocks(register: Register, missed: dict[Due, Missed]) -> Iterator[Row]:
    """That time runs short, that it is used up, and what a service missed."""
    none = None
    for due in register.dues:
        case, kept = due.case, due.kept
        ticket = ("Ticket", case.id)
        within = ticket if kept.kind == RELEASE else (none, none)
        tail = (none, none, Channel.SCHEDULE, Audience.BOTH, case.supplier.id, case.customer_id)
        for what, when in (("due_soon", due.warned_at), ("late", due.breached_at)):
            if when:
                figures = json.dumps({"due_at": kept.due_at.isoformat()})
                name = f"{kept.kind}_{what}"
                yield name, _as_text(when), *due.about, *within, *tail, none, none, kept.rule, figures
        if due in missed:
            m = missed[due]
            figures = json.dumps({"missed_month": str(m.month)[:7]})
            yield ("deviation.level_missed", _as_text(m.at), "QualityDeviation", m.id, *ticket, *tail[:-1], none, none,
                   DeviationState.OPEN, "H11.3.4-d", figures)  # fmt: skip


def _as_text(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}:00+00"
