"""Each document of a page is one operation, and valid by the schema that is printed in the repository."""

from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from tests.web.gallery.app import HERE, SCHEMA
from web import documents

PRINTED = Path(__file__).parents[2] / "schema.graphql"


def test_every_document_of_the_portal_is_valid_by_the_printed_schema() -> None:
    schema = build_schema(PRINTED.read_text())
    wrong = {name: validate(schema, parse(document.text)) for name, document in documents.load().items()}
    assert not {name: errors for name, errors in wrong.items() if errors}
    assert all(document.field for document in documents.load().values())  # each is one operation


@pytest.mark.rule("D0-a")
def test_every_change_of_the_portal_asks_why_it_was_refused_by_which_rule_and_limit() -> None:
    asked = "userErrors { code message path rule limit actual }"
    assert [
        name for name, document in documents.load().items() if document.changes and asked not in document.text
    ] == []


def test_a_document_knows_its_kind_and_its_root_field() -> None:
    found = documents.load(HERE)
    assert (found["decide.graphql"].changes, found["decide.graphql"].field) == (True, "decideOverrun")
    assert (found["order.graphql"].changes, found["order.graphql"].field) == (False, "order")
    assert not any(validate(SCHEMA, parse(document.text)) for document in found.values())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("query A { a } query B { b }", "2 operations"),
        ("fragment A on B { c }", "0 operations"),
        ("mutation { a { b } c { d } }", "a mutation for one"),
    ],
)
def test_a_document_of_several_operations_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.graphql").write_text(text)
    with pytest.raises(ValueError, match=said):
        _ = documents.load(tmp_path)["a.graphql"].field
