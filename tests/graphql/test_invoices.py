"""Invoices through the schema: what each side sees, the evidence both ways, and deciding by mutations alone."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from backend.graphql.door import Door
from backend.invoices import deciding_verbs
from backend.invoices.model import Invoice
from backend.invoices.sending_verbs import discard_invoice, draft_invoice, send_invoice
from backend.invoices.states import InvoiceKind
from backend.invoices.withdrawing_verbs import withdraw_lines
from backend.kit.actor import Actor
from backend.kit.database import Session, Sessions
from tests.complaints.test_deductions import a_deduction, make_applied
from tests.files.making import make_file
from tests.graphql.asking import Ask, Clock, prepare
from tests.invoices.making import NOW, Scene, a_draft, a_line, lines_of, make_approved, make_invoice, make_scene
from tests.making import customer_representative, supplier_manager

INVOICE = """
query Invoice($id: ID!) { invoice(id: $id) {
  number kind origin state isLate gross { amount currency } approvedTotal { amount } vatRates { rate base amount }
  lineCount openLineCount errors warnings supplier { name } availableActions findings { code severity sentence }
  timeline(first: 5) { nodes { name sentence } }
  lines(first: 20) { nodes { id position minutes unitPrice amount { amount } state verdict errors order { number }
    priceGroup { code } openKeys availableActions
    findings(first: 9) { code severity rule sentence expected found otherInvoice { number } } dispute { reason answer }
    evidence(first: 20) { totalCount nodes { day minutes unitPrice entry { id person { name } } overrun { id } }
    }
  } }
} }
"""
APPROVE = """
mutation Approve($input: ApproveInvoiceLinesInput!) {
  approveInvoiceLines(input: $input) { invoice { state } userErrors { code message path rule limit actual } }
}
"""


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def ask(door: Door) -> Ask:
    """Asks the schema as an actor and gives the whole response."""

    async def asked(actor: Actor, document: str, **variables: Any) -> dict[str, Any]:
        response: dict[str, Any] = orjson.loads(await door.execute(document, variables, actor))
        return response

    return asked


async def a_good_and_a_bad_line(session: Session) -> tuple[Scene, int, int]:
    scene = await make_scene(session)
    entries = await make_approved(session, scene, 450, 150)
    invoice = await make_invoice(session, scene, a_line(scene), a_line(scene, 60))
    return scene, invoice.id, entries[0].id


@pytest.mark.rule("H11.7.3-i")
async def test_a_line_leads_to_its_entries_and_an_entry_to_its_line(sessions: Sessions, ask: Ask) -> None:
    scene, invoice_id, entry_id = await prepare(sessions, a_good_and_a_bad_line)
    invoice = (await ask(scene.judge, INVOICE, id=f"Invoice:{invoice_id}"))["data"]["invoice"]
    evidence = invoice["lines"]["nodes"][0]["evidence"]
    assert [(e["day"], e["minutes"], e["unitPrice"]) for e in evidence["nodes"]] == [
        ("2026-10-05", 450, "100.000000"),
        ("2026-10-06", 150, "100.000000"),
    ]
    back = """query Back($id: ID!) {
      invoiceLines(where: { entryId: $id }) { nodes { position invoice { number } } }
      evidence(entryId: $id) { nodes { minutes line { invoice { number } } } }
    }"""
    found = (await ask(scene.sender, back, id=f"TimeEntry:{entry_id}"))["data"]
    assert found["invoiceLines"]["nodes"] == [{"position": 1, "invoice": {"number": invoice["number"]}}]
    assert [e["minutes"] for e in found["evidence"]["nodes"]] == [450]


@pytest.mark.rule("D11.9-d")
async def test_a_finding_has_its_sentence_figures_and_rule_in_the_readers_language(
    sessions: Sessions, ask: Ask
) -> None:
    scene, invoice_id, _ = await prepare(sessions, a_good_and_a_bad_line)
    invoice = (await ask(scene.judge, INVOICE, id=f"Invoice:{invoice_id}"))["data"]["invoice"]
    good, bad = invoice["lines"]["nodes"]
    assert (good["verdict"], good["findings"], bad["verdict"]) == ("FINE", [], "ERROR")
    (finding,) = bad["findings"]
    assert (finding["code"], finding["rule"]) == ("ALREADY_BILLED", "D11.9-e") or finding["code"] == (
        "MORE_THAN_APPROVED"
    )
    assert finding["sentence"].endswith(".")
    assert "APPROVE" in good["availableActions"]


async def test_lines_are_approved_and_a_refusal_leads_to_the_line(sessions: Sessions, ask: Ask) -> None:
    scene, invoice_id, _ = await prepare(sessions, a_good_and_a_bad_line)
    invoice = (await ask(scene.judge, INVOICE, id=f"Invoice:{invoice_id}"))["data"]["invoice"]
    ids = [line["id"] for line in invoice["lines"]["nodes"]]
    both = {"invoiceId": f"Invoice:{invoice_id}", "lineIds": ids, "idempotencyKey": "a"}
    refused = (await ask(scene.judge, APPROVE, input=both))["data"]["approveInvoiceLines"]
    assert (refused["invoice"], refused["userErrors"][0]["path"]) == (None, ["lineIds", "1"])
    good = {"invoiceId": f"Invoice:{invoice_id}", "idempotencyKey": "b"}
    done = (await ask(scene.judge, APPROVE, input=good))["data"]["approveInvoiceLines"]
    assert done == {"invoice": {"state": "PARTLY_DECIDED"}, "userErrors": []}


@pytest.mark.rule("D2.1-c")
async def test_customers_experts_and_other_suppliers_see_no_invoice(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Scene, int, Actor, Actor]:
        scene, invoice_id, _ = await a_good_and_a_bad_line(session)
        return scene, invoice_id, await customer_representative(session), await supplier_manager(session)

    scene, invoice_id, customer, stranger = await prepare(sessions, make)
    for actor in (customer, scene.expert):
        response = await ask(actor, INVOICE, id=f"Invoice:{invoice_id}")
        assert response["data"]["invoice"] is None
        assert response["errors"][0]["extensions"]["code"] == "NOT_PERMITTED"
    assert (await ask(stranger, INVOICE, id=f"Invoice:{invoice_id}"))["data"]["invoice"] is None
    node = "query Node($id: ID!) { node(id: $id) { id } }"
    for actor in (customer, scene.expert, stranger):
        assert (await ask(actor, node, id=f"Invoice:{invoice_id}"))["data"]["node"] is None


async def test_a_draft_is_typed_and_sent_and_seen_by_the_supplier_alone_before(sessions: Sessions, ask: Ask) -> None:
    scene = await prepare(sessions, make_scene)
    draft = """mutation Draft($input: DraftInvoiceInput!) {
      draftInvoice(input: $input) { invoice { id state net { amount } } userErrors { message path } } }"""
    line = {"text": "Senior work", "minutes": 600, "unitPrice": "100.00"}
    typed = {"number": "2026-1", "issuedOn": "2026-11-04", "lines": [line]}
    made = (await ask(scene.sender, draft, input={"draft": typed, "idempotencyKey": "a"}))["data"]["draftInvoice"]
    assert made["userErrors"] == []
    assert (made["invoice"]["state"], made["invoice"]["net"]["amount"]) == ("DRAFT", "1000.00")
    seen = "query Invoice($id: ID!) { invoice(id: $id) { id } }"
    assert (await ask(scene.judge, seen, id=made["invoice"]["id"]))["data"]["invoice"] is None
    empty = {"draft": {**typed, "number": " ", "lines": [{"text": ""}]}, "idempotencyKey": "b"}
    refused = (await ask(scene.sender, draft, input=empty))["data"]["draftInvoice"]["userErrors"]
    assert [error["path"] for error in refused] == [
        ["draft", "number"],
        ["draft", "lines", "0", "text"],
        ["draft", "lines", "0", "amount"],
    ]


async def test_a_draft_that_was_discarded_tiera_sees_nowhere_and_one_sent_and_withdrawn_it_does(
    sessions: Sessions, ask: Ask
) -> None:
    async def make(session: Session) -> tuple[Scene, int, int, int]:
        scene, ids = await make_scene(session), []
        for number in ("HYLATTY-1", "PERUTTU-1"):
            draft = a_draft(scene, a_line(scene), number=number)
            ids.append((await draft_invoice(session, scene.sender, draft=draft, now=NOW)).id)
        discarded, sent = ids
        (line,) = await lines_of(session, await session.get_one(Invoice, discarded))
        await discard_invoice(session, scene.sender, invoice_id=discarded, now=NOW)
        await send_invoice(session, scene.sender, invoice_id=sent, now=NOW)
        await withdraw_lines(session, scene.sender, invoice_id=sent, now=NOW)
        return scene, discarded, line.id, sent

    scene, discarded, line, sent = await prepare(sessions, make)
    document = """query($id: ID!, $line: ID!) {
      invoice(id: $id) { id } node(id: $id) { id } invoiceLine(id: $line) { id }
      invoices { nodes { number } } invoiceLines { totalCount }
      search(words: "HYLATTY-1") { totalCount } }"""
    told = (await ask(scene.judge, document, id=f"Invoice:{discarded}", line=f"InvoiceLine:{line}"))["data"]
    assert [told[name] for name in ("invoice", "node", "invoiceLine")] == [None] * 3
    assert (told["invoices"]["nodes"], told["invoiceLines"]["totalCount"]) == ([{"number": "PERUTTU-1"}], 1)
    assert told["search"]["totalCount"] == 0
    assert (await ask(scene.sender, INVOICE, id=f"Invoice:{discarded}"))["data"]["invoice"]["state"] == "WITHDRAWN"
    assert (await ask(scene.judge, INVOICE, id=f"Invoice:{sent}"))["data"]["invoice"]["state"] == "WITHDRAWN"


async def test_a_number_that_two_suppliers_used_leads_to_the_invoice_of_the_one_that_is_named(
    sessions: Sessions, ask: Ask
) -> None:
    async def make(session: Session) -> list[tuple[Scene, int]]:
        scenes = [await make_scene(session) for _ in range(2)]
        return [(scene, (await make_invoice(session, scene, a_line(scene), number="1001")).id) for scene in scenes]

    (one, ones), (_, others) = await prepare(sessions, make)
    document = """query($of: ID) { invoiceByNumber(number: "1001", supplierId: $of) { id supplier { id } } }"""

    async def found(actor: Actor, of: str | None = None) -> dict[str, Any] | None:
        response = await ask(actor, document, of=of)
        assert "errors" not in response
        invoice: dict[str, Any] | None = response["data"]["invoiceByNumber"]
        return invoice

    assert await found(one.judge) is None
    mine = await found(one.sender)
    assert mine and mine["id"] == f"Invoice:{ones}" and ones != others
    assert await found(one.judge, mine["supplier"]["id"]) == mine


async def test_lists_are_narrowed_by_what_was_found_and_by_month(sessions: Sessions, ask: Ask) -> None:
    scene, _, _ = await prepare(sessions, a_good_and_a_bad_line)
    list_ = """query List($where: InvoiceFilter) {
      invoices(where: $where, orderBy: DUE_FIRST) { totalCount } invoiceFigures { awaitingTiera withFindings } }"""

    async def count(**where: Any) -> int:
        return int((await ask(scene.judge, list_, where=where))["data"]["invoices"]["totalCount"])

    assert await count(hasFindings=True) == 1
    assert await count(hasFindings=False) == 0
    assert await count(month="2026-10-15", awaitsTiera=True) == 1
    assert await count(month="2026-09-15") == 0
    assert await count(words="2026-1") == 1


async def test_a_dispute_has_the_files_of_its_own_reason_and_answer(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Scene, int]:
        scene, invoice_id, _ = await a_good_and_a_bad_line(session)
        lines = await lines_of(session, await session.get_one(Invoice, invoice_id))
        for n, line in enumerate(lines):
            at = NOW + timedelta(minutes=n)
            why = await make_file(session, scene.judge, name=f"miksi-{n}.pdf")
            await deciding_verbs.dispute_lines(
                session, scene.judge, invoice_id=invoice_id, line_ids=[line.id], reason="Miksi?", file_ids=[why.id],
                now=at,
            )  # fmt: skip
        answer = await make_file(session, scene.sender, name="näin.pdf")
        await deciding_verbs.answer_dispute(
            session, scene.sender, line_id=lines[0].id, answer="Näin.", file_ids=[answer.id], now=NOW
        )
        return scene, invoice_id

    scene, invoice_id = await prepare(sessions, make)
    document = """query Files($id: ID!) { invoice(id: $id) {
      lines(first: 5) { nodes { dispute { files { name } answerFiles { name } } } }
      timeline(first: 9) { nodes { files { name } } }
    } }"""
    for actor in (scene.judge, scene.sender):
        invoice = (await ask(actor, document, id=f"Invoice:{invoice_id}"))["data"]["invoice"]
        disputes = [line["dispute"] for line in invoice["lines"]["nodes"]]
        assert disputes == [
            {"files": [{"name": "miksi-0.pdf"}], "answerFiles": [{"name": "näin.pdf"}]},
            {"files": [{"name": "miksi-1.pdf"}], "answerFiles": []},
        ]
        told = [file["name"] for each in invoice["timeline"]["nodes"] for file in each["files"]]
        assert told == ["näin.pdf", "miksi-1.pdf", "miksi-0.pdf"]


@pytest.mark.rule("D11.9-h", "H11.10-g")
async def test_nothing_is_asked_of_a_line_that_nobody_can_point(sessions: Sessions, ask: Ask) -> None:
    """One that deducts what another has deducted; one of a credit note whose invoice is not known."""

    async def make(session: Session) -> tuple[Scene, list[int]]:
        scene = await make_scene(session)
        number, _, _ = await make_applied(session, scene)
        first, second = [await make_invoice(session, scene, a_deduction(number)) for _ in range(2)]
        note = await make_invoice(session, scene, a_deduction("REK-2025-0001", "60"), kind=InvoiceKind.CREDIT_NOTE)
        return scene, [first.id, second.id, note.id]

    scene, ids = await prepare(sessions, make)
    for invoice_id, verdict in zip(ids, ("FINE", "ERROR", "FINE"), strict=True):
        (line,) = (await ask(scene.judge, INVOICE, id=f"Invoice:{invoice_id}"))["data"]["invoice"]["lines"]["nodes"]
        assert (line["verdict"], line["openKeys"]) == (verdict, [])


@pytest.mark.rule("D11.9-h")
async def test_a_price_group_that_a_line_says_is_asked_only_once_its_order_is_known_to_have_none_such(
    sessions: Sessions, ask: Ask
) -> None:
    async def make(session: Session) -> tuple[Scene, int]:
        scene = await make_scene(session)
        codes = (scene.group.code, "XYZ", None)
        lines = [a_line(scene, order_reference=None, price_group_code=code) for code in codes]
        return scene, (await make_invoice(session, scene, *lines, a_line(scene, price_group_code="XYZ"))).id

    scene, invoice_id = await prepare(sessions, make)
    lines = (await ask(scene.judge, INVOICE, id=f"Invoice:{invoice_id}"))["data"]["invoice"]["lines"]["nodes"]
    asked = [line["openKeys"] for line in lines]
    assert asked == [["ORDER"], ["ORDER"], ["ORDER", "PRICE_GROUP"], ["PRICE_GROUP"]]


@pytest.mark.rule("D0-d")
async def test_a_price_is_told_for_an_hour_whatever_the_unit_of_time(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Scene, int]:
        scene = await make_scene(session)
        await make_approved(session, scene, 600)
        in_minutes = replace(a_line(scene, price="1.583333"), minutes=None, quantity=Decimal(60), unit="MIN")
        in_pieces = replace(in_minutes, unit="C62")
        return scene, (await make_invoice(session, scene, in_minutes, a_line(scene, 60, "95"), in_pieces)).id

    scene, invoice_id = await prepare(sessions, make)
    priced = "query($id: ID!) { invoice(id: $id) { lines { nodes { unitPrice hourlyPrice } } } }"
    lines = (await ask(scene.judge, priced, id=f"Invoice:{invoice_id}"))["data"]["invoice"]["lines"]["nodes"]
    told = [line["hourlyPrice"] and Decimal(line["hourlyPrice"]) for line in lines]
    assert told == [Decimal(95), Decimal(95), None]
