"""What is typed, in the portal or by the programming interface: its sums follow from its lines."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.invoices.making import a_line, make_invoice, make_scene
from tests.invoices.test_deciding import codes_of


@pytest.mark.rule("D11.9-d", "D0-d")
@pytest.mark.parametrize(
    ("price", "amount", "is_right"),
    [
        ("1.58333", "15200.00", True),
        ("1.58333", "15199.97", True),
        ("1.58333", "15200.03", False),
        ("1.5833", "15200.00", False),
        ("1.58333", None, True),
    ],
)
async def test_a_typed_amount_is_right_within_what_five_decimals_of_its_price_leave_out(
    session: AsyncSession, price: str, amount: str | None, is_right: bool
) -> None:
    scene = await make_scene(session, price="95.00", terms={"amount_tolerance_euros": "0.00"})
    given = {"minutes": None, "quantity": Decimal(9600), "unit": "MIN", "unit_price": Decimal(price)}
    line = replace(a_line(scene), **given, amount=None if amount is None else Decimal(amount))
    invoice = await make_invoice(session, scene, line)
    assert ("amount" not in await codes_of(session, invoice)) is is_right
