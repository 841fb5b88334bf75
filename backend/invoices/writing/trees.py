"""Building a tree element by element, leaving out what is not there."""

from decimal import Decimal
from typing import TypeVar

from lxml import etree

T = TypeVar("T")


class Unwritable(ValueError):
    """The format cannot say what the invoice has, or the invoice lacks what the format needs."""


def add(parent: etree._Element, name: str, text: str | None = None, /, **attributes: str | None) -> etree._Element:
    """A new last element; attributes that are None are left out. Raises Unwritable for text no XML can have."""
    element = etree.SubElement(parent, name)
    try:
        element.text = text
        for attribute, value in attributes.items():
            if value is not None:
                element.set(attribute, value)
    except ValueError as fault:
        raise Unwritable(f"{etree.QName(name).localname} has a character that XML cannot") from fault
    return element


def put(parent: etree._Element, name: str, text: str | None, /, **attributes: str | None) -> None:
    """As `add`, but nothing for None."""
    if text is not None:
        add(parent, name, text, **attributes)


def needed(value: T | None, what: str) -> T:
    """The value; raises Unwritable naming `what` when there is none."""
    if value is None:
        raise Unwritable(f"the format needs {what}")
    return value


def plain_decimal(value: Decimal, mark: str, least: int, most: int) -> str:
    """`-1234,50`: no exponent, `least` to `most` decimals. Raises Unwritable when that would round."""
    whole, _, part = f"{value + 0:f}".partition(".")
    part = part.rstrip("0")
    if len(part) > most:
        raise Unwritable(f"{value} has more than {most} decimals")
    part = part.ljust(least, "0")
    return f"{whole}{mark}{part}" if part else whole


def to_bytes(root: etree._Element) -> bytes:
    """The document in UTF-8, indented, with its declaration."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
