"""The forms of getting in: inputs like all others, of a small schema of their own."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from graphql import build_schema

from backend.kit.faults import UserError
from web.forms import Form, Guard
from web.kept import SECRETS
from web.pages import Page

SCHEMA: Final = build_schema((Path(__file__).parent / "forms.graphqls").read_text())


def fresh(page: Page, kind: str) -> Form:
    """An empty form."""
    return Form.of(kind, SCHEMA, guard=_guard(page))


def sent(page: Page, kind: str) -> Form:
    """The form as it was posted."""
    return Form.of(kind, SCHEMA, page.posted, guard=_guard(page))


def refused(form: Form, errors: Iterable[UserError]) -> Form:
    """The form once more, with what is wrong."""
    for error in errors:
        path = ".".join(str(step) for step in error.path)
        if path:
            form.complain(path, error.message)
        else:
            form.general.append(error.message)
    return without_secrets(form)


def without_secrets(form: Form) -> Form:
    """No page shows again what was typed as a password."""
    for name in SECRETS:
        form.raw.pop(name, None)
    return form


def _guard(page: Page) -> Guard:
    acting = str(page.visitor.actor.organisation_id or "") if page.visitor else ""
    return Guard(page.csrf, acting)
