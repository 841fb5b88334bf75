"""Every file of the shared samples, where they are at hand, as `expected.tsv` says."""

from decimal import Decimal
from pathlib import Path
from time import process_time

import pytest

from backend.invoices.reading import DocumentKind, EInvoice, Unreadable, check, read

SAMPLES = Path(__file__).parents[3].parent / "shared" / "samples"
ROWS = [row.split("\t") for row in (SAMPLES / "expected.tsv").read_text().splitlines()[1:]] if SAMPLES.is_dir() else []
needs_samples = pytest.mark.skipif(not ROWS, reason="the shared samples are not beside this checkout")

# Files that are to be read and whose lines really do not multiply to their amounts: (position, expected, found).
DISAGREEING_LINES = {
    "ubl/real/guide-example1.xml": [(20, "109.98", "-109.98")],  # goods returned, with a positive quantity
    "ubl/real/ubl-tc434-example1.xml": [(20, "109.98", "-109.98")],
    "ubl/real/guide-example3.xml": [(1, "1600.00", "400.00"), (2, "1600.00", "400.00")],  # 2 × 800 is not 400
    "hostile/amount_negative.xml": [(1, "-2800.00", "2800")],
}


def names(*verdicts: str) -> list[str]:
    return [row[0] for row in ROWS if row[1] in verdicts]


def read_sample(name: str) -> EInvoice:
    return read((SAMPLES / name).read_bytes())


def has_any_reference(invoice: EInvoice) -> bool:
    return any(invoice.order_id_of(line) for line in invoice.lines) or invoice.buyer_reference is not None


@needs_samples
@pytest.mark.parametrize("name", names("read", "read, harmless"))
def test_a_good_file_is_read_without_a_finding(name: str) -> None:
    invoice = read_sample(name)
    found = [(finding.line, str(finding.expected), finding.found) for finding in check(invoice, Decimal("0.02"))]
    assert found == [(line, told, Decimal(amount)) for line, told, amount in DISAGREEING_LINES.get(name, [])]
    assert invoice.lines


@needs_samples
@pytest.mark.parametrize("name", names("read, finding"))
def test_a_file_with_a_fault_in_its_contents_is_read_and_its_fault_is_found(name: str) -> None:
    invoice = read_sample(name)
    assert check(invoice, Decimal("0.02")) or not has_any_reference(invoice)


@needs_samples
@pytest.mark.parametrize(("name", "verdict"), [(row[0], row[1]) for row in ROWS if row[1].startswith("refused")])
def test_a_bad_file_is_refused_for_its_own_reason(name: str, verdict: str) -> None:
    started = process_time()
    with pytest.raises(Unreadable) as refusal:
        read_sample(name)
    assert process_time() - started < 1
    assert refusal.value.code.name == verdict.partition(" ")[2] or verdict == "refused"


@needs_samples
def test_no_verdict_is_of_a_kind_that_no_test_knows() -> None:
    known = {"read", "read, harmless", "read, finding", "read or refused SCHEMA, harmless"}
    assert {row[1] for row in ROWS if not row[1].startswith("refused")} <= known


@needs_samples
def test_text_that_looks_like_markup_or_a_path_is_only_text() -> None:
    script = read_sample("hostile/finvoice_xss_text.xml")
    assert script.lines[0].text == "<script>alert(1)</script>"
    path = read_sample("hostile/attachment_path_traversal.xml").attachments[0]
    assert (path.name, path.mime, path.size, path.url) == ("x", "application/pdf", 5, None)
    assert read_sample("hostile/attachment_uri_javascript.xml").attachments[0].url is None


@needs_samples
@pytest.mark.parametrize(
    "name", ["finvoice/finnish_hours/fi_hours_creditnote_INV02.xml", "ubl/finnish_hours/fi_hours_creditnote.xml"]
)
def test_both_formats_give_the_same_credit_note(name: str) -> None:
    invoice = read_sample(name)
    line = invoice.lines[0]
    assert invoice.kind is DocumentKind.CREDIT_NOTE
    assert (line.quantity, line.unit_price, line.net_amount) == (Decimal(-3), Decimal(95), Decimal(-285))
    assert (invoice.totals.net, invoice.totals.vat) == (Decimal(-285), Decimal("-72.68"))
    assert invoice.totals.gross == invoice.totals.payable == Decimal("-357.68")


@needs_samples
def test_an_energy_bill_has_prices_in_euros_and_no_headings_among_its_lines() -> None:
    (name,) = [name for name in names("read") if "yrityslasku" in name]
    invoice = read_sample(name)
    assert len(invoice.lines) == 8
    assert invoice.lines[2].unit_price == Decimal("0.0063")
    assert invoice.seller.name == "SähköVerkko Oy"
    assert invoice.accounts == ("FI1880012312345678", "FI0050000198765432")
