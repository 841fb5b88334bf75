"""What breaks a client of the schema stands in the changelog by its place, or the check fails."""

import subprocess
from pathlib import Path

import pytest

from backend.graphql.breaking import earlier, unnamed

BEFORE = """
type Query { orders(first: Int, state: State): [Order] gone: String }
type Order { title: String! sum: Int! }
type Old { title: String }
enum State { OPEN CLOSED }
"""


@pytest.mark.parametrize(
    ("was", "becomes", "place"),
    [
        (" gone: String", "", "Query.gone"),
        ("first: Int, ", "", "Query.orders(first:)"),
        ("first: Int,", "first: Int!,", "Query.orders(first:)"),
        ("sum: Int!", "sum: String!", "Order.sum"),
        (" CLOSED", "", "State.CLOSED"),
        ("type Old { title: String }", "", "Old"),
    ],
)
def test_what_is_taken_away_is_found_unless_the_changelog_names_its_place(was: str, becomes: str, place: str) -> None:
    now = BEFORE.replace(was, becomes)
    (sentence,) = unnamed(BEFORE, now, "- Something else changed.")
    assert place in sentence
    assert list(unnamed(BEFORE, now, f"- `{place}` is gone: nobody asked for it.")) == []


def test_what_is_added_breaks_nobody() -> None:
    now = BEFORE.replace("sum: Int!", "sum: Int! supplier: String").replace("CLOSED", "CLOSED LATE")
    assert list(unnamed(BEFORE, now, "")) == []


def test_a_schema_is_held_against_the_last_release_and_before_it_against_the_commit_before(tmp_path: Path) -> None:
    file = tmp_path / "schema.graphql"

    def git(*words: str) -> None:
        name = ("-c", "user.name=Somebody", "-c", "user.email=somebody@tiera.example", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *name, *words], cwd=tmp_path, check=True, capture_output=True)

    def commit(text: str) -> None:
        file.write_text(text)
        git("add", ".")
        git("commit", "-m", text)

    assert earlier(file) is None, "no repository"
    git("init", "-q")
    commit("first")
    assert earlier(file) is None, "no commit before"
    commit("second")
    assert earlier(file) == "first"
    git("tag", "-m", "released", "v1")
    commit("third")
    commit("fourth")
    assert earlier(file) == "second"
