"""Our table of what a Finvoice must have, against the official schema, where that is at hand.

The schema is not ours to ship. Every part of the table is taken away, doubled, moved and miswritten in turn, in a file
that has them all; what the schema refuses we must refuse, and what it takes we must take.
"""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from lxml import etree

from backend.invoices.reading import Unreadable
from backend.invoices.reading.finvoice_parts import PARTS
from backend.invoices.reading.requirements import MANY, Form, Part, require
from tests.invoices.reading.files import finvoice

SHARED = Path(__file__).parents[3].parent / "shared" / "samples"
SCHEMA = SHARED / "finvoice" / "xsd" / "Finvoice3.0.xsd"
needs_schema = pytest.mark.skipif(not SCHEMA.exists(), reason="the official schema is not beside this checkout")

Place = tuple[tuple[str, ...], Part]


def places(parts: tuple[Part, ...], above: tuple[str, ...] = ()) -> Iterator[Place]:
    for part in parts:
        yield (*above, part.name), part
        yield from places(part.parts, (*above, part.name))


def value_for(form: Form) -> str:
    """A text of that form."""
    tried = ("20261102", "10,00", "24", "A1", "INV01", "Original", "NDEAFIHH", "Teksti", "12345::attachments", "")
    return next(text for text in tried if form.pattern.fullmatch(text))


def full(parts: tuple[Part, ...], parent: etree._Element) -> etree._Element:
    """`parent` with one of every part in the table."""
    for part in parts:
        element = etree.SubElement(parent, part.name)
        if part.parts:
            full(part.parts, element)
            continue
        element.text = None if part.form is None else value_for(part.form)
        if part.form is Form.DATE:
            element.set("Format", "CCYYMMDD")
        if part.form in (Form.AMOUNT, Form.WHOLE_CENTS):
            element.set("AmountCurrencyIdentifier", "EUR")
        if part.required_attribute:
            element.set(part.required_attribute[0], part.required_attribute[1][0])
    return parent


def everything() -> etree._Element:
    return full(PARTS, etree.Element("Finvoice", Version="3.0"))


def is_taken(root: etree._Element) -> bool:
    try:
        require(root, PARTS, in_order=True)
    except Unreadable:
        return False
    return True


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))


def disagreements(schema: etree.XMLSchema, changed: Iterator[tuple[str, etree._Element]]) -> list[str]:
    return [what for what, root in changed if schema.validate(root) is not is_taken(root)]


def element_at(root: etree._Element, path: tuple[str, ...]) -> etree._Element:
    element = root.find("/".join(path))
    assert element is not None
    return element


ALL = list(places(PARTS))


def without_each() -> Iterator[tuple[str, etree._Element]]:
    for path, _ in ALL:
        root = everything()
        element = element_at(root, path)
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)
        yield f"without {'/'.join(path)}", root


def with_each_twice() -> Iterator[tuple[str, etree._Element]]:
    for path, _ in ALL:
        root = everything()
        element = element_at(root, path)
        element.addnext(deepcopy(element))
        yield f"two of {'/'.join(path)}", root


def with_each_first() -> Iterator[tuple[str, etree._Element]]:
    for path, _ in ALL:
        root = everything()
        element = element_at(root, path)
        parent = element.getparent()
        assert parent is not None
        parent.insert(0, element)
        yield f"first {'/'.join(path)}", root


WRITTEN = (
    *("", " ", "1", "20261102", " 20261102 ", "2026-11-02", "a\nb", "S", "s", "INV01", "FI 12", "Copy", "copy"),
    *("10", "10,5", "10,55", "-10,55", "10.55", "+10,55", "1e3", "INF", "٧", "1 000,00", "10,123456", "100", "24,1234"),
    *("RF18", "RF18539007547034"),
    *("x" * length for length in (14, 15, 20, 21, 34, 35, 36, 70, 71, 100, 101, 512, 513)),
)

# The schema takes any type of message; which of them are invoices is another question.
NOT_COMPARED = {"InvoiceTypeCode"}


def with_each_written_otherwise() -> Iterator[tuple[str, etree._Element]]:
    for path, part in ALL:
        if part.parts or part.form is None or part.name in NOT_COMPARED:
            continue
        for text in WRITTEN:
            root = everything()
            element_at(root, path).text = text
            yield f"{'/'.join(path)} = {text!r}", root


def without_each_attribute() -> Iterator[tuple[str, etree._Element]]:
    for path, _ in ALL:
        for name in everything().find("/".join(path)).attrib:  # type: ignore[union-attr]
            root = everything()
            del element_at(root, path).attrib[name]
            yield f"{'/'.join(path)} without {name}", root


def test_a_file_with_everything_in_the_table_is_taken() -> None:
    assert is_taken(everything())


@pytest.mark.parametrize("path", [path for path, part in ALL if part.least and not part.parts], ids="/".join)
def test_what_is_mandatory_may_not_be_missing(path: tuple[str, ...]) -> None:
    root = everything()
    element = element_at(root, path)
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)
    assert not is_taken(root)


@pytest.mark.parametrize("path", [path for path, part in ALL if part.most < MANY], ids="/".join)
def test_what_may_stand_once_may_not_stand_twice(path: tuple[str, ...]) -> None:
    root = everything()
    element = element_at(root, path)
    element.addnext(deepcopy(element))
    assert not is_taken(root)


@needs_schema
@pytest.mark.parametrize(
    "change",
    [without_each, with_each_twice, with_each_first, with_each_written_otherwise, without_each_attribute],
)
def test_the_table_and_the_official_schema_agree(schema: etree.XMLSchema, change: object) -> None:
    assert callable(change)
    assert schema.validate(everything())
    assert disagreements(schema, change()) == []


@needs_schema
def test_the_table_and_the_official_schema_agree_on_every_sample(schema: etree.XMLSchema) -> None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for path in sorted((SHARED / "finvoice").rglob("*.xml")):
        try:
            root = etree.fromstring(path.read_bytes(), parser)
        except etree.XMLSyntaxError:
            continue
        if root.get("Version") == "3.0":
            assert schema.validate(root) is is_taken(root), path.name


@needs_schema
def test_our_own_files_are_valid(schema: etree.XMLSchema) -> None:
    assert schema.validate(etree.fromstring(finvoice()))
