"""What judging rests on, loaded before it begins: the facts of record, and nothing that reads or writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.dialects.postgresql import Range

from backend.invoices.findings import Found
from backend.invoices.matching import Hold, Shelf
from backend.invoices.meaning import Known, Meaning, OwnCostTarget
from backend.invoices.model import InvoiceLine
from backend.invoices.reading import ArithmeticFinding
from backend.invoices.values import Period
from backend.kit.calendar import Month
from backend.kit.refs import Ref
from backend.parties.states import ReferenceKey
from backend.rulebook.terms import Terms

WorkKey = tuple[Ref, int | None]
"""What is billed (an order, or what was approved for billing) and the price group; of a sum, what it is a part of."""


@dataclass(frozen=True, slots=True)
class OtherInvoice:
    """Another invoice of the supplier that a finding names."""

    id: int
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Credited:
    """What a credit note says that it credits, and what of it is there."""

    numbers: tuple[str, ...] = ()
    """Of the invoices it names."""
    invoice: OtherInvoice | None = None
    lines: Sequence[InvoiceLine] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Facts of one invoice's judging. Days are Helsinki's."""

    today: date
    number: str = ""
    """The invoice's own."""
    known: Known = field(default_factory=Known)
    shelves: Mapping[WorkKey, Shelf] = field(default_factory=dict)
    elsewhere: Mapping[WorkKey, Sequence[Month]] = field(default_factory=dict)
    """Months in which there is approved, unbilled work of a key."""
    waiting: Mapping[WorkKey, Sequence[tuple[date, int]]] = field(default_factory=dict)
    """Minutes booked and not approved, by day."""
    room: Mapping[Ref, int | None] = field(default_factory=dict)
    """What is billed → minutes that its grants leave to be approved; None: no limit."""
    own_cost: Mapping[int, Sequence[tuple[date, int, OwnCostTarget]]] = field(default_factory=dict)
    """Order → minutes at the supplier's own cost, by day."""
    prices: Mapping[int, Sequence[tuple[Range[date], Decimal]]] = field(default_factory=dict)
    passed: Mapping[int, tuple[Decimal, Decimal]] = field(default_factory=dict)
    """Order → euros that it binds and that its approved hours come to, where those are more."""
    placed_by_contact: frozenset[int] = frozenset()
    """Orders with an ordering right on record (H11.8.1-a)."""
    holders: Mapping[int, OtherInvoice] = field(default_factory=dict)
    """Line → its invoice, of lines that hold what these would."""
    required: Mapping[int | None, frozenset[ReferenceKey]] = field(default_factory=dict)
    """Agreement → what was announced when the invoice was sent (H11.9-i); None: its own, for lines of no agreement."""
    terms: Mapping[int, Terms] = field(default_factory=dict)
    """Agreement → its terms, of agreements that lines are under beside the invoice's own."""
    business_id: str | None = None
    ibans: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Number of each agreement that is billed (or, of nothing known, the invoice's) → the accounts confirmed for it."""
    same_number: OtherInvoice | None = None
    same_amount: Sequence[OtherInvoice] = ()
    arithmetic: Sequence[ArithmeticFinding] = ()
    """Every disagreement among the invoice's own figures, however small."""
    credited: Credited = field(default_factory=Credited)
    _found_prices: dict[tuple[int, date], Decimal | None] = field(default_factory=dict)
    """Many portions are of the same day."""

    def price_on(self, price_group_id: int, day: date) -> Decimal | None:
        """Euros an hour on the day of the work (D0-c)."""
        asked = (price_group_id, day)
        if asked not in self._found_prices:
            found = (price for valid, price in self.prices.get(price_group_id, ()) if day in valid)
            self._found_prices[asked] = next(found, None)
        return self._found_prices[asked]

    def terms_under(self, agreement_id: int | None, own: Terms) -> Terms:
        """The terms of the agreement that a line is under; the invoice's own where it is under no other."""
        return self.terms.get(agreement_id or 0, own)

    def waiting_in(self, key: WorkKey, period: Period | None) -> int:
        """Minutes of a key that are booked and not approved."""
        return sum(minutes for day, minutes in self.waiting.get(key, ()) if period is None or day in period)


@dataclass(slots=True, kw_only=True)
class Judgement:
    """What came of it: findings, what each line is to hold, and what it means."""

    findings: list[Found] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    meanings: list[Meaning] = field(default_factory=list)
    credits_lines: dict[int, int] = field(default_factory=dict)
    """Credit note's line → the line it credits."""
    due_at: datetime | None = None
    """When the invoice was due; None where it bills no month."""
    is_late: bool = False
    payable_on: date | None = None
    """Of an invoice: the first day by which it may ask to be paid."""

    def errors_of(self, line_id: int) -> int:
        return sum(found.is_error for found in self.findings if found.line_id == line_id)
