"""What the contract says of invoices (11.9), as pure functions. Effort is whole minutes, money euros without VAT."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.states import InvoiceState, LineState
from backend.kit.amounts import line_amount, round_cents, vat
from backend.kit.calendar import helsinki_date
from backend.orders.model import Order
from backend.parties.right_model import OrderingRight
from backend.rulebook.rules import rule

CURRENCY = "EUR"
MINUTES_IN = {"HUR": 60, "MIN": 1}
"""Minutes in one of a unit (UN/ECE). A day is not among them: its length is agreed, never guessed."""
_BY_DIGITS = Decimal("0.001")
"""Euros an hour within which a price for a minute is right: the five decimals of a Finvoice are too few to be exact."""
ONE_OF_IT = frozenset({None, "C62"})
"""Units of a sum that is not counted: a part of a fixed price, a correction of a price."""
MOST_VAT_APART = Decimal(100)
"""Euros by which an invoice may say another VAT than its rates come to, whatever the agreement's tolerance is."""
OUTSIDE_VAT = "O"
"""The category of what VAT does not concern: a line of it has no rate to say."""


@rule("D11.9-e")
def invoice_state(lines: Collection[LineState]) -> InvoiceState:
    """What an invoice that was sent is, by its lines. What was withdrawn counts no more, unless it is all of it."""
    left = [state for state in lines if state is not LineState.WITHDRAWN]
    if not left:
        return InvoiceState.WITHDRAWN
    if all(state is LineState.OPEN for state in left):
        return InvoiceState.RECEIVED
    if LineState.OPEN in left:
        return InvoiceState.PARTLY_DECIDED
    if LineState.DISPUTED in left:
        return InvoiceState.DISPUTED
    return InvoiceState.SETTLED if LineState.CREDITED in left else InvoiceState.APPROVED


@rule("D0-c")
def newest_day(invoice: Invoice, lines: Iterable[InvoiceLine]) -> date:
    """The day whose terms an invoice is judged by: the last one that it bills, and none after it came."""
    days = [line.period_last for line in lines if line.period_last is not None]
    return min(max(days, default=invoice.period_last or invoice.issued_on), helsinki_date(invoice.arrived_at))


@rule("D0-e")
def billed_minutes(quantity: Decimal | None, unit: str | None) -> Decimal | None:
    """Minutes that a quantity is; None where there is none or its unit is not one of time.

    An hour keeps six decimals: what is a whole minute by those is one.
    """
    if quantity is None or unit not in MINUTES_IN:
        return None
    minutes = quantity * MINUTES_IN[unit]
    whole = minutes.quantize(Decimal(1))
    return whole if abs(minutes - whole) < Decimal("0.0001") else minutes


@rule("D0-c", "D0-d")
def price_an_hour(unit_price: Decimal | None, unit: str | None) -> Decimal | None:
    """Euros an hour of a price for one of a unit of time."""
    if unit_price is None or unit not in MINUTES_IN or MINUTES_IN[unit] == 60:
        return unit_price
    return (unit_price * 60 / MINUTES_IN[unit]).quantize(_BY_DIGITS, ROUND_HALF_UP)


@rule("D0-d", "D11.9-d")
def is_price(told: Decimal, unit: str | None, agreed: Decimal, tolerance: Decimal) -> bool:
    """Whether a price an hour that a line says in a unit is the agreed one."""
    digits = _BY_DIGITS if MINUTES_IN.get(unit or "", 60) < 60 else Decimal(0)
    return abs(told - agreed) <= tolerance + digits


@rule("D0-e")
def is_in_steps(minutes: Decimal, step: int) -> bool:
    """Whole minutes, and a multiple of the step in which hours are booked."""
    return minutes % step == 0


@rule("D0-c", "D0-d")
def contract_amount(minutes_at: Mapping[Decimal, int]) -> Decimal:
    """Euros for minutes at each of several prices an hour: added up first, rounded once."""
    if len(minutes_at) == 1:
        ((price, minutes),) = minutes_at.items()
        return line_amount(minutes, price)
    return round_cents(sum((minutes * price for price, minutes in minutes_at.items()), Decimal(0)) / 60)


@rule("D0-d")
def share_vat(lines: Sequence[InvoiceLine], told: Decimal, by_rate: Mapping[Decimal, Decimal]) -> None:
    """Give each line its share of an invoice's VAT, rounded once a rate: in euros, and to the cent all of it.

    A share is what the sum of the rate's lines comes to with the line, less what it comes to without: it is the same
    whatever of the invoice is approved when. By how much the invoice says another VAT of a rate (`by_rate`), that
    rate's last line does; what is left until all of it (`told`) is the last taxed line's.
    """
    bases: dict[Decimal, Decimal] = {}
    last: dict[Decimal, InvoiceLine] = {}
    for line in lines:
        line.vat = None
        if (rate := line.vat_rate) is not None:
            before = bases.get(rate, Decimal(0))
            bases[rate] = before + line.amount
            line.vat = vat(bases[rate], rate) - vat(before, rate)
            last[rate] = line
    if not last or any(line.vat_rate is None and line.vat_category != OUTSIDE_VAT for line in lines):
        return  # what is not of the rates said may be of the line that says none
    for rate in filter(None, last):
        _add_vat(last[rate], by_rate.get(rate, vat(bases[rate], rate)) - vat(bases[rate], rate))
    taxed = [line for line in lines if line.vat_rate] or [line for line in lines if line.vat_rate is not None]
    _add_vat(taxed[-1], told - sum((line.vat for line in lines if line.vat is not None), Decimal(0)))


def _add_vat(line: InvoiceLine, apart: Decimal) -> None:
    if line.vat is not None and abs(apart) <= MOST_VAT_APART:
        line.vat += apart


@rule("H11.8.1-a")
def was_placed_by_a_named_contact(order: Order, right: OrderingRight | None) -> bool:
    """Whether the order names a right, of the person who placed it, that was in force when it was placed."""
    if right is None or order.ordered_at is None or order.ordered_by_id != right.person_id:
        return False
    was_confirmed = right.confirmed_at is not None and right.confirmed_at <= order.ordered_at
    had_not_ended = right.ended_at is None or right.ended_at > order.ordered_at
    return was_confirmed and had_not_ended and helsinki_date(order.ordered_at) in right.valid


@rule("D0-f")
def decides_alone(deciding: Collection[int], ordered_by_id: int | None, accepted_by: Iterable[int | None]) -> bool:
    """Whether who approves the line placed its order too, and nobody else has accepted the work that it bills."""
    accepters = {person for person in accepted_by if person is not None}
    return ordered_by_id is not None and ordered_by_id in deciding and accepters <= set(deciding)


def cents(amount: Decimal) -> int:
    """Euros as whole cents."""
    return int(round_cents(amount) * 100)


def latest(instants: Iterable[datetime | None]) -> datetime | None:
    """The last of what is known."""
    return max((each for each in instants if each is not None), default=None)
