"""A typed credit is edited as it was typed: a rate that nobody said is said by nobody afterwards either."""

import re
from decimal import Decimal

import pytest
import sqlalchemy as sa

from backend.invoices.model import InvoiceLine
from tests.invoices.making import a_line, make_invoice
from tests.web.portal import hidden, path_to
from tests.web.test_invoice_pages import Office, office

__all__ = ["office"]


@pytest.mark.parametrize(
    ("of_line", "typed", "shown"),
    [
        ("14", "", ""),
        ("14", "25.5", "25,5"),
        ("14", "14", ""),
        ("0", "", ""),
        ("0", "25.5", "25,5"),
        ("25.5", "14", "14"),
    ],
)
async def test_the_rate_of_a_credit_is_typed_only_where_it_is_another_than_that_of_what_it_credits(
    office: Office, of_line: str, typed: str, shown: str
) -> None:
    async with office.portal.house.sessions.begin() as session:
        invoice = await make_invoice(session, office.scene, a_line(office.scene, 60, vat_rate=Decimal(of_line)))
    supplier = await office.supplier()
    page = (await supplier.get(f"/laskut/{invoice.id}/hyvitys")).text
    (line,) = set(re.findall(r'<option value="(InvoiceLine:\d+)"', page))
    fields = {
        "draft.number": "H-1",
        "draft.issuedOn": "24.11.2026",
        "draft.lines.0.creditsLineId": line,
        "draft.lines.0.text": "Too much",
        "draft.lines.0.minutes": "1",
        "draft.lines.0.unitPrice": "100",
        "draft.lines.0.vatRate": typed,
    }
    draft = path_to(await supplier.post("/laskut/uusi", hidden(page, "/laskut/uusi") | fields))
    edit = f"{draft}/muokkaus"
    page = (await supplier.get(edit)).text
    (field,) = re.findall(r'<input[^>]*name="draft.lines.0.vatRate"[^>]*>', page)
    assert re.findall(r'value="([^"]*)"', field) == [shown]
    again = hidden(page, edit) | fields | {"draft.lines.0.vatRate": shown}
    assert path_to(await supplier.post(edit, again)) == draft
    async with office.portal.house.sessions() as session:
        saved = sa.select(InvoiceLine.vat_rate).where(InvoiceLine.text == "Too much")
        assert await session.scalar(saved) == Decimal(typed or of_line)
