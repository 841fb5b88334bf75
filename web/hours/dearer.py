"""Work at a price that the order's estimate did not foresee: told to who books it and to who approves it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backend.kit.translation import Text


def choices(target: Mapping[str, Any]) -> list[tuple[str, str | Text]]:
    """Price groups to choose among; one that is dearer than the order's estimate foresaw says so."""
    dearer = ids(target)
    return [(g["id"], _said(g["name"]) if g["id"] in dearer else g["name"]) for g in target["priceGroups"]]


def ids(target: Mapping[str, Any]) -> frozenset[str]:
    """The price groups of a target that are dearer than its order's estimate foresaw."""
    if target["foreseenPrice"] is None:
        return frozenset()
    foreseen = Decimal(target["foreseenPrice"])
    return frozenset(group["id"] for group in target["priceGroups"] if Decimal(group["price"]) > foreseen)


def _said(name: str) -> Text:
    return Text("%(name)s – dearer than the estimate", name=name)


@dataclass(frozen=True)
class Dearer:
    """What waits at one price group and price, and the dearest that was foreseen for it."""

    group: str
    price: Mapping[str, Any]
    foreseen: Mapping[str, Any]
    minutes: int


def summed(entries: Iterable[Mapping[str, Any]]) -> list[Dearer]:
    """Dearer work by price group and price, in the order of their names."""
    found: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for entry in entries:
        if entry["isDearer"]:
            prices = entry["unitPrice"]["amount"], entry["foreseenPrice"]["amount"]
            found.setdefault((entry["priceGroup"]["name"], *prices), []).append(entry)
    return [
        Dearer(name, its[0]["unitPrice"], its[0]["foreseenPrice"], sum(entry["minutes"] for entry in its))
        for (name, *_), its in sorted(found.items())
    ]
