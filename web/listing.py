"""What a list is asked for by its address: how it is narrowed and sorted."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.kit.conditions import MOST_COUNTED, MOST_FOUND
from web.forms import Form
from web.pages import Page
from web.typed import READERS, Unreadable

Sorts = Mapping[tuple[str, bool], str]
"""A key of the address and whether it runs downwards, to the sort of the schema; a list by itself has the first."""


def asked(page: Page, filters: str, sorts: Sorts) -> tuple[Form, tuple[str, bool], dict[str, Any]]:
    """The filters of the address (of this input's type), how it sorts, and both as variables of the query."""
    form = page.filters(filters)
    key, downwards = next(iter(sorts))
    wanted = page.sort(f"-{key}" if downwards else key, *(name for name, _ in sorts))
    sorted_by = wanted if wanted in sorts else (key, downwards)
    where = {name: value for name, value in form.variables.items() if value is not None and value != []}
    return form, sorted_by, {"where": where, "sort": sorts[sorted_by]}


def day_of(form: Form, name: str) -> date | None:
    """A day that the address names beside the filters' input; one that cannot be read is said at its field."""
    typed = form.raw.get(name, [""])[-1].strip()
    try:
        return date.fromisoformat(str(READERS["Date"](typed))) if typed else None
    except Unreadable as unreadable:
        form.complain(name, unreadable.message)
        return None


def most_counted(where: Mapping[str, Any]) -> int:
    """Up to how many the schema counts what a list of orders or tickets is narrowed to."""
    return MOST_FOUND if where.get("words") else MOST_COUNTED
