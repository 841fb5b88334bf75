"""What a line means: order or ticket, period and price group (or a fixed sum), by explicit keys only (D11.9-h)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from backend.invoices import rules
from backend.invoices.finding_codes import FindingCode
from backend.invoices.findings import NOTHING_NAMED, Found
from backend.invoices.model import InvoiceLine
from backend.invoices.states import Ground, Key
from backend.invoices.values import Period
from backend.kit.amounts import Euros, Minutes
from backend.kit.calendar import Month, helsinki_date, month_of
from backend.kit.refs import Ref
from backend.orders.model import Milestone, Order
from backend.orders.states import Pricing
from backend.rulebook.rules import rule
from backend.tickets.billing_model import BillingApproval

TICKET = re.compile(r"TIK-.+", re.IGNORECASE)
"""How the numbers of tickets begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCostTarget:
    """What a supplier books at its own cost: its title, and the rule that says so."""

    title: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction:
    """What waits to be deducted from the supplier's next invoice: by which number a line refers to it, and how much."""

    ref: Ref
    number: str
    cents: int

    @property
    def euros(self) -> Euros:
        return Euros(Decimal(self.cents) / 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What references can lead to, of one supplier."""

    orders: Mapping[int, Order] = field(default_factory=dict)
    by_reference: Mapping[str, int | None] = field(default_factory=dict)
    """Number → the supplier's order; None: another supplier's."""
    billings: Mapping[str, BillingApproval] = field(default_factory=dict)
    """Number → what approves the supplier's ticket for billing now."""
    unresolved: frozenset[str] = frozenset()
    """Numbers of tickets that were opened again since a fixed sum was approved for them."""
    own_cost: Mapping[str, OwnCostTarget] = field(default_factory=dict)
    deductions: Mapping[str, Deduction] = field(default_factory=dict)
    """Number → what the supplier owes: all that is not deducted yet, and what a line refers to."""
    price_groups: Mapping[tuple[int, str], int] = field(default_factory=dict)
    """Agreement and code → price group."""
    milestones: Mapping[int, Sequence[Milestone]] = field(default_factory=dict)
    """Of each fixed-price order."""

    def order_of(self, line: InvoiceLine) -> Order | None:
        """The supplier's order that a line refers to, or that a person said in its place."""
        reference = (line.order_reference or "").strip()
        order_id = line.order_id if Key.ORDER in line.pointed else self.by_reference.get(reference)
        return self.orders.get(order_id) if order_id is not None else None

    def is_suppliers_number(self, line: InvoiceLine) -> bool:
        """Whether a line names an order by the supplier's own number, which is not Tiera's."""
        reference = (line.order_reference or "").strip()
        order = self.orders.get(self.by_reference.get(reference) or 0)
        return order is not None and order.number != reference

    def agreement_of(self, line: InvoiceLine) -> int | None:
        """The agreement of the order or of the approved ticket that a line refers to."""
        its = self.order_of(line) or self.billings.get((line.order_reference or "").strip())
        return its.agreement_id if its is not None else None


@dataclass(slots=True, kw_only=True)
class Meaning:
    """What a line points to, as far as it does, and how much of it is billed."""

    line: InvoiceLine
    ground: Ground | None = None
    order: Order | None = None
    billing: BillingApproval | None = None
    deduction: Deduction | None = None
    milestone: Milestone | None = None
    price_group_id: int | None = None
    period: Period | None = None
    minutes: int | None = None
    """Wanted, of hours; what credit notes took back is taken off."""
    cents: int | None = None
    """Wanted, of a part of a fixed price or of a ticket's fixed sum."""
    findings: list[Found] = field(default_factory=list)

    def find(self, code: FindingCode, **values: object) -> None:
        """Say what is wrong with the line."""
        self.findings.append(Found(code=code, line_id=self.line.id, **values))  # type: ignore[arg-type]

    @property
    def work(self) -> Ref | None:
        """What the line bills or deducts: an order, what was approved for billing, a sanction."""
        its = self.order or self.billing or self.deduction
        return its.ref if its is not None else None

    @property
    def agreement_id(self) -> int | None:
        its = self.order or self.billing
        return its.agreement_id if its is not None else None

    @property
    def is_of_sum(self) -> bool:
        """Whether it bills a sum, not effort."""
        has_price = self.billing is not None and self.billing.euros is not None
        return self.milestone is not None or self.deduction is not None or has_price

    @property
    def approved_at(self) -> datetime | None:
        """When Tiera made it billable: accepted the part of a fixed price, approved the ticket; None: of hours."""
        if self.milestone is not None:
            return self.milestone.accepted_at
        return self.billing.approved_at if self.billing is not None else None

    @property
    def month(self) -> Month | None:
        """The month that it bills (H11.9-a): of a monthly fee that of the fee, of another part that of its acceptance,
        else that of its period or, of a ticket's fixed sum without one, of the approval."""
        if self.milestone is not None and self.milestone.month is not None:
            return month_of(self.milestone.month)
        if self.approved_at is not None and (self.milestone is not None or (self.is_of_sum and self.period is None)):
            return month_of(helsinki_date(self.approved_at))
        return self.period.month if self.period is not None and self.deduction is None else None

    @property
    def is_short(self) -> bool:
        """Whether not all of it may be billed."""
        return any(found.code in SHORTAGES for found in self.findings)

    @property
    def about(self) -> str:
        """What the line bills, as people know it."""
        its = self.order or self.billing
        return (its and its.number) or self.line.order_reference or "–"


SHORTAGES = frozenset(
    {
        FindingCode.HOURS_NOT_APPROVED,
        FindingCode.MORE_THAN_APPROVED,
        FindingCode.ALREADY_BILLED,
        FindingCode.ABOVE_ESTIMATE,
        FindingCode.OTHER_PERIOD,
        FindingCode.OWN_COST,
        FindingCode.ORDER_NOT_ACCEPTED,
    }
)
"""Findings that say why there is not as much to bill as the line wants."""


@rule("D11.9-h", "H11.9-b")
def meaning_of(line: InvoiceLine, known: Known, step_of: Callable[[int | None], int]) -> Meaning:
    """What a line of an invoice points to; what it does not say is a finding, and nothing is guessed.

    `step_of` an agreement is in minutes. What a person has pointed (`line.pointed`) stands in place of what the line
    lacks.
    """
    meaning = Meaning(line=line, period=line.period)
    if (deduction := deduction_of(line, known)) is not None:
        meaning.deduction = deduction
        meaning.cents = rules.cents(-line.amount)
        return meaning
    if not _find_work(meaning, known):
        return meaning
    if meaning.order is not None and meaning.order.pricing is Pricing.FIXED:
        _find_milestone(meaning, known)
    elif meaning.is_of_sum:
        meaning.ground = Ground.TICKET
        meaning.cents = rules.cents(line.amount - line.credited_amount)
    else:
        _find_hours(meaning, known, step_of(meaning.agreement_id))
    return meaning


@rule("H11.10-g")
def deduction_of(line: InvoiceLine, known: Known) -> Deduction | None:
    """What a line deducts: it takes back, and refers to a complaint whose sanction was applied.

    One that says which line it credits takes that back, and deducts nothing.
    """
    if line.amount >= 0 or line.credits_line_id is not None:
        return None
    return known.deductions.get((line.order_reference or "").strip())


@rule("H11.9-c")
def _find_work(meaning: Meaning, known: Known) -> bool:
    """The order or the approved ticket that the line refers to; what else it may be is a finding."""
    line, reference = meaning.line, (meaning.line.order_reference or "").strip()
    if (order := known.order_of(line)) is not None:
        meaning.order = order
        return True
    if (billing := known.billings.get(reference)) is not None:
        meaning.billing = billing
        return True
    if (target := known.own_cost.get(reference)) is not None:
        minutes = rules.billed_minutes(line.quantity, line.unit)
        found = Minutes(int(minutes)) if minutes is not None else Euros(line.amount)
        meaning.find(FindingCode.OWN_COST, found=found, about=target.title, own_rule=target.rule)
    elif line.ground is Ground.TICKET or TICKET.fullmatch(reference):
        meaning.ground = Ground.TICKET
        meaning.find(FindingCode.TICKET_NOT_APPROVED, about=reference or NOTHING_NAMED)
    elif not reference:
        meaning.find(FindingCode.NO_REFERENCE)
    elif reference in known.by_reference:
        meaning.find(FindingCode.OTHER_SUPPLIER, about=reference)
    else:
        meaning.find(FindingCode.UNKNOWN_REFERENCE, about=reference)
    return False


def _find_milestone(meaning: Meaning, known: Known) -> None:
    """The part by its number in the order, else that of the line's month: both are said, neither looked alike."""
    line, order = meaning.line, meaning.order
    assert order is not None
    meaning.ground = Ground.MILESTONE
    parts = known.milestones.get(order.id, ())
    if Key.MILESTONE in line.pointed:
        found = [part for part in parts if part.id == line.milestone_id]
    elif line.milestone_position is not None:
        found = [part for part in parts if part.position == line.milestone_position]
    elif meaning.period is not None and month_of(meaning.period.first) == meaning.period.month:
        found = [part for part in parts if part.month is not None and month_of(part.month) == meaning.period.month]
    else:
        found = []
    if len(found) != 1:
        meaning.find(FindingCode.NO_MILESTONE, about=meaning.about)
        return
    meaning.milestone = found[0]
    meaning.cents = rules.cents(line.amount - line.credited_amount)


def _find_hours(meaning: Meaning, known: Known, step: int) -> None:
    line, agreement_id = meaning.line, meaning.agreement_id
    if meaning.billing is not None:
        meaning.ground = Ground.TICKET
    else:
        meaning.ground = Ground.OVERRUN if line.ground is Ground.OVERRUN else Ground.HOURS
    if meaning.period is None:
        meaning.find(FindingCode.NO_PERIOD)
    code = (line.price_group_code or "").strip()
    if Key.PRICE_GROUP in line.pointed:
        meaning.price_group_id = line.price_group_id
    elif not code:
        meaning.find(FindingCode.NO_PRICE_GROUP)
    else:
        meaning.price_group_id = known.price_groups.get((agreement_id or 0, code))
        if meaning.price_group_id is None:
            codes = tuple(sorted(each for of, each in known.price_groups if of == agreement_id))
            meaning.find(FindingCode.UNKNOWN_PRICE_GROUP, about=code, expected=codes)
    _count_minutes(meaning, step)


def _count_minutes(meaning: Meaning, step: int) -> None:
    line = meaning.line
    minutes = rules.billed_minutes(line.quantity, line.unit)
    if line.quantity is None:
        meaning.find(FindingCode.QUANTITY, expected=Minutes(step))
    elif minutes is None:
        meaning.find(FindingCode.UNIT, about=line.raw_unit or line.unit)
    elif minutes < 0:
        return  # told as NEGATIVE
    else:
        if minutes == 0 or not rules.is_in_steps(minutes, step):
            whole = Minutes(int(minutes)) if minutes == int(minutes) else Decimal(line.quantity)
            meaning.find(FindingCode.QUANTITY, expected=Minutes(step), found=whole)
        if minutes == int(minutes):
            meaning.minutes = int(minutes) - line.credited_minutes
