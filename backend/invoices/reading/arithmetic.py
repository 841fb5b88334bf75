"""Whether an invoice's figures agree with each other. Nothing here knows what was ordered or worked.

A line's amount is the authority; quantity × price is compared with it only when all of its parts are known.
"""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final, Self

from backend.invoices.reading.document import Adjustment, DocumentKind, EInvoice, Line, VatRate
from backend.rulebook.rules import rule

_CENT: Final = Decimal("0.01")
_HALF_CENT: Final = Decimal("0.005")
_NOUGHT: Final = Decimal(0)
_MOST_DECIMALS: Final = 5
"""Of a price in a Finvoice."""
_MOST_ROUNDED: Final = Decimal("0.50")
"""What rounding to whole euros adds at most."""
_WITHOUT_VAT: Final = frozenset({"Z", "E", "AE", "K", "G", "O"})
"""Categories (UNCL 5305) of no VAT: zero rated, exempt, reverse charge, within the EU, export, outside VAT."""


class ArithmeticCode(StrEnum):
    LINE_AMOUNT = "line_amount"  # quantity × price, less allowances, plus charges
    LINES_SUM = "lines_sum"  # the lines against the total of lines
    DOCUMENT_NET = "document_net"  # lines − allowances + charges against the total without VAT
    VAT_BASE = "vat_base"  # the lines of a rate against its base
    VAT_AMOUNT = "vat_amount"  # base × rate against the VAT of the rate
    VAT_TOTAL = "vat_total"  # the VAT of all rates against the total of VAT
    GROSS = "gross"  # without VAT + VAT against the total with VAT
    PAYABLE = "payable"  # with VAT − prepaid + rounding against what is to be paid
    CREDIT_SIGN = "credit_sign"  # a credit note that would cost something


@dataclass(frozen=True, slots=True)
class ArithmeticFinding:
    """Two figures that should be equal: `expected` by reckoning, `found` in the file. `line` is a position."""

    code: ArithmeticCode
    line: int | None
    expected: Decimal
    found: Decimal


@dataclass(frozen=True, slots=True)
class _Range:
    """A sum that is known up to what the file does not say of its parts: their rate, or their amount without VAT."""

    least: Decimal
    most: Decimal

    def plus(self, other: Self) -> Self:
        return replace(self, least=self.least + other.least, most=self.most + other.most)

    def perhaps(self) -> Self:
        """All of it, or nothing, or what is between."""
        return replace(self, least=min(self.least, _NOUGHT), most=max(self.most, _NOUGHT))

    def at(self, percent: Decimal) -> Self:
        least, most = (round_half_up(base * percent / 100) for base in (self.least, self.most))
        return replace(self, least=least, most=most)

    def nearest(self, told: Decimal) -> Decimal:
        """What is told, where it may be so; else what comes closest to it."""
        return min(max(told, self.least), self.most)


def _exactly(amount: Decimal) -> _Range:
    return _Range(amount, amount)


_NOTHING: Final = _exactly(_NOUGHT)


@dataclass(frozen=True, slots=True)
class _Bases:
    """What each rate is reckoned on, and what may be of any rate."""

    of_rate: dict[Decimal, _Range]
    of_any: _Range

    def of(self, percent: Decimal) -> _Range:
        return self.of_rate.get(percent, _NOTHING).plus(self.of_any.perhaps())

    def vat(self, rates: set[Decimal]) -> _Range | None:
        """VAT of all, where what may be of any rate is of one of these; None where there is none."""
        if not rates:
            return None
        total = self.of_any.perhaps().at(max(rates))
        for percent, base in self.of_rate.items():
            total = total.plus(base.at(percent))
        return total


@rule("D11.9-d")
def check(invoice: EInvoice, tolerance: Decimal) -> tuple[ArithmeticFinding, ...]:
    """Every disagreement larger than `tolerance` (in the document's currency, never negative)."""
    pairs = [*_lines(invoice), *_sums(invoice), *_vat(invoice), *_credit_sign(invoice)]
    return tuple(finding for finding in pairs if abs(finding.expected - finding.found) > tolerance)


def round_half_up(amount: Decimal) -> Decimal:
    """To cents, halves away from zero."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def product_of(quantity: Decimal, price: Decimal, base: Decimal, *, told: Decimal) -> Decimal:
    """Euros of a quantity at a price for `base` of it: what is told where rounding the price may have led to it."""
    product, apart = quantity * price / base, abs(quantity * _rounded_by(price) / base)
    return told if apart and abs(product - told) <= apart + _HALF_CENT else round_half_up(product)


def _lines(invoice: EInvoice) -> list[ArithmeticFinding]:
    found = []
    for line in invoice.lines:
        price, amount = line.unit_price, line.net_amount
        if amount is None or price is None:
            price, amount = line.gross_unit_price, line.gross_amount
        effect = _effect(line.adjustments)
        if line.quantity is None or price is None or amount is None or effect is None:
            continue
        expected = product_of(line.quantity, price, line.base_quantity, told=amount - effect) + effect
        found.append(ArithmeticFinding(ArithmeticCode.LINE_AMOUNT, line.position, expected, amount))
    return found


def _rounded_by(price: Decimal) -> Decimal:
    """What rounding took of a price at most: one of as many decimals as a Finvoice has was rounded to them."""
    decimals = -int(price.as_tuple().exponent)
    return Decimal((0, (5,), -decimals - 1)) if decimals >= _MOST_DECIMALS else _NOUGHT


def _effect(adjustments: tuple[Adjustment, ...]) -> Decimal | None:
    """What allowances and charges add together; None when one of them has no amount."""
    total = _NOUGHT
    for adjustment in adjustments:
        if adjustment.amount is None:
            return None
        total += adjustment.amount if adjustment.is_charge else -adjustment.amount
    return total


def _sums(invoice: EInvoice) -> list[ArithmeticFinding]:
    totals, found = invoice.totals, []
    effect = document_effect(invoice)
    lines = totals.lines if totals.lines is not None or totals.net is None else totals.net - effect
    net_amounts = _all_known([line.net_amount for line in invoice.lines])
    gross_amounts = _all_known([line.gross_amount for line in invoice.lines])
    if net_amounts is not None and lines is not None:
        found.append(ArithmeticFinding(ArithmeticCode.LINES_SUM, None, net_amounts, lines))
    elif gross_amounts is not None and (with_vat := _effect_with_vat(invoice)) is not None:
        expected = gross_amounts + with_vat.nearest(totals.gross - gross_amounts)
        found.append(ArithmeticFinding(ArithmeticCode.LINES_SUM, None, expected, totals.gross))
    elif lines is not None:
        found.append(ArithmeticFinding(ArithmeticCode.LINES_SUM, None, _sum_of_lines(invoice).nearest(lines), lines))
    if totals.net is not None and totals.lines is not None:
        found.append(ArithmeticFinding(ArithmeticCode.DOCUMENT_NET, None, totals.lines + effect, totals.net))
    if totals.vat is not None:
        expected = totals.vat + _net(invoice).nearest(totals.gross - totals.vat)
        found.append(ArithmeticFinding(ArithmeticCode.GROSS, None, expected, totals.gross))
    if totals.payable is not None:
        payable = totals.gross - (totals.prepaid or _NOUGHT) + (totals.rounding or _NOUGHT)
        found.append(ArithmeticFinding(ArithmeticCode.PAYABLE, None, payable, totals.payable))
        if abs(totals.payable) > abs(totals.gross) + _MOST_ROUNDED:  # nor does what was paid before add to it
            found.append(ArithmeticFinding(ArithmeticCode.PAYABLE, None, totals.gross, totals.payable))
    return found


def document_effect(invoice: EInvoice) -> Decimal:
    """The document's charges less its allowances: as itemised, else as totalled."""
    effect = _effect(invoice.adjustments) if invoice.adjustments else None
    if effect is None:
        effect = (invoice.totals.charges or _NOUGHT) - (invoice.totals.allowances or _NOUGHT)
    return effect


def _all_known(amounts: list[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, _NOUGHT) if amounts and len(known) == len(amounts) else None


def _vat(invoice: EInvoice) -> list[ArithmeticFinding]:
    found = []
    bases = _bases(invoice)
    for rate in invoice.vat_rates:
        if rate.base is not None and rate.amount is not None:
            expected = round_half_up(rate.base * (rate.rate or _NOUGHT) / 100)
            found.append(ArithmeticFinding(ArithmeticCode.VAT_AMOUNT, None, expected, rate.amount))
    if invoice.vat_rates:
        told: dict[Decimal, list[VatRate]] = {}
        for rate in invoice.vat_rates:
            told.setdefault(rate.rate or _NOUGHT, []).append(rate)
        for percent in sorted({*bases.of_rate, *told}):
            found += _vat_of_rate(percent, bases.of(percent), told.get(percent, []))
    net = _net(invoice)
    all_told = _all_known([rate.base for rate in invoice.vat_rates])
    if bases.of_any != _NOTHING and all_told is not None:
        found.append(ArithmeticFinding(ArithmeticCode.VAT_BASE, None, net.nearest(all_told), all_told))
    amounts = _all_known([rate.amount for rate in invoice.vat_rates])
    vat = _exactly(amounts) if amounts is not None else bases.vat(_rates(invoice))
    if vat is not None:
        told_vat = invoice.totals.vat
        if told_vat is None:  # what is asked for beyond the total without VAT
            told_vat = invoice.totals.gross - net.nearest(invoice.totals.gross - vat.least)
        found.append(ArithmeticFinding(ArithmeticCode.VAT_TOTAL, None, vat.nearest(told_vat), told_vat))
    return found


def _vat_of_rate(percent: Decimal, base: _Range, told: list[VatRate]) -> list[ArithmeticFinding]:
    """What the file says of a rate against the sum of its lines: its base, or its VAT where not every base is said."""
    told_base = _all_known([rate.base for rate in told]) if told else _NOUGHT
    if told_base is not None:
        return [ArithmeticFinding(ArithmeticCode.VAT_BASE, None, base.nearest(told_base), told_base)]
    amount = _all_known([rate.amount for rate in told])
    if amount is None:
        return []
    return [ArithmeticFinding(ArithmeticCode.VAT_AMOUNT, None, base.at(percent).nearest(amount), amount)]


def _net(invoice: EInvoice) -> _Range:
    """The total without VAT; where the file does not say it, what its lines say."""
    if invoice.totals.net is not None:
        return _exactly(invoice.totals.net)
    return _sum_of_lines(invoice).plus(_exactly(document_effect(invoice)))


def _sum_of_lines(invoice: EInvoice) -> _Range:
    total, rates = _NOTHING, _rates(invoice)
    for line in invoice.lines:
        total = total.plus(_net_within(line, rates))
    return total


def _bases(invoice: EInvoice) -> _Bases:
    """The sum of lines, allowances and charges by rate."""
    of_rate: dict[Decimal, _Range] = {}
    of_any, rates = _NOTHING, _rates(invoice)
    lines = [(_rate_of(line), _net_within(line, rates)) for line in invoice.lines]
    for rate, amount in [*lines, *((rate, _exactly(amount)) for rate, amount in _adjusted(invoice))]:
        if rate is None:
            of_any = of_any.plus(amount)
        else:
            of_rate[rate] = of_rate.get(rate, _NOTHING).plus(amount)
    return _Bases(of_rate, of_any)


def net_of(line: Line) -> Decimal:
    """The line's amount; from the one with VAT, where the file has only that; else quantity × price; else nothing."""
    if line.net_amount is not None:
        return line.net_amount
    if line.gross_amount is not None:
        return line.gross_amount / (1 + (line.vat_rate or _NOUGHT) / 100)
    if line.quantity is not None and line.unit_price is not None:
        return line.quantity * line.unit_price / line.base_quantity + adjustment_of(line)
    return _NOUGHT


def adjustment_of(line: Line) -> Decimal:
    """The line's charges less its allowances, as far as their amounts are known."""
    known = tuple(each for each in line.adjustments if each.amount is not None)
    return round_half_up(_effect(known) or _NOUGHT)


def _net_within(line: Line, rates: set[Decimal]) -> _Range:
    """The line's amount; one that the file does not say, up to its rounding, and to its rate where it says none."""
    net = net_of(line)
    if line.net_amount is not None or not net:
        return _exactly(net)
    all_of = _Range(net - _HALF_CENT, net + _HALF_CENT)
    if line.gross_amount is None or _rate_of(line) is not None or not rates:
        return all_of
    vat = net - net / (1 + max(rates) / 100)
    return all_of.plus(_exactly(-vat).perhaps())


def _effect_with_vat(invoice: EInvoice) -> _Range | None:
    """The document's charges less its allowances, each with its VAT; None where no rate is known."""
    total, rates = _NOTHING, _rates(invoice)
    for said, amount in _adjusted(invoice):
        if not rates:
            return None
        its = {_NOUGHT, *rates} if said is None else {said}
        with_vat = [round_half_up(amount * (1 + rate / 100)) for rate in its]
        total = total.plus(_Range(min(with_vat), max(with_vat)))
    return total


def _adjusted(invoice: EInvoice) -> list[tuple[Decimal | None, Decimal]]:
    """Rate and amount of the document's charges and allowances (below nought): as itemised, else as totalled."""
    parts = [(_rate_of(each), amount) for each in invoice.adjustments if (amount := _effect((each,))) is not None]
    if parts and len(parts) == len(invoice.adjustments):
        return parts
    effect = document_effect(invoice)
    return [(None, effect)] if effect else []


def _rates(invoice: EInvoice) -> set[Decimal]:
    """Every rate that the file names."""
    said = {*map(_rate_of, invoice.lines), *map(_rate_of, invoice.adjustments)}
    return {rate for rate in said if rate is not None} | {rate.rate or _NOUGHT for rate in invoice.vat_rates}


def _rate_of(part: Line | Adjustment) -> Decimal | None:
    """Its rate; where it says none, nought of a category that has no VAT."""
    return _NOUGHT if part.vat_rate is None and part.vat_category in _WITHOUT_VAT else part.vat_rate


def _credit_sign(invoice: EInvoice) -> list[ArithmeticFinding]:
    if invoice.kind is not DocumentKind.CREDIT_NOTE or invoice.totals.gross <= 0:
        return []
    return [ArithmeticFinding(ArithmeticCode.CREDIT_SIGN, None, -invoice.totals.gross, invoice.totals.gross)]
