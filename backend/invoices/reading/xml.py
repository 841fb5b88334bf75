"""From bytes that anybody may have sent to a tree that is safe to walk.

No DOCTYPE, so no entities and no external anything; four encodings, decoded by us; caps on bytes, elements,
attributes and depth, each checked before it can cost much. A SOAP frame may stand before the invoice, as bank
channels send Finvoice: then the second document of the file is the invoice.
"""

import re
from typing import Final

from lxml import etree

from backend.invoices.reading.refusals import Unread, Unreadable
from backend.kit.translation import Text

MOST_BYTES: Final = 5_000_000
MOST_OPENINGS: Final = 500_000  # "<" characters: a start tag, an end tag; 5,000 lines need about 300,000
MOST_EQUALS: Final = 250_000  # "=" characters: every attribute has one
MOST_ATTRIBUTES: Final = 40  # of one element
MOST_LEVELS: Final = 30

_TOO_DEEP: Final = etree.XPath(f"boolean({'/*' * (MOST_LEVELS + 1)})")
_TOO_MANY_ATTRIBUTES: Final = etree.XPath(f"boolean(//*[@*[{MOST_ATTRIBUTES + 1}]])")

_ENCODINGS: Final = {"utf-8", "iso-8859-1", "iso-8859-15", "windows-1252"}
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00")
_DECLARATION: Final = re.compile(
    rb"<\?xml\s+version\s*=\s*[\"'][0-9.]{1,8}[\"'](?:\s+encoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]{0,40})[\"'])?"
    rb"(?:\s+standalone\s*=\s*[\"'](?:yes|no)[\"'])?\s*\?>"
)
_DECLARATION_AT_MOST: Final = 200
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_ROOT: Final = re.compile(r"<(?:[^\s<>/:]{1,100}:)?([^\s<>/:]{1,100})")
_FRAME_ENDS: Final = re.compile(rb"</(?:[A-Za-z_][A-Za-z0-9_.-]{0,100}:)?Envelope\s{0,100}>")
_FRAMES: Final = {
    "{http://schemas.xmlsoap.org/soap/envelope/}Envelope",
    "{http://www.w3.org/2003/05/soap-envelope}Envelope",
}


def parse(data: bytes) -> etree._Element:
    """The root of the document, or of the second document after a SOAP frame. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(
            Unread.TOO_LARGE,
            Text("The file is larger than %(limit)s million bytes", limit=MOST_BYTES // 1_000_000),
        )
    end = _FRAME_ENDS.search(data)
    if end is None:
        return _tree(_decode(data))
    frame = _decode(data[: end.end()])  # the two documents may be in different encodings
    if _root_name(frame) != "Envelope":
        return _tree(_decode(data))
    rest = data[end.end() :].lstrip()
    if _tree(frame).tag not in _FRAMES or not rest:
        raise not_an_invoice()
    return _tree(_decode(rest))


def not_an_invoice() -> Unreadable:
    """The refusal of what is neither Finvoice nor UBL."""
    return Unreadable(Unread.NOT_AN_INVOICE, Text("The file is neither a Finvoice nor a UBL invoice"))


def _not_well_formed(line: int) -> Unreadable:
    return Unreadable(Unread.NOT_WELL_FORMED, Text("The file is not well-formed XML: see line %(line)s", line=line))


def _too_complex() -> Unreadable:
    return Unreadable(
        Unread.TOO_COMPLEX, Text("The file has more elements, attributes or levels than an invoice can need")
    )


def _decode(data: bytes) -> str:
    """The text by its byte order mark or its declaration; the declaration itself is cut off."""
    if data.startswith(_WIDE_MARKS) or b"\x00" in data[:4]:
        raise _encoding()
    marked = data.startswith(_UTF8_MARK)
    data = data.removeprefix(_UTF8_MARK)
    if not data.strip():
        raise Unreadable(Unread.EMPTY, Text("The file is empty"))
    declared = _DECLARATION.match(data, 0, _DECLARATION_AT_MOST)
    name = (declared[1] or b"utf-8").decode("ascii").lower() if declared else "utf-8"
    if name not in _ENCODINGS or (marked and name != "utf-8"):
        raise _encoding()
    try:
        text = data.decode(name)
    except UnicodeDecodeError as fault:
        raise _not_well_formed(data.count(b"\n", 0, fault.start) + 1) from None
    if declared:  # libxml2 would believe the declaration; its line stays, so that line numbers stay right
        text = "\n" * data.count(b"\n", 0, declared.end()) + text[declared.end() :]
    return text


def _encoding() -> Unreadable:
    return Unreadable(
        Unread.ENCODING,
        Text("The file must be in UTF-8, ISO-8859-1, ISO-8859-15 or Windows-1252, and its declaration must say so"),
    )


def _root_name(text: str) -> str:
    """The local name of the root element. Raises NOT_AN_INVOICE for what is not XML, DOCTYPE for that.

    A DOCTYPE can stand only here, before the root; elsewhere it is not well-formed. Goes forward once, over no more
    than an invoice can need.
    """
    if text.count("<") > MOST_OPENINGS or text.count("=") > MOST_EQUALS:
        raise _too_complex()
    at = 0
    while True:
        space = _SPACE.match(text, at)
        at = space.end() if space else at
        if text.startswith("<?", at):
            end, step = text.find("?>", at), 2
        elif text.startswith("<!--", at):
            end, step = text.find("-->", at + 4), 3
        elif text.startswith("<!", at):
            raise Unreadable(
                Unread.DOCTYPE, Text("The file has a document type declaration (DOCTYPE), which is never taken")
            )
        else:
            break
        if end < 0:
            raise _not_well_formed(text.count("\n", 0, at) + 1)
        at = end + step
    root = _ROOT.match(text, at)
    if not root:
        raise not_an_invoice()
    return root[1]


def _tree(text: str) -> etree._Element:
    _root_name(text)  # refuses a DOCTYPE, and what has more parts than an invoice
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as fault:
        raise _not_well_formed(fault.lineno or 1) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _not_well_formed(1)
    if _TOO_DEEP(root) or _TOO_MANY_ATTRIBUTES(root):
        raise _too_complex()
    return root
