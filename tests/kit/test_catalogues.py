"""A text without its Finnish or its Swedish does not pass, nor one that nothing says any more."""

from pathlib import Path

import pytest

from backend.kit import catalogues

HEAD = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)
PYTHON = (
    "from backend.kit.translation import Text, plural\n"
    'A = Text("Hours of %(name)s", name=1)\n'
    'B = plural("%(n)s hour", "%(n)s hours", 2)\n'
    'C = Text("%(a)s – %(b)s", a=1, b=2)\n'
)
TEMPLATE = '{{ _("Desk") }} {% trans %}\n  Two\n  lines{% endtrans %}'
FINE = {
    "Hours of %(name)s": "Tunnit: %(name)s",
    "Desk": "Työpöytä",
    "Two lines": "Kaksi riviä",
}
COUNTED = 'msgid "%(n)s hour"\nmsgid_plural "%(n)s hours"\nmsgstr[0] "yksi tunti"\nmsgstr[1] "%(n)s tuntia"\n\n'


def _po(messages: dict[str, str], counted: str = COUNTED) -> str:
    return HEAD + "".join(f'msgid "{key}"\nmsgstr "{value}"\n\n' for key, value in messages.items()) + counted


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small house whose every text has its translations."""
    for package in ("backend", "web", "workers", "backend/locale/fi", "backend/locale/sv"):
        (tmp_path / package).mkdir(parents=True, exist_ok=True)
    (tmp_path / "backend/a.py").write_text(PYTHON)
    (tmp_path / "web/a.html").write_text(TEMPLATE)
    for language in ("fi", "sv"):
        (tmp_path / f"backend/locale/{language}/a.po").write_text(_po(FINE))
    return tmp_path


def test_where_nothing_lacks_nothing_is_said(tree: Path) -> None:
    assert catalogues.faults(tree) == []
    assert 'msgid "Desk"' not in catalogues.skeleton("fi", root=tree)


def test_a_missing_text_is_named_with_its_place_and_stands_in_the_skeleton(tree: Path) -> None:
    (tree / "backend/locale/sv/a.po").write_text(_po({key: value for key, value in FINE.items() if key != "Desk"}))
    assert catalogues.faults(tree) == ["sv: missing 'Desk' (web/a.html:1)"]
    assert 'msgid "Desk"\nmsgstr ""' in catalogues.skeleton("sv", root=tree)
    assert "Desk" not in catalogues.skeleton("sv", "backend", root=tree)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Desk": ""}, "empty 'Desk'"),
        ({"Hours of %(name)s": "Tunnit"}, "has other places than"),
        ({"Hours of %(name)s": "Tunnit: %(nimi)s"}, "has other places than"),
        ({"Desk": "100 % pöytä"}, "a per cent sign that is none of"),
        ({"Old": "Vanha"}, "nothing says 'Old' any more"),
    ],
)
def test_what_is_wrong_with_a_translation_is_said(tree: Path, change: dict[str, str], said: str) -> None:
    (tree / "backend/locale/fi/a.po").write_text(_po(FINE | change))
    lines = catalogues.faults(tree)
    assert len(lines) == 1
    assert said in lines[0]


def test_an_unsure_text_is_a_fault(tree: Path) -> None:
    written = _po(FINE).replace('msgid "Desk"', '#, fuzzy\nmsgid "Desk"')
    (tree / "backend/locale/fi/a.po").write_text(written)
    assert catalogues.faults(tree) == ["backend/locale/fi/a.po: unsure (fuzzy) 'Desk'"]


def test_two_files_may_not_translate_a_text_differently(tree: Path) -> None:
    (tree / "backend/locale/fi/b.po").write_text(_po({"Desk": "Pulpetti"}, counted=""))
    assert catalogues.faults(tree) == [
        "backend/locale/fi/b.po: 'Desk' is translated otherwise in backend/locale/fi/a.po"
    ]


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ('msgstr "Pulpetti"\n', "a.po:11: a second msgstr"),
        ('\nmsgid "Desk"\nmsgstr "Työpöytä"\n', "a.po: a text has two entries"),
    ],
)
def test_a_text_is_translated_once_in_a_file(tree: Path, second: str, said: str) -> None:
    desk = 'msgid "Desk"\nmsgstr "Työpöytä"\n'
    (tree / "backend/locale/fi/a.po").write_text(_po(FINE).replace(desk, desk + second))
    assert catalogues.faults(tree) == [f"backend/locale/fi/{said}"]


def test_a_counted_text_needs_both_forms(tree: Path) -> None:
    (tree / "backend/locale/fi/a.po").write_text(_po(FINE, counted='msgid "%(n)s hour"\nmsgstr "%(n)s tuntia"\n'))
    assert catalogues.faults(tree) == ["backend/locale/fi/a.po: '%(n)s hour' is counted where it is said"]


def test_a_text_that_is_no_literal_cannot_be_translated(tree: Path) -> None:
    (tree / "workers/b.py").write_text("from backend.kit.translation import Text\nA = Text('a' if B else 'b')\n")
    assert catalogues.faults(tree) == ["workers/b.py:2: a text must be a literal to be found for translation"]


def test_another_text_of_the_same_name_is_none_of_ours(tree: Path) -> None:
    (tree / "workers/b.py").write_text("from sqlalchemy import Text\nA = Text('collation')\n")
    assert catalogues.faults(tree) == []


def test_every_text_has_its_finnish_and_its_swedish() -> None:
    lines = catalogues.faults()
    assert not lines, "\n".join(lines)


def test_the_command_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogues.main(["--missing", "de"]) == 2
    assert "--check" in capsys.readouterr().err
    assert catalogues.main(["--missing", "fi", "web/layout"]) == 0
