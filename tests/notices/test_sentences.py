"""Closed world: every event that the code records is told by one table, and said in one sentence in each language."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from backend.identity.mails import LETTER_OF
from backend.kit.actor import Language
from backend.kit.amounts import Euros, Minutes
from backend.kit.deadlines import KINDS
from backend.kit.refs import nearest
from backend.kit.translation import catalogue
from backend.notices import rules
from backend.notices.letters import About, Line, body_of, subject_of
from backend.notices.tables import NOTICES, SLICES
from backend.notices.wording import SENTENCES, say, typed
from backend.rulebook import rules as rulebook

BACKEND = Path(__file__).parents[2] / "backend"
NAME = re.compile(r"[a-z_]+\.[a-z_]+")
PLACE = re.compile(r"%\((\w+)\)s")
NOT_FIGURES = {"part", "person"}
"""Places that the subject and the figures' person fill, not a figure of that name."""


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(BACKEND.rglob("*.py")):
        if "demo" not in path.parts:
            yield path, ast.parse(path.read_text())


def records(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("events.record", "record"):
            yield node


def recorded() -> dict[str, set[str]]:
    """Event → its figures, for calls whose name is a literal there."""
    found: dict[str, set[str]] = {}
    for _, tree in trees():
        for call in records(tree):
            keys = {keyword.arg or "" for keyword in call.keywords}
            names = [node.value for node in ast.walk(call.args[2]) if isinstance(node, ast.Constant)]
            for name in names:
                if isinstance(name, str):
                    found[name] = found.get(name, keys) & keys
    return found


def words() -> set[str]:
    """Everything in the code that may be an event's name: noun and past tense, joined by a point."""
    nouns = set(rules.TOPIC_OF)
    return {
        node.value
        for path, tree in trees()
        if path.name.endswith("verbs.py") or path.name == "crediting.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value)
        if node.value.partition(".")[0] in nouns
    }


def test_every_event_that_is_recorded_has_its_line_in_the_table_of_its_slice() -> None:
    names = (set(recorded()) | words()) - set(KINDS)  # a deadline's kind has a name like an event's
    assert len(names) > 60
    assert sorted(names - set(NOTICES)) == []


def test_no_event_is_in_two_tables() -> None:
    assert sum(len(slice_.NOTICES) for slice_ in SLICES) == len(NOTICES)


def test_every_event_is_said_in_one_sentence() -> None:
    assert sorted(set(NOTICES) - set(SENTENCES)) == []
    assert sorted(set(SENTENCES) - set(NOTICES)) == []


@pytest.mark.parametrize("language", [Language.FI, Language.SV])
def test_every_sentence_is_there_in_finnish_and_swedish(language: Language) -> None:
    known = catalogue(language)
    assert [name for name, text in SENTENCES.items() if text.msgid not in known] == []


def test_every_event_is_of_a_topic() -> None:
    for name in NOTICES:
        assert rules.topic_of(name)


def test_the_rule_of_every_notice_is_one_of_the_contract() -> None:
    assert sorted({notice.rule for notice in NOTICES.values()} - set(rulebook.RULES)) == []


def test_a_sentence_says_only_figures_that_its_event_has() -> None:
    figures = recorded()
    lacking = {
        name: places - figures[name]
        for name, text in SENTENCES.items()
        if name in figures and (places := set(PLACE.findall(text.msgid)) - NOT_FIGURES) - figures[name]
    }
    assert lacking == {}


def test_the_subject_of_a_mail_names_once_what_it_is_about() -> None:
    person, order = About(title="Ville Lehtonen"), About(number="TIL-2026-00042")
    assert subject_of([Line("Ville Lehtonen begins.", person, person)]) == "Ville Lehtonen begins."
    assert subject_of([Line("The work began.", order, order)] * 2) == "TIL-2026-00042 · The work began. (+1)"


@pytest.mark.parametrize(
    ("own", "around", "path"),
    [("/oikeudet/3", "/henkilot/1", "/oikeudet/3"), ("", "/tilaukset/1", "/tilaukset/1"), ("/a", "/a/1", "/a/1")],
)
def test_a_notice_leads_to_the_thing_itself_where_that_has_a_page(own: str, around: str, path: str) -> None:
    assert nearest(own, around) == path
    line = Line("The naming waits.", About(title="NIM-9", path=own), About(title="Anna", path=around))
    assert f"https://portaali.example{path}\n" in body_of([line], "https://portaali.example", [])


def test_a_line_of_a_mail_leads_to_the_page_of_its_thing_or_nowhere() -> None:
    whole, own = About(number="REK-2026-0007", path="/reklamaatiot/8"), About(title="Target")
    body = body_of([Line("Sent.", whole, whole), Line("Opened.", own, whole)], "https://x.example", [])
    assert body.splitlines()[-3:] == ["  https://x.example/reklamaatiot/8", "", "- Target: Opened."]


def test_letters_with_a_link_are_for_events_about_a_person() -> None:
    assert set(LETTER_OF) <= set(NOTICES)
    assert all(not NOTICES[name].to for name in LETTER_OF)


@pytest.mark.parametrize(
    ("figure", "written", "value"),
    [
        ("asked_minutes", 90, Minutes(90)),
        ("unit_price", "85.50", Euros("85.50")),
        ("greatest_total", "1000.00", Euros("1000.00")),
        ("due_at", "2026-11-24T08:00:00+00:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("valid_from", "2026-11-24", date(2026, 11, 24)),
        ("lines", [1, 3], (1, 3)),
        ("month", "2026-10", "10/2026"),
    ],
)
def test_a_figure_is_what_its_name_says(figure: str, written: object, value: object) -> None:
    assert typed(figure, written) == value
    assert type(typed(figure, written)) is type(value)


def test_a_sentence_is_whole_in_every_language() -> None:
    figures = {"asked_minutes": 1260, "ceiling_minutes": 6000, "due_at": "2026-11-27T21:59:00+00:00"}
    said = {language: say(language, "overrun.requested", figures) for language in Language}
    for text in said.values():
        assert "21\u00a0h" in text and "100\u00a0h" in text and "27.11.2026" in text
    assert len(set(said.values())) == 3


def test_what_is_not_known_is_said_to_be_nothing() -> None:
    assert say(Language.EN, "order.estimate_requested", {}) == "An estimate is asked for by –."
    assert say(Language.EN, "order.unheard_of", {}) == "order.unheard_of"


def test_a_service_that_was_renamed_before_names_were_on_record_is_named_as_it_is_called_now() -> None:
    assert say(Language.EN, "service.renamed", {}, part="Äly") == "A service is now called “Äly”."
    now = say(Language.EN, "service.renamed", {"former": "Edlevo", "called": "Äly"}, part="Arkisto")
    assert now == "The service “Edlevo” is now called “Äly”."


def test_what_an_organisation_is_and_is_no_more_is_named() -> None:
    held, ended = {"kind": "customer", "valid_from": "2026-01-01"}, {"kind": "ip_owner", "last_day": "2026-11-29"}
    assert say(Language.EN, "organisation.kind_held", held) == "Kind of the organisation from 1.1.2026 on: Customer."
    until = say(Language.SV, "organisation.kind_ended", ended)
    assert until == "Organisationens slag endast till och med 29.11.2026: IPR-ägare."


def test_a_change_of_rights_says_which_change() -> None:
    figures = {"change": "ordering_right.ended", "person": "Person:1"}
    said = say(Language.EN, "ordering_right.told", figures, person="Maija Lehto")
    assert said == "Ordering contacts have changed. The ordering right of Maija Lehto has been ended."


@pytest.mark.rule("H11.8.1-c")
def test_of_a_right_that_is_confirmed_it_is_said_from_when_on_it_is_in_force() -> None:
    figures = {"change": "ordering_right.confirmed", "person": "Person:1", "begins_on": "2026-12-10"}
    said = say(Language.EN, "ordering_right.told", figures, person="Maija Lehto")
    assert said == (
        "Ordering contacts have changed. The naming of Maija Lehto as an ordering contact was confirmed. "
        "The right is in force from 10.12.2026 on."
    )


def test_a_term_that_changes_is_named_with_its_value() -> None:
    figures = {"term": "estimate_days_assignment", "value": 4, "valid_from": "2026-12-01"}
    assert say(Language.EN, "term.changed", figures) == (
        "A term changes from 1.12.2026 on. The time to answer a request for an estimate of an assignment. "
        "It is then: 4 business days."
    )
    assert say(Language.FI, "term.changed", figures).endswith("Silloin: 4 työpäivää.")


@pytest.mark.rule("H11.8.3-a")
def test_a_mail_about_an_order_has_both_its_numbers() -> None:
    order = About(number="TIL-2026-00042", title="Rajapinta", other_number="KP-1042")
    assert order.name == "TIL-2026-00042 · KP-1042 Rajapinta"


def test_which_document_was_attached_is_said_by_its_name() -> None:
    figures = {"kind": "task_plan"}
    assert say(Language.EN, "order.paper_added", figures) == "A document was attached: Work and task plan."
    assert say(Language.SV, "order.paper_added", figures) == "Ett dokument bifogades: Arbets- och uppgiftsplan."
