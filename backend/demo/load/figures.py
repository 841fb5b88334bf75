"""What the ledger and the invoices of the loaded data come to: grants, approvals, milestones, lines.

Everything is worked out before the first row is stored, so that running sums and postings agree.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from backend.demo.load.parties import Parties, Supplier
from backend.demo.load.scales import LONGEST_INVOICE
from backend.demo.load.works import Entry, Ordinal, Work
from backend.invoices.rules import invoice_state
from backend.invoices.states import InvoiceState, LineState
from backend.kit.amounts import line_amount
from backend.orders.states import OrderState, Pricing

STEP = 15
RETURNED = 0.01
"""Share of entries that Tiera gave back."""
Month = int
"""Years times twelve and months, counted from 0."""


@dataclass(slots=True)
class Part:
    """A milestone of a fixed price."""

    id: int
    work: Work
    position: int
    cents: int
    due: Ordinal
    delivered: Ordinal = 0
    accepted: Ordinal = 0


@dataclass(slots=True)
class Approval:
    """Of a supplier's week."""

    id: int
    supplier: Supplier
    day: Ordinal
    minutes: int = 0
    entries: int = 0


@dataclass(slots=True)
class Line:
    """What an invoice bills: an order's month in one price group, or a milestone."""

    work: Work
    month: Month
    group: int = 0
    minutes: int = 0
    part: Part | None = None
    cents: int = 0
    id: int = 0
    state: LineState = LineState.OPEN
    invoice: "Bill | None" = None
    position: int = 0


@dataclass(slots=True)
class Bill:
    """An invoice."""

    id: int
    supplier: Supplier
    day: Ordinal
    month: Month
    lines: list[Line] = field(default_factory=list)
    state: InvoiceState = InvoiceState.RECEIVED

    @property
    def net(self) -> int:
        """Cents."""
        return sum(line.cents for line in self.lines)


@dataclass(slots=True)
class Figures:
    approvals: list[Approval] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    lines: dict[tuple[int, Month, int], Line] = field(default_factory=dict)
    """By order, month and price group (milestones: below 0)."""
    bills: list[Bill] = field(default_factory=list)
    returned: set[int] = field(default_factory=set)
    """Entries that Tiera gave back, by their place in the list."""


def month_of(day: Ordinal) -> Month:
    on = date.fromordinal(day)
    return on.year * 12 + on.month - 1


def first_day(month: Month) -> date:
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: Month) -> date:
    return date.fromordinal(first_day(month + 1).toordinal() - 1)


def estimate_rows(work: Work, minutes: int, parties: Parties) -> list[tuple[int, int, int]]:
    """An effort shared among the price groups of the team: group, minutes, cents."""
    groups = sorted({group for _, group in work.team})[: max(1, minutes // STEP)]
    share = minutes // len(groups) // STEP * STEP
    rows = []
    for n, group in enumerate(groups):
        mine = share if n else minutes - share * (len(groups) - 1)
        rows.append((group, mine, _cents(mine, parties, group, work.estimated or work.created)))
    return rows


def _cents(minutes: int, parties: Parties, group: int, day: Ordinal) -> int:
    return int(line_amount(minutes, parties.price(group, date.fromordinal(day))) * 100)


def settle_ceilings(works: Sequence[Work], parties: Parties, today: date, random: Random) -> None:
    """What was ordered, seen from what it took: mostly enough, sometimes with an overrun, sometimes too little."""
    for work in works:
        wanted = work.booked
        if work.state is OrderState.IN_PROGRESS and wanted:
            wanted = round(wanted * (work.finished - work.started) / max(1, today.toordinal() - work.started))
        if not wanted:
            wanted = round(2_500 * work.weight)
        fits, luck = random.uniform(1.02, 1.35), random.random()
        work.minutes = _stepped(wanted * fits)
        if work.pricing is Pricing.HOURS and work.booked and luck > 0.86:
            work.minutes = _stepped(work.booked * 0.85)
            missing = max(STEP, _stepped(wanted * 1.02) - work.minutes)
            if luck < 0.94:
                work.extra = missing
            elif work.state is OrderState.IN_PROGRESS:
                work.asked_more = missing
        work.cents = sum(cents for _, _, cents in estimate_rows(work, work.minutes, parties))
        if work.extra:
            work.extra_cents = round(work.cents * work.extra / work.minutes)


def _stepped(minutes: float) -> int:
    return max(STEP, int(minutes // STEP) * STEP)


def settle_parts(works: Sequence[Work], today: date, random: Random, ids: Iterator[int]) -> list[Part]:
    """Milestones of fixed prices, accepted as far as the work has come."""
    parts = []
    for work in works:
        if work.pricing is not Pricing.FIXED or not work.ordered:
            continue
        work.parts = min(random.choice((1, 1, 2, 3, 4)), work.cents)
        length = max(work.parts, work.finished - work.started) if work.started else 30
        for position in range(1, work.parts + 1):
            share = work.cents // work.parts
            cents = share if position > 1 else work.cents - share * (work.parts - 1)
            due = (work.started or work.ordered) + length * position // work.parts
            part = Part(next(ids), work, position, cents, due)
            if work.accepted or (work.started and due + 5 < today.toordinal()):
                part.delivered = min(due, work.delivered or due, today.toordinal())
                part.accepted = min(part.delivered + 4, work.accepted or part.delivered + 4)
                work.accepted_parts += 1
            parts.append(part)
    return parts


def settle_approvals(
    entries: Sequence[Entry],
    figures: Figures,
    today: date,
    random: Random,
    ids: Iterator[int],
    returned: float = RETURNED,
) -> None:
    """Each supplier's week is approved on the Wednesday after it, as far as the ceilings reach."""
    weeks: dict[tuple[int, int], Approval] = {}
    for n, entry in enumerate(entries):
        work, wednesday = entry.work, (entry.day - 1) // 7 * 7 + 10  # ordinal 1 was a Monday
        if random.random() < returned:
            figures.returned.add(n)
            continue
        if wednesday >= today.toordinal():
            continue
        if work.pricing is Pricing.HOURS:
            if work.approved + entry.minutes > work.minutes + work.extra:
                continue
            entry.over = max(0, min(entry.minutes, work.approved + entry.minutes - work.minutes))
        work.approved += entry.minutes
        key = (work.supplier.id, wednesday)
        approval = weeks.get(key)
        if approval is None:
            approval = weeks[key] = Approval(next(ids), work.supplier, wednesday)
        approval.minutes += entry.minutes
        approval.entries += 1
        entry.approval = approval.id
    figures.approvals = list(weeks.values())


def settle_lines(entries: Sequence[Entry], figures: Figures, parties: Parties, today: date, random: Random) -> None:
    """Lines for what is approved of months whose invoices have come: by order, month and price group."""
    newest = month_of((today.replace(day=1)).toordinal()) - (1 if today.day > 8 else 2)
    lines = figures.lines
    months: dict[Ordinal, Month] = {}
    for entry in entries:
        if entry.approval and entry.work.pricing is Pricing.HOURS:
            month = months.get(entry.day)
            if month is None:
                month = months[entry.day] = month_of(entry.day)
            if month <= newest:
                key = (entry.work.id, month, entry.group)
                line = lines.get(key)
                if line is None:
                    line = lines[key] = Line(entry.work, month, entry.group)
                line.minutes += entry.minutes
    for part in figures.parts:
        if part.accepted and month_of(part.delivered) <= newest:
            month = month_of(part.delivered)
            lines[part.work.id, month, -part.position] = Line(part.work, month, part=part, cents=part.cents)
    for line in lines.values():
        if line.part is None:
            line.cents = _cents(line.minutes, parties, line.group, last_day(line.month).toordinal())
        luck = random.random()
        if line.month == newest:
            line.state = LineState.DISPUTED if luck < 0.03 else LineState.APPROVED if luck < 0.5 else LineState.OPEN
        else:
            line.state = LineState.DISPUTED if luck < 0.01 else LineState.APPROVED if luck < 0.995 else LineState.OPEN


def settle_bills(figures: Figures, random: Random, bill_ids: Iterator[int], line_ids: Iterator[int]) -> None:
    """Invoices of each supplier and month in the order of their coming, of one line up to sixty."""
    grouped: dict[tuple[Month, int], list[Line]] = {}
    for line in figures.lines.values():
        grouped.setdefault((line.month, line.work.supplier.id), []).append(line)
    for (month, _), lines in sorted(grouped.items()):
        lines.sort(key=lambda line: (line.work.id, line.group, line.part is not None and line.part.position))
        while lines:
            length = min(random.randint(1, LONGEST_INVOICE), random.randint(1, LONGEST_INVOICE) + 10)
            taken, lines = lines[:length], lines[length:]
            day = last_day(month).toordinal() + random.randint(2, 7)
            bill = Bill(next(bill_ids), taken[0].work.supplier, day, month, taken)
            for position, line in enumerate(taken, 1):
                line.id, line.invoice, line.position = next(line_ids), bill, position
                if line.state is LineState.APPROVED:
                    line.work.billed += line.cents if line.part else line.minutes
            bill.state = invoice_state([line.state for line in taken])
            figures.bills.append(bill)
