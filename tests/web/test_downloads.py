"""A list as a file is the list that is shown: as narrowed, all of it or nothing."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.invoices.deciding_verbs import approve_lines
from backend.kit import clock
from backend.parties.agreement_model import Service
from tests.complaints.test_deductions import make_applied
from tests.invoices.making import Scene, a_line, lines_of, make_approved, make_invoice, make_scene
from tests.invoices.test_credits import make_credit
from tests.making import make_service
from tests.web.portal import path_to, text_of
from tests.web.test_invoice_pages import Office, office
from web import sheets
from web.pages import Problem
from web.typed import typed

__all__ = ["office"]


def rows_of(answer: Any) -> list[list[str]]:
    """Rows of a CSV file of plain values, the headings first."""
    assert answer.status_code == 200, answer.text
    return [line.split(";") for line in answer.text.removeprefix("\ufeff").splitlines()]


async def invoiced(office: Office, count: int = 1) -> list[int]:
    async with office.portal.house.sessions.begin() as session:
        await make_approved(session, office.scene, *[600] * count)
        return [(await make_invoice(session, office.scene)).id for _ in range(count)]


async def test_invoices_are_taken_along_as_they_are_narrowed_and_sorted(office: Office) -> None:
    await invoiced(office, 2)
    tiera = await office.tiera()
    heads, *rows = rows_of(await tiera.get("/laskut/vienti.csv?sort=ARRIVED"))
    assert heads[:2] == ["Invoice", "Supplier"] and [row[0] for row in rows] == ["2026-1", "2026-2"]
    assert rows[0][-5:] == ["1000,00", "255,00", "1255,00", "0,00", "0,00"]
    assert rows_of(await tiera.get("/laskut/vienti.csv?words=2026-2"))[1:] == [rows[1]]
    assert (await tiera.get("/laskut/vienti.xlsx?month=2001-01-01")).content.startswith(b"PK")
    assert 'href="/laskut/vienti.csv?words=2026-2"' in (await tiera.get("/laskut?words=2026-2")).text
    assert (await tiera.get("/laskut/vienti.pdf")).status_code == 404


async def test_people_organisations_agreements_and_targets_are_taken_along_as_they_are_narrowed(office: Office) -> None:
    tiera = await office.tiera()
    people = rows_of(await tiera.get("/henkilot/vienti.csv?words=Sari"))
    assert [row[:2] for row in people[1:]] == [["Sari Toimittaja", "Service manager, Zeta Oy"]]
    organisations = rows_of(await tiera.get("/organisaatiot/vienti.csv?side=SUPPLIER"))
    assert {row[1] for row in organisations[1:]} == {"Supplier"}
    agreements = rows_of(await tiera.get(f"/sopimukset/vienti.csv?words={office.scene.agreement.number}"))
    assert [row[0] for row in agreements[1:]] == [office.scene.agreement.number]
    targets = rows_of(await tiera.get("/tunnit/kohteet.csv?isOwnCost=false"))
    assert targets[1][:2] == [office.scene.order.title, office.scene.order.number] and targets[1][-1] == "1000,00"
    assert rows_of(await tiera.get("/tunnit/kohteet.csv?show=closed"))[1:] == []
    for path in ("/henkilot", "/organisaatiot", "/sopimukset", "/tunnit/kohteet"):
        page = (await tiera.get(f"{path}?words=")).text
        assert "Download the list:" in page and '.xlsx?words=" download' in page, path


async def test_euros_have_their_cents_in_every_file(office: Office) -> None:
    async with office.portal.house.sessions.begin() as session:
        await make_applied(session, office.scene)
    tiera = await office.tiera()
    (complaint,) = rows_of(await tiera.get("/reklamaatiot/vienti.csv"))[1:]
    assert "500,00" in complaint
    sums = {row[0]: row[-1] for row in rows_of(await tiera.get("/luvut/vienti.csv"))[1:]}
    assert sums["Sanctions"] == "500,00"


@pytest.mark.rule("H11.9-a")
async def test_what_is_approved_is_of_a_time_and_a_supplier(office: Office) -> None:
    (invoice,) = await invoiced(office)
    tiera = await office.tiera()
    path_to(await tiera.send(f"/laskut/{invoice}", f"/laskut/{invoice}/hyvaksynta", {}))
    today = clock.now().date()
    day, before, after = (typed(today + timedelta(days=n), "Date") for n in (0, -2, 2))
    found = text_of((await tiera.get(f"/laskut/hyvaksytyt?alku={before}&loppu={after}")).text).replace("\xa0", " ")
    assert "1 line, 10 h, 1 000,00 €" in found and "Senior work" in found
    assert len(rows_of(await tiera.get(f"/laskut/hyvaksytyt.csv?alku={before}&loppu={after}"))) == 2
    assert "Nothing approved matches" in (await tiera.get(f"/laskut/hyvaksytyt?loppu={before}")).text
    assert rows_of(await tiera.get(f"/laskut/hyvaksytyt.csv?alku={after}"))[1:] == []
    other = f"/laskut/hyvaksytyt?supplierId=Organisation:{office.portal.tiera.id}"
    assert "Nothing approved matches" in (await tiera.get(other)).text
    wrong = (await tiera.get(f"/laskut/hyvaksytyt?alku=eilen&loppu={day}")).text
    assert 'value="eilen"' in wrong and "Write a date, for example" in wrong


@pytest.mark.rule("H11.9-a", "D0-a")
async def test_a_day_that_cannot_be_read_is_said_with_the_list_and_no_file_is_made_of_all_days(office: Office) -> None:
    await invoiced(office)
    tiera = await office.tiera()
    for path, file, day in (
        ("/laskut/hyvaksytyt", "/laskut/hyvaksytyt.csv", "alku"),
        ("/tunnit/lista", "/tunnit/lista.csv", "firstDay"),
        ("/reklamaatiot", "/reklamaatiot/vienti.csv", "sentFrom"),
        ("/oikeudet", "/oikeudet/vienti.csv", "tiedettyna"),
        ("/sopimukset", "/sopimukset/vienti.csv", "inForceOn"),
    ):
        part = (await tiera.get(f"{path}?{day}=31.9.2026", HX_Request="true", HX_Request_Type="partial")).text
        assert "This was left out: “31.9.2026”. Write a date" in text_of(part) and "download>" not in part, path
        answer = await tiera.get(f"{file}?{day}=31.9.2026")
        assert answer.status_code == 422 and "more than you asked for" in text_of(answer.text), path


@pytest.mark.rule("D11.9-e")
async def test_a_credit_that_comes_later_stands_under_its_own_day_and_changes_no_earlier_time(office: Office) -> None:
    scene, november, december = office.scene, datetime(2026, 11, 25, 10, tzinfo=UTC), datetime(2026, 12, 10, tzinfo=UTC)
    tiera = await office.tiera()
    months = {"11": "alku=1.11.2026&loppu=30.11.2026", "12": "alku=1.12.2026&loppu=31.12.2026"}

    async def told(month: str) -> tuple[list[tuple[str, str]], str]:
        """Hours and amounts of the file's rows, and what the page says of all together."""
        file = rows_of(await tiera.get(f"/laskut/hyvaksytyt.csv?{months[month]}"))
        places = [file[0].index(name) for name in ("Hours", "Amount without VAT, €")]
        page = text_of((await tiera.get(f"/laskut/hyvaksytyt?{months[month]}")).text).replace("\xa0", " ")
        (sums,) = re.findall(r"\d+ lines?, [−\d]+ h, [−\d ]+,\d\d €", page) or [""]
        return [(row[places[0]], row[places[1]]) for row in file[1:]], sums

    async with office.portal.house.sessions.begin() as session:
        await make_approved(session, scene, 600)
        invoice = await make_invoice(session, scene)
        (line,) = await lines_of(session, invoice)
        await approve_lines(session, scene.judge, invoice_id=invoice.id, now=november)
    before = await told("11")
    assert before == ([("10,00", "1000,00")], "1 line, 10 h, 1 000,00 €")
    for minutes, rows, sums in (
        (240, [("-4,00", "-400,00")], "1 line, −4 h, −400,00 €"),
        (360, [("-4,00", "-400,00"), ("-6,00", "-600,00")], "2 lines, −10 h, −1 000,00 €"),
    ):
        async with office.portal.house.sessions.begin() as session:
            note = await make_credit(session, scene, line, minutes)
            await approve_lines(session, scene.judge, invoice_id=note.id, now=december)
        assert (await told("11"), await told("12")) == (before, (rows, sums))


@pytest.mark.rule("H11.9-a")
async def test_approved_lines_stand_by_day_and_invoice_and_not_all_first_lines_first(office: Office) -> None:
    scene, days = office.scene, [datetime(2026, 11, day, 10, tzinfo=UTC) for day in (25, 24)]
    async with office.portal.house.sessions.begin() as session:
        await make_approved(session, scene, 600)
        for number, day in zip(("A-1", "A-2"), days, strict=True):
            lines = [a_line(scene, minutes) for minutes in (120, 60)]
            invoice = await make_invoice(session, scene, *lines, number=number)
            await approve_lines(session, scene.judge, invoice_id=invoice.id, now=day)
    tiera = await office.tiera()
    heads, *rows = rows_of(await tiera.get("/laskut/hyvaksytyt.csv"))
    wanted = [heads.index(name) for name in ("Approved on", "Invoice", "Line")]
    assert [tuple(row[place] for place in wanted) for row in rows] == [
        ("2026-11-24", "A-2", "1"), ("2026-11-24", "A-2", "2"), ("2026-11-25", "A-1", "1"), ("2026-11-25", "A-1", "2"),
    ]  # fmt: skip
    page = text_of((await tiera.get("/laskut/hyvaksytyt")).text)
    assert re.findall(r"A-\d", page) == ["A-1", "A-1", "A-2", "A-2"]


@pytest.mark.rule("H11.7.3-i")
async def test_hours_and_lines_of_a_service_compare(office: Office) -> None:
    async with office.portal.house.sessions.begin() as session:
        service = Service(agreement_id=office.scene.agreement.id, code="A1", name="Asiointi", sort_key="asiointi")
        session.add(service)
        await session.flush()
        (await session.get_one(type(office.scene.order), office.scene.order.id)).service_id = service.id
        other: Scene = await make_scene(session, supplier=office.portal.supplier)
        invoices = []
        for scene, minutes in ((office.scene, 600), (other, 450)):
            await make_approved(session, scene, minutes)
            line = a_line(scene, minutes)
            invoices.append((await make_invoice(session, scene, line, number=f"K-{minutes}")).id)
    tiera, key = await office.tiera(), f"serviceId=Service:{service.id}"
    for invoice in invoices:
        path_to(await tiera.send(f"/laskut/{invoice}", f"/laskut/{invoice}/hyvaksynta", {}))
    for path in ("/tunnit/lista", "/laskut/hyvaksytyt"):
        everything, of_service = [
            text_of((await tiera.get(address)).text).replace("\xa0", " ") for address in (path, f"{path}?{key}")
        ]
        assert ", 17,5 h" in everything and ", 10 h" in of_service, path
    assert "1 invoice" in text_of((await tiera.get(f"/laskut?{key}")).text)
    assert "Asiointi" in (await tiera.get("/tunnit/lista")).text


class Asked:
    """A page whose list never ends."""

    filter = None

    async def query(self, document: str, **variables: Any) -> dict[str, Any]:
        nodes: Sequence[int] = range(variables["first"])
        return {"things": {"nodes": nodes, "pageInfo": {"hasNextPage": True, "endCursor": "x"}}}


async def test_a_list_of_more_rows_than_a_file_holds_is_refused_and_not_cut() -> None:
    with pytest.raises(Problem) as refused:
        await sheets.every_row(Asked(), "x.graphql", "things", {})  # type: ignore[arg-type]
    assert refused.value.status == 413 and str(refused.value.sentence).startswith("This is more than 10")


@pytest.mark.rule("D11.9-e")
async def test_a_credit_is_of_the_order_and_the_service_of_what_it_credits(office: Office) -> None:
    scene, november, tiera = office.scene, datetime(2026, 11, 25, 10, tzinfo=UTC), await office.tiera()
    async with office.portal.house.sessions.begin() as session:
        await make_approved(session, scene, 600)
        invoice = await make_invoice(session, scene)
        (line,) = await lines_of(session, invoice)
        await approve_lines(session, scene.judge, invoice_id=invoice.id, now=november)
        note = await make_credit(session, scene, line, 240)
        await approve_lines(session, scene.judge, invoice_id=note.id, now=november)
        service, other = await make_service(session, scene.agreement), await make_service(session, scene.agreement)
        (await session.get_one(type(scene.order), scene.order.id)).service_id = service.id
    narrowed = f"alku=1.11.2026&loppu=30.11.2026&serviceId=Service:{service.id}"
    heads, *rows = rows_of(await tiera.get(f"/laskut/hyvaksytyt.csv?{narrowed}"))
    assert [row[heads.index("Amount without VAT, €")] for row in rows] == ["1000,00", "-400,00"]
    assert [row[heads.index("Order")] for row in rows] == [scene.order.number] * 2
    page = text_of((await tiera.get(f"/laskut/hyvaksytyt?{narrowed}")).text).replace("\xa0", " ")
    assert "2 lines, 6 h, 600,00 €" in page, page
    assert rows_of(await tiera.get(f"/laskut/hyvaksytyt.csv?serviceId=Service:{other.id}"))[1:] == []
    assert note.number in (await tiera.get(f"/laskut?kind=CREDIT_NOTE&serviceId=Service:{service.id}")).text
    assert note.number in (await tiera.get(f"/tilaukset/{scene.order.id}")).text
