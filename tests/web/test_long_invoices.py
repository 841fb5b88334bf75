"""Invoices of more lines than a page shows, in the portal: any is disputed, withdrawn, credited and pointed to."""

import re
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.states import InvoiceKind, LineState
from backend.parties.model import Person
from backend.rulebook.roles import Role
from tests.identity.making import add_member
from tests.invoices.making import a_line, lines_of, make_invoice, make_scene
from tests.web.portal import Portal, path_to, text_of

LINES = 520
"""More than the schema gives at once."""


@dataclass
class Long:
    """The portal with an invoice of many lines, none of which names an order, and who sent it."""

    portal: Portal
    sender: Person
    invoice_id: int
    lines: list[int]

    @property
    def path(self) -> str:
        return f"/laskut/{self.invoice_id}"

    async def decide(self, state: LineState, lines: list[int]) -> None:
        """That these lines were decided on, as far as pages read it."""
        async with self.portal.house.sessions.begin() as session:
            await session.execute(sa.update(InvoiceLine).where(InvoiceLine.id.in_(lines)).values(state=state))

    async def of_state(self, state: LineState) -> list[int]:
        async with self.portal.house.sessions() as session:
            its = sa.select(InvoiceLine.id).where(InvoiceLine.invoice_id == self.invoice_id, InvoiceLine.state == state)
            return list((await session.scalars(its.order_by(InvoiceLine.position))).all())


@pytest.fixture
async def long(portal: Portal) -> Long:
    async with portal.house.sessions.begin() as session:
        scene = await make_scene(session, supplier=portal.supplier)
        sender = await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
        many = (a_line(scene, 60, text=f"Work {place}", order_reference=None) for place in range(1, LINES + 1))
        invoice = await make_invoice(session, scene, *many)
        return Long(portal, sender, invoice.id, [line.id for line in await lines_of(session, invoice)])


def boxes(page: str) -> list[int]:
    return [int(key) for key in re.findall(r'name="lineIds" value="InvoiceLine:(\d+)"', page)]


def ticked(page: str) -> list[int]:
    return [int(key) for key in re.findall(r'name="lineIds" value="InvoiceLine:(\d+)"[^>]* checked', page)]


def next_of(page: str) -> str:
    (path,) = re.findall(r'rel="next" href="([^"]+)"', page)
    return str(path).replace("&amp;", "&")


async def test_a_line_far_down_is_disputed_from_its_own_link(long: Long) -> None:
    tiera, wanted = await long.portal.signed_in(), long.lines[504]
    asking = f"{long.path}/kiista?rivi={wanted}"
    page = (await tiera.get(asking)).text
    assert boxes(page) == [wanted, *long.lines[:100]] and ticked(page) == [wanted]
    assert "This page has 101 of 520 lines." in text_of(page)
    refused = await tiera.send(asking, asking, {"lineIds": f"InvoiceLine:{wanted}", "reason": ""})
    assert (refused.status_code, ticked(refused.text)) == (422, [wanted])
    why = {"lineIds": f"InvoiceLine:{wanted}", "reason": "Why an hour?"}
    assert path_to(await tiera.send(asking, asking, why)) == long.path
    assert await long.of_state(LineState.DISPUTED) == [wanted]
    assert boxes((await tiera.get(asking)).text) == long.lines[:100]  # one that is disputed already is not offered


async def test_lines_are_disputed_page_by_page_as_long_as_one_waits(long: Long) -> None:
    tiera = await long.portal.signed_in()
    asking = f"{long.path}/kiista"
    second = next_of((await tiera.get(asking)).text)
    assert boxes((await tiera.get(second)).text) == long.lines[100:200]
    await long.decide(LineState.APPROVED, long.lines[:515])
    page = (await tiera.get(asking)).text
    assert boxes(page) == long.lines[515:] and 'value="all"' not in page and "This page has" not in text_of(page)
    await long.decide(LineState.APPROVED, long.lines)
    assert (await tiera.get(asking)).status_code == 409


async def test_all_lines_are_withdrawn_at_once_whatever_is_ticked(long: Long) -> None:
    await long.decide(LineState.APPROVED, long.lines[:1])
    supplier, asking = await long.portal.signed_in(long.sender), f"{long.path}/peruutus"
    page = (await supplier.get(asking)).text
    assert (boxes(page), ticked(page)) == (long.lines[1:101], [])
    assert ticked((await supplier.get(f"{asking}?rivi={long.lines[7]}")).text) == [long.lines[7]]
    assert "Withdraw all 519 lines" in text_of(page)
    assert path_to(await supplier.send(asking, asking, {"_do": "all"})) == long.path
    assert await long.of_state(LineState.WITHDRAWN) == long.lines[1:]


async def test_a_page_of_lines_that_a_credit_took_of_gives_way_to_the_next(long: Long) -> None:
    async with long.portal.house.sessions.begin() as session:
        its = InvoiceLine.id.in_(long.lines[:150])
        await session.execute(sa.update(InvoiceLine).where(its).values(credited_amount=1))
    supplier = await long.portal.signed_in(long.sender)
    assert boxes((await supplier.get(f"{long.path}/peruutus")).text) == long.lines[150:200]
    await long.decide(LineState.CREDITED, long.lines[:1])
    line = text_of((await supplier.get(f"/laskut/rivit/{long.lines[0]}")).text)
    assert "It was credited in full" in line and "What the check has found says why" not in line


async def test_a_credit_note_begins_with_a_line_far_down_or_with_as_many_as_a_form_holds(long: Long) -> None:
    supplier, wanted = await long.portal.signed_in(long.sender), long.lines[504]
    page = (await supplier.get(f"{long.path}/hyvitys?rivi={wanted}")).text
    assert re.findall(r'<option value="InvoiceLine:(\d+)" selected', page) == [str(wanted)]
    assert "stand here" not in text_of(page)
    page = (await supplier.get(f"{long.path}/hyvitys")).text
    assert re.findall(r'<option value="InvoiceLine:(\d+)" selected', page) == [str(each) for each in long.lines[:300]]
    assert "Of 520 lines the first 300 stand here" in text_of(page)
    await long.decide(LineState.DISPUTED, [wanted])
    page = (await supplier.get(f"{long.path}/hyvitys")).text
    assert re.findall(r'<option value="InvoiceLine:(\d+)" selected', page) == [str(wanted)]


async def test_a_credit_notes_line_is_pointed_to_any_line(long: Long) -> None:
    async with long.portal.house.sessions.begin() as session:
        invoice = await session.get_one(Invoice, long.invoice_id)
        line = await session.get_one(InvoiceLine, long.lines[0])
        line.credits_line_id, invoice.kind, invoice.credits_id = None, InvoiceKind.CREDIT_NOTE, invoice.id
    page = (await (await long.portal.signed_in()).get(f"/laskut/rivit/{long.lines[0]}/kohdistus")).text
    assert f'value="InvoiceLine:{long.lines[-1]}"' in page
