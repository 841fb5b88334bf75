"""The nouns that have pages: a folder each, with `views.py` (`routes`) and perhaps `desk.py` (`SECTIONS`, `PANELS`)."""

import importlib
import importlib.util
from types import ModuleType
from typing import Final

NOUNS: Final = (
    "desk",
    "identity",
    "settings",
    "saved",
    "about",
    "rules",
    "bulletins",
    "status",
    "bodies",
    "tickets",
    "billing",
    "catalogue",
    "inbox",
    "orders",
    "organisations",
    "people",
    "agreements",
    "services",
    "rights",
    "hours",
    "invoices",
    "complaints",
    "deviations",
    "recurrences",
    "figures",
    "notices",
    "papers",
    "search",
)
"""In the order in which their routes are tried."""


def views() -> list[ModuleType]:
    """`web.<noun>.views` of every noun."""
    return [importlib.import_module(f"web.{noun}.views") for noun in NOUNS]


def desks() -> list[ModuleType]:
    """`web.<noun>.desk` of every noun for which something can wait."""
    named = (f"web.{noun}.desk" for noun in NOUNS)
    return [importlib.import_module(name) for name in named if importlib.util.find_spec(name)]
