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
_NOUGHT: Final = Decimal(0)
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
    """A sum that is known up to parts whose rate the file does not say."""

    least: Decimal
    most: Decimal

    def plus(self, perhaps: Decimal) -> Self:
        return replace(self, least=self.least + min(perhaps, _NOUGHT), most=self.most + max(perhaps, _NOUGHT))

    def at(self, percent: Decimal) -> Self:
        least, most = (round_half_up(base * percent / 100) for base in (self.least, self.most))
        return replace(self, least=least, most=most)

    def nearest(self, told: Decimal) -> Decimal:
        """What is told, where it may be so; else what comes closest to it."""
        return min(max(told, self.least), self.most)


_NOTHING: Final = _Range(_NOUGHT, _NOUGHT)


@dataclass(frozen=True, slots=True)
class _Bases:
    """What each rate is reckoned on, and what may be of any rate."""

    of_rate: dict[Decimal, Decimal]
    of_any: _Range

    def of(self, percent: Decimal) -> _Range:
        base = self.of_rate.get(percent, _NOUGHT)
        return _Range(base + self.of_any.least, base + self.of_any.most)

    def vat(self, rates: set[Decimal]) -> _Range | None:
        """VAT of all, where what may be of any rate is of one of these; None where there is none."""
        if not rates:
            return None
        known = sum((round_half_up(base * percent / 100) for percent, base in self.of_rate.items()), _NOUGHT)
        perhaps = self.of_any.at(max(rates))
        return _Range(known + perhaps.least, known + perhaps.most)


@rule("D11.9-d")
def check(invoice: EInvoice, tolerance: Decimal) -> tuple[ArithmeticFinding, ...]:
    """Every disagreement larger than `tolerance` (in the document's currency, never negative)."""
    pairs = [*_lines(invoice), *_sums(invoice), *_vat(invoice), *_credit_sign(invoice)]
    return tuple(finding for finding in pairs if abs(finding.expected - finding.found) > tolerance)


def round_half_up(amount: Decimal) -> Decimal:
    """To cents, halves away from zero."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def _lines(invoice: EInvoice) -> list[ArithmeticFinding]:
    found = []
    for line in invoice.lines:
        price, amount = line.unit_price, line.net_amount
        if amount is None or price is None:
            price, amount = line.gross_unit_price, line.gross_amount
        effect = _effect(line.adjustments)
        if line.quantity is None or price is None or amount is None or effect is None:
            continue
        expected = round_half_up(line.quantity * price / line.base_quantity) + effect
        found.append(ArithmeticFinding(ArithmeticCode.LINE_AMOUNT, line.position, expected, amount))
    return found


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
    if totals.net is not None and totals.lines is not None:
        found.append(ArithmeticFinding(ArithmeticCode.DOCUMENT_NET, None, totals.lines + effect, totals.net))
    if (net := _net(invoice)) is not None and totals.vat is not None:
        found.append(ArithmeticFinding(ArithmeticCode.GROSS, None, net + totals.vat, totals.gross))
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
    if bases is not None and invoice.vat_rates:
        told: dict[Decimal, list[VatRate]] = {}
        for rate in invoice.vat_rates:
            told.setdefault(rate.rate or _NOUGHT, []).append(rate)
        for percent in sorted({*bases.of_rate, *told}):
            found += _vat_of_rate(percent, bases.of(percent), told.get(percent, []))
    net, told_vat = _net(invoice), _told_vat(invoice)
    all_told = _all_known([rate.base for rate in invoice.vat_rates])
    if (bases is None or bases.of_any != _NOTHING) and all_told is not None and net is not None:
        found.append(ArithmeticFinding(ArithmeticCode.VAT_BASE, None, net, all_told))
    amounts = _all_known([rate.amount for rate in invoice.vat_rates])
    within = bases.vat(_rates(invoice)) if bases is not None else None
    if amounts is not None:
        within = _Range(amounts, amounts)
    if within is not None and told_vat is not None:
        found.append(ArithmeticFinding(ArithmeticCode.VAT_TOTAL, None, within.nearest(told_vat), told_vat))
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


def _net(invoice: EInvoice) -> Decimal | None:
    """The total without VAT; where the file does not say it, what its lines say."""
    if invoice.totals.net is not None:
        return invoice.totals.net
    lines = _all_known([line.net_amount for line in invoice.lines])
    return None if lines is None else lines + document_effect(invoice)


def _told_vat(invoice: EInvoice) -> Decimal | None:
    """The VAT of the whole; where the file does not say it, what is asked for beyond the total without VAT."""
    net = _net(invoice)
    if invoice.totals.vat is not None:
        return invoice.totals.vat
    return None if net is None else invoice.totals.gross - net


def _bases(invoice: EInvoice) -> _Bases | None:
    """The sum of lines, allowances and charges by rate; None unless every amount is known."""
    of_rate: dict[Decimal, Decimal] = {}
    of_any = _NOTHING
    for rate, amount in [*((_rate_of(line), line.net_amount) for line in invoice.lines), *_adjusted(invoice)]:
        if amount is None:
            return None
        if rate is None:
            of_any = of_any.plus(amount)
        else:
            of_rate[rate] = of_rate.get(rate, _NOUGHT) + amount
    return _Bases(of_rate, of_any)


def _effect_with_vat(invoice: EInvoice) -> _Range | None:
    """The document's charges less its allowances, each with its VAT; None unless every amount and a rate is known."""
    total, rates = _NOTHING, _rates(invoice)
    for said, amount in _adjusted(invoice):
        if amount is None or not rates:
            return None
        its = {_NOUGHT, *rates} if said is None else {said}
        with_vat = [round_half_up(amount * (1 + rate / 100)) for rate in its]
        total = _Range(total.least + min(with_vat), total.most + max(with_vat))
    return total


def _adjusted(invoice: EInvoice) -> list[tuple[Decimal | None, Decimal | None]]:
    """Rate and amount of the document's charges and allowances (below nought): as itemised, else as totalled."""
    if invoice.adjustments:
        return [(_rate_of(each), _effect((each,))) for each in invoice.adjustments]
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
