"""Files made to do harm: refused or harmless, within a second, without the process growing past 300 MB."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.invoices.reading import Unread, Unreadable, read
from tests.invoices.reading.files import finvoice, finvoice_row, ubl, ubl_line

ROOT = Path(__file__).parents[3]
A_FILE = 4_990_000  # just below the cap

# Run in a process of its own: VmHWM is the peak of that process alone, imports and all. Seconds are of CPU: how long
# it takes while others use the machine says nothing of the file.
READ_AND_MEASURE = """
import sys, time
from backend.invoices.reading import Unreadable, read
data = sys.stdin.buffer.read()
started = time.process_time()
try:
    verdict = f"read {len(read(data).lines)}"
except Unreadable as refusal:
    verdict = refusal.code.name
seconds = time.process_time() - started
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(verdict, seconds, int(peak) // 1024, sep="|")
"""


def filled(start: bytes, piece: bytes, end: bytes = b"") -> bytes:
    return start + piece * ((A_FILE - len(start) - len(end)) // len(piece)) + end


def numbered(start: bytes, piece: str, count: int, end: bytes = b"") -> bytes:
    return start + "".join(piece.format(n) for n in range(count)).encode() + end


HOSTILE: dict[str, Callable[[], bytes]] = {
    "elements": lambda: filled(b"<Finvoice>", b"<a/>", b"</Finvoice>"),
    "elements at the cap": lambda: b"<Finvoice>" + b"<abcdefgh/>" * 499_000 + b"</Finvoice>",
    "elements of many names": lambda: numbered(b"<Finvoice>", "<n{}/>", 380_000, b"</Finvoice>"),
    "attributes of one": lambda: numbered(b"<Finvoice", ' a{}="1"', 240_000, b"/>"),
    "attributes of many": lambda: b"<Finvoice>" + b'<a b="1"/>' * 245_000 + b"</Finvoice>",
    "namespaces of one": lambda: numbered(b"<Finvoice", ' xmlns:a{0}="u{0}"', 100_000, b"/>"),
    "namespaces of many": lambda: numbered(b"<Finvoice>", '<a xmlns="u{}"/>', 200_000, b"</Finvoice>"),
    "nesting": lambda: filled(b"", b"<Finvoice>"),
    "text": lambda: filled(b"<Finvoice>", b"x", b"</Finvoice>"),
    "an attribute's text": lambda: filled(b'<Finvoice Version="', b"3", b'"/>'),
    "character references": lambda: filled(b"<Finvoice>", b"&#60;", b"</Finvoice>"),
    "entity references": lambda: filled(b"<Finvoice>", b"&x;", b"</Finvoice>"),
    "sections of text": lambda: filled(b"<Finvoice>", b"<![CDATA[x]]>", b"</Finvoice>"),
    "comments": lambda: filled(b"", b"<!-- -->", b"<Finvoice/>"),
    "a comment that never ends": lambda: filled(b"<!--", b"-"),
    "instructions": lambda: filled(b"", b"<?a?>", b"<Finvoice/>"),
    "space": lambda: filled(b"", b" ", b"<Finvoice/>"),
    "a name": lambda: filled(b"<", b"a"),
    "frames that never end": lambda: filled(b"<Envelope>", b"</Envelope "),
    "a declaration that never ends": lambda: filled(b"<?xml version='1.0'", b" "),
    "bytes that grow": lambda: filled(
        b'<?xml version="1.0" encoding="windows-1252"?><Finvoice>', b"\x80", b"</Finvoice>"
    ),
    "rows": lambda: filled(b'<Finvoice Version="3.0">', b"<InvoiceRow/>", b"</Finvoice>"),
    "rates": lambda: (
        b'<Finvoice Version="3.0"><InvoiceDetails>'
        + b"<VatSpecificationDetails/>" * 180_000
        + b"</InvoiceDetails></Finvoice>"
    ),
}


def verdict_of(data: bytes) -> tuple[str, float, int]:
    """What reading the file came to, in how many seconds of CPU, with how many megabytes at the peak."""
    run = subprocess.run(
        [sys.executable, "-c", READ_AND_MEASURE],
        input=data,
        capture_output=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        timeout=60,
    )
    verdict, seconds, megabytes = run.stdout.decode().split("|")
    return verdict, float(seconds), int(megabytes)


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_a_file_of_nothing_but_one_thing_is_refused_quickly_and_cheaply(make: Callable[[], bytes]) -> None:
    verdict, seconds, megabytes = verdict_of(make())
    assert verdict in Unread.__members__
    assert seconds < 1
    assert megabytes < 300


LARGEST = {"Finvoice": finvoice(rows=[finvoice_row()] * 5000), "UBL": ubl(lines=[ubl_line()] * 5000)}


@pytest.mark.parametrize("data", LARGEST.values(), ids=LARGEST)
def test_the_largest_invoice_that_is_taken_costs_little_too(data: bytes) -> None:
    verdict, seconds, megabytes = verdict_of(data)
    assert verdict == "read 5000"
    assert seconds < 3
    assert megabytes < 300


BAD_STARTS = {
    "nothing": (b"", Unread.EMPTY),
    "space": (b" \r\n\t", Unread.EMPTY),
    "only a byte order mark": (b"\xef\xbb\xbf \n", Unread.EMPTY),
    "a PDF": (b"%PDF-1.7 ...", Unread.NOT_AN_INVOICE),
    "a spreadsheet": (b"PK\x03\x04", Unread.NOT_AN_INVOICE),
    "another document": (b"<html><body/></html>", Unread.NOT_AN_INVOICE),
    "no namespace": (b"<Invoice><ID>1</ID></Invoice>", Unread.NOT_AN_INVOICE),
    "another namespace": (b'<Invoice xmlns="urn:evil"/>', Unread.NOT_AN_INVOICE),
    "Finvoice in a namespace": (b'<Finvoice xmlns="urn:evil" Version="3.0"/>', Unread.NOT_AN_INVOICE),
    "UTF-16": ("<Finvoice/>".encode("utf-16"), Unread.ENCODING),
    "UTF-16 without a mark": ("<Finvoice/>".encode("utf-16-le"), Unread.ENCODING),
    "UTF-32": ("<Finvoice/>".encode("utf-32"), Unread.ENCODING),
    "UTF-7": (b'<?xml version="1.0" encoding="UTF-7"?><Finvoice/>', Unread.ENCODING),
    "EBCDIC": (b'<?xml version="1.0" encoding="cp500"?><Finvoice/>', Unread.ENCODING),
    "two encodings at once": (b'\xef\xbb\xbf<?xml version="1.0" encoding="ISO-8859-1"?><Finvoice/>', Unread.ENCODING),
    "bytes that are not UTF-8": ("<Finvoice>ä</Finvoice>".encode("latin-1"), Unread.NOT_WELL_FORMED),
    "a DOCTYPE": (b"<!DOCTYPE Finvoice><Finvoice/>", Unread.DOCTYPE),
    "a DOCTYPE after a comment": (b"<!-- x --><?x?>\n<!DOCTYPE a SYSTEM 'http://a.example/'><a/>", Unread.DOCTYPE),
    "a DOCTYPE in a frame": (b"<!DOCTYPE Envelope><Envelope></Envelope>" + finvoice(), Unread.DOCTYPE),
    "a DOCTYPE after a frame": (
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>'.replace(b"/>", b"></e:Envelope>")
        + b"<!DOCTYPE Finvoice [<!ENTITY a 'b'>]><Finvoice/>",
        Unread.DOCTYPE,
    ),
    "a DOCTYPE where it may not stand": (b"<Finvoice><!DOCTYPE a></Finvoice>", Unread.NOT_WELL_FORMED),
    "an entity nobody defined": (b"<Finvoice>&a;</Finvoice>", Unread.NOT_WELL_FORMED),
    "two documents": (finvoice() + finvoice(), Unread.NOT_WELL_FORMED),
    "a wrong end tag": (b"<Finvoice><a></A></Finvoice>", Unread.NOT_WELL_FORMED),
    "more bytes than are taken": (b"<Finvoice>" + b" " * 5_000_000, Unread.TOO_LARGE),
    "31 levels": (b"<Finvoice>" * 31 + b"</Finvoice>" * 31, Unread.TOO_COMPLEX),
    "41 attributes": (numbered(b"<Finvoice", ' a{}="1"', 41, b"/>"), Unread.TOO_COMPLEX),
}


@pytest.mark.parametrize(("data", "code"), BAD_STARTS.values(), ids=BAD_STARTS)
def test_what_is_no_plain_xml_invoice_is_refused_by_its_kind(data: bytes, code: Unread) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(data)
    assert refusal.value.code is code


def test_a_byte_order_mark_and_a_style_sheet_do_no_harm() -> None:
    data = finvoice().replace(b"?>\n", b'?>\n<?xml-stylesheet type="text/xsl" href="http://a.example/x.xsl"?>\n', 1)
    assert read(b"\xef\xbb\xbf" + data) == read(finvoice())


def test_a_comment_within_a_number_does_not_hide_digits() -> None:
    assert read(ubl().replace(b">10.00<", b">10<!-- x -->.00<")).lines[0].quantity == 10


ASKS_FOR_SOMETHING = {
    "a schema": b'<Finvoice xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:noNamespaceSchemaLocation="{}"/>',
    "a style sheet": b'<?xml-stylesheet type="text/xsl" href="{}"?><Finvoice Version="3.0"/>',
    "an inclusion": b'<Finvoice><i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{}"/></Finvoice>',
    "a document type": b'<!DOCTYPE Finvoice SYSTEM "{}"><Finvoice/>',
    "an entity": b'<!DOCTYPE Finvoice [<!ENTITY x SYSTEM "{}">]><Finvoice>&x;</Finvoice>',
    "a parameter entity": b'<!DOCTYPE Finvoice [<!ENTITY % x SYSTEM "{}">%x;]><Finvoice/>',
}


@pytest.mark.parametrize("data", ASKS_FOR_SOMETHING.values(), ids=ASKS_FOR_SOMETHING)
def test_nothing_is_fetched(data: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        with pytest.raises(Unreadable):
            read(data.replace(b"{}", f"http://127.0.0.1:{server.getsockname()[1]}/x".encode()))
        with pytest.raises(BlockingIOError):
            server.accept()
