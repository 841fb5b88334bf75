"""One way of signs for both formats: a credit note is negative throughout, prices never are."""

from dataclasses import replace
from decimal import Decimal

from backend.invoices.reading.document import Adjustment, Line, Totals, VatRate


def negated(value: Decimal | None) -> Decimal | None:
    """The value with the other sign; nought stays nought."""
    return None if value is None else -value + 0


def negated_adjustment(adjustment: Adjustment) -> Adjustment:
    """For a format that writes credit notes positive (UBL)."""
    return replace(adjustment, amount=negated(adjustment.amount))


def negated_line(line: Line) -> Line:
    """Quantity and amounts with the other sign; the price keeps its own."""
    return replace(
        line,
        quantity=negated(line.quantity),
        net_amount=negated(line.net_amount),
        gross_amount=negated(line.gross_amount),
        vat_amount=negated(line.vat_amount),
        adjustments=tuple(map(negated_adjustment, line.adjustments)),
    )


def negated_rate(rate: VatRate) -> VatRate:
    """Base and tax with the other sign."""
    return replace(rate, base=negated(rate.base), amount=negated(rate.amount))


def negated_totals(totals: Totals) -> Totals:
    """Every sum with the other sign."""
    return Totals(
        gross=-totals.gross + 0,
        net=negated(totals.net),
        vat=negated(totals.vat),
        payable=negated(totals.payable),
        lines=negated(totals.lines),
        allowances=negated(totals.allowances),
        charges=negated(totals.charges),
        prepaid=negated(totals.prepaid),
        rounding=negated(totals.rounding),
    )


def with_price_not_negative(line: Line) -> Line:
    """The same line with the price's minus moved to the quantity, so that minutes credited are always negative."""
    price = line.unit_price if line.unit_price is not None else line.gross_unit_price
    if price is None or price >= 0:
        return line
    return replace(
        line,
        unit_price=negated(line.unit_price),
        gross_unit_price=negated(line.gross_unit_price),
        quantity=negated(line.quantity),
    )


def with_quantity_as_amount(line: Line) -> Line:
    """A credited line whose amount is negative and whose quantity is not: the amount is the authority."""
    amount = line.net_amount if line.net_amount is not None else line.gross_amount
    if amount is None or line.quantity is None or not (amount < 0 < line.quantity):
        return line
    return replace(line, quantity=-line.quantity)
