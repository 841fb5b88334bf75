"""A form is an input: its names are paths, its mistakes stand at their fields, and nothing typed is lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData

from backend.kit.actor import Language
from backend.kit.translation import Text, translate
from tests.web.gallery.app import SCHEMA
from web.forms import CHOOSE, NEEDED, Form, Guard

FULL = [
    ("title", "  Rajapinta "),
    ("size", "SMALL"),
    ("urgent", "false"),
    ("urgent", "true"),
    ("billable", "false"),
    ("dueOn", "24.11.2026"),
    ("startsAt", "24.11.2026 16.15"),
    ("ceilingMinutes", "7:30"),
    ("price", "93,125"),
    ("people", "3"),
    ("note", "rivi\r\ntoinen"),
    ("sizes", "SMALL"),
    ("sizes", "PROJECT"),
    ("lines.0.description", "Suunnittelu"),
    ("lines.0.minutes", "7,5"),
    ("lines.0.days", ""),
    ("lines.1.description", "Toteutus"),
    ("lines.1.minutes", "15"),
    ("contact.name", "Maija Lehto"),
    ("contact.email", ""),
    ("fileIds", "File:1"),
    ("_file", "File:1 suunnitelma.pdf"),
    ("_csrf", "x"),
    ("_key", "y"),
]


def _order(*fields: tuple[str, str]) -> Form:
    return Form.of("CreateOrderInput", SCHEMA, FormData(list(fields)), guard=Guard(key="key-1"))


def _with(**changes: str) -> list[tuple[str, str]]:
    kept = [(name, value) for name, value in FULL if name not in changes]
    return [*kept, *changes.items()]


def test_a_whole_order_is_read_into_the_schemas_scalars() -> None:
    form = _order(*FULL)
    assert form.is_fine
    assert form.variables == {
        "title": "Rajapinta",
        "size": "SMALL",
        "urgent": True,
        "billable": False,
        "dueOn": "2026-11-24",
        "startsAt": "2026-11-24T14:15:00Z",
        "ceilingMinutes": 450,
        "price": "93.125",
        "people": 3,
        "note": "rivi\ntoinen",
        "sizes": ["SMALL", "PROJECT"],
        "lines": [
            {"description": "Suunnittelu", "minutes": 450, "days": None},
            {"description": "Toteutus", "minutes": 900},
        ],
        "contact": {"name": "Maija Lehto", "email": None},
        "fileIds": ["File:1"],
        "idempotencyKey": "key-1",
    }
    assert form.files == {"File:1": "suunnitelma.pdf"}


def test_what_is_needed_and_not_there_is_said_at_its_field_in_the_order_of_the_input() -> None:
    form = _order(("size", " "), ("lines.0.description", "Työ"))
    assert [(wrong.id, wrong.message) for wrong in form.summary] == [
        ("f-title", NEEDED),
        ("f-size", NEEDED),
        ("f-lines-0-minutes", NEEDED),
    ]
    assert not form.is_fine


def test_what_is_wrong_is_said_in_the_order_in_which_the_page_shows_it() -> None:
    form = _order(("size", " "), ("lines.0.description", "Työ"))
    for shown in ("size", "lines.0.minutes", "title"):
        form.name(shown, shown)
    assert [wrong.id for wrong in form.summary] == ["f-size", "f-lines-0-minutes", "f-title"]


def test_what_is_not_sent_is_left_out_and_what_is_emptied_becomes_nothing() -> None:
    form = _order(*_with(note="", people=" "))
    assert (form.variables["note"], form.variables["people"]) == (None, None)
    bare = _order(("title", "a"), ("size", "SMALL"))
    assert bare.variables == {"title": "a", "size": "SMALL", "urgent": False, "lines": [], "idempotencyKey": "key-1"}


def test_what_cannot_be_read_is_kept_word_for_word() -> None:
    form = _order(*_with(ceilingMinutes="seitsemän", dueOn="huomenna", size="HUGE"), ("lines.0.minutes", "paljon"))
    assert set(form.errors) == {"ceilingMinutes", "dueOn", "size", "lines.0.minutes"}
    assert all(len(said) == 1 for said in form.errors.values())
    assert form.errors["size"] == [CHOOSE]
    assert form.field("ceilingMinutes").value == "seitsemän"
    assert form.field("lines.1.minutes").value == "15"


def test_a_nested_input_that_is_all_empty_is_nothing() -> None:
    form = _order(*[(name, "" if name.startswith("contact") else value) for name, value in FULL])
    assert form.is_fine
    assert form.variables["contact"] is None


def test_empty_rows_are_no_rows_and_leave_no_gap() -> None:
    lines = [
        ("lines.0.description", ""),
        ("lines.0.minutes", ""),
        ("lines.3.description", "b"),
        ("lines.3.minutes", "x"),
    ]
    form = _order(("title", "a"), ("size", "SMALL"), *lines)
    assert form.raw["lines.0.description"] == ["b"]
    assert list(form.errors) == ["lines.0.minutes"]
    assert form.rows("lines") == ["lines.0", "lines.1"]


def test_a_row_is_added_without_complaining_or_losing_anything() -> None:
    form = _order(("title", ""), ("lines.0.description", "a"), ("lines.0.minutes", "x"), ("_add", "lines"))
    assert form.editing
    assert not form.errors
    assert not form.is_fine
    assert form.rows("lines") == ["lines.0", "lines.1"]
    assert form.field("lines.0.minutes").value == "x"
    assert form.field("lines.1.minutes").is_turned_to and not form.field("lines.0.minutes").is_turned_to


def test_a_row_is_added_below_one_that_is_still_empty() -> None:
    form = _order(("lines.0.description", ""), ("lines.0.minutes", ""), ("_add", "lines"))
    assert form.rows("lines") == ["lines.0", "lines.1"]


def test_a_row_is_taken_out_and_those_below_move_up() -> None:
    form = _order(*FULL, ("_remove", "lines.0"))
    assert form.rows("lines") == ["lines.0"]
    assert form.field("lines.0.description").value == "Toteutus"
    assert form.field("lines.0.description").is_turned_to


@pytest.mark.parametrize(
    ("typed_in", "taken", "left", "turned_to"),
    [
        (["a", "", "c"], 1, ["a", "c"], 1),
        (["", "b", "c"], 1, ["c", ""], 0),
        (["a", "", "c"], 2, ["a", ""], 1),
        (["", "", "c"], 0, ["c", ""], 1),
        (["", "b", "c", "d"], 1, ["c", "d", ""], 0),
        (["", "b"], 1, [""], 0),
        (["a"], 0, [""], 0),
    ],
)
def test_the_row_taken_out_is_the_one_that_the_page_names_and_its_neighbour_is_turned_to_wherever_blank_ones_stand(
    typed_in: list[str], taken: int, left: list[str], turned_to: int
) -> None:
    lines = [(f"lines.{row}.description", text) for row, text in enumerate(typed_in)]
    form = _order(*lines, ("_remove", f"lines.{taken}"))
    assert [form.field(f"{row}.description").value for row in form.rows("lines")] == left
    assert [form.field(f"{row}.description").is_turned_to for row in form.rows("lines")].index(True) == turned_to


def _estimate(*command: tuple[str, str], **rows: str) -> Form:
    """Options by their title, each with the texts of its rows, a blank or a word of one letter."""
    fields = [
        (f"options.{n}.rows.{row}.description", text.strip())
        for n, texts in enumerate(rows.values())
        for row, text in enumerate(texts)
    ]
    titles = [(f"options.{n}.title", title.strip("_")) for n, title in enumerate(rows)]
    return Form.of("GiveEstimateInput", SCHEMA, FormData([*titles, *fields, *command]))


def _written(form: Form) -> dict[str, list[str]]:
    """The rows of each option of an estimate, as the page shows them."""
    return {
        form.field(f"{option}.title").value: [
            form.field(f"{row}.description").value for row in form.rows(f"{option}.rows")
        ]
        for option in form.rows("options")
    }


def test_of_rows_within_rows_the_one_named_is_taken_out_and_those_below_move_up() -> None:
    assert _written(_estimate(("_remove", "options.1.rows.1"), x="ab", y="cde")) == {"x": ["a", "b"], "y": ["c", "e"]}
    assert _written(_estimate(("_remove", "options.1.rows.1"), _=" ", y=" de")) == {"y": ["e", ""], "": [""]}
    assert _written(_estimate(("_remove", "options.0"), x="ab", y="cde")) == {"y": ["c", "d", "e"]}


def test_a_row_is_added_within_the_row_whose_button_was_pressed_wherever_that_stands_then() -> None:
    again = _estimate(("_add", "options.1.rows"), x="ab", y="ce")
    assert _written(again) == {"x": ["a", "b"], "y": ["c", "e", ""]}
    below_a_blank_one = _estimate(("_add", "options.1.rows"), _=" ", y="ce")
    assert _written(below_a_blank_one) == {"y": ["c", "e", ""], "": [""]}
    assert below_a_blank_one.field("options.0.rows.2.minutes").is_turned_to


def test_what_is_wrong_with_a_row_within_a_row_stands_there_also_below_a_blank_one() -> None:
    form = _estimate(_=" ", x=" ab")
    form.take([{"message": "liikaa", "path": ["input", "options", "0", "rows", "1", "description"]}])
    row = next(row for row in form.rows("options.0.rows") if form.field(f"{row}.description").error)
    assert form.field(f"{row}.description").value == "b"
    assert [row["description"] for row in form.variables["options"][0]["rows"]] == ["a", "b"]


def test_one_of_several_files_is_taken_out() -> None:
    form = _order(("fileIds", "File:1"), ("fileIds", "File:2"), ("_remove", "fileIds.0"))
    assert form.field("fileIds").values == ("File:2",)


def test_the_schemas_errors_land_at_their_fields_and_the_rest_in_the_summary() -> None:
    form = _order(*FULL)
    form.hide(["size"])
    form.name("lines.1", "Rivi 2")
    form.name("lines.1.minutes", "Työmäärä")
    form.take(
        [
            {"message": "liikaa", "path": ["input", "lines", "1", "minutes"]},
            {"message": "ei käy", "path": ["ceiling_minutes"]},
            {"message": "tuntematon", "path": ["input", "nothingSuch"]},
            {"message": "koko tilaus", "path": []},
            {"message": "piilossa", "path": ["size"]},
        ]
    )
    assert [(wrong.id, wrong.message, list(wrong.names)) for wrong in form.summary] == [
        (None, "tuntematon", []),
        (None, "koko tilaus", []),
        (None, "piilossa", []),
        ("f-lines-1-minutes", "liikaa", ["Rivi 2", "Työmäärä"]),
        ("f-ceilingMinutes", "ei käy", []),
    ]
    assert form.field("lines.1.minutes").error == "liikaa"


def test_of_boxes_of_which_none_is_ticked_it_is_said_at_their_place_where_the_page_shows_them() -> None:
    sent = [(name, value) for name, value in FULL if name != "fileIds"]
    shown, unshown = _order(*sent), _order(*sent)
    shown.name("fileIds", "Ketkä")
    for form in (shown, unshown):
        form.take([{"message": "tarvitaan", "path": ["input", "fileIds"]}])
    assert [(wrong.id, wrong.message, list(wrong.names)) for wrong in shown.summary] == [
        ("f-fileIds", "tarvitaan", ["Ketkä"])
    ]
    assert shown.field("fileIds").error == "tarvitaan"
    assert [(wrong.id, wrong.message) for wrong in unshown.summary] == [(None, "tarvitaan")]


@pytest.mark.rule("D0-a")
@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({}, "Liikaa."),
        ({"rule": "D9-a"}, "Liikaa. (sääntö D9-a)"),
        ({"rule": "D9-a", "actual": "4 h"}, "Liikaa. (sääntö D9-a)"),
        ({"rule": "D9-a", "limit": "3 h"}, "Liikaa. (raja 3 h; sääntö D9-a)"),
        ({"rule": "D9-a", "limit": "3 h", "actual": "4 h"}, "Liikaa. (raja 3 h, olisi 4 h; sääntö D9-a)"),
        ({"rule": "D9-a", "limit": "Liikaa", "actual": "4 h"}, "Liikaa. (sääntö D9-a)"),
    ],
)
def test_a_refusal_says_its_limit_what_it_would_be_and_its_rule(figures: dict[str, str], said: str) -> None:
    form = _order(*FULL)
    form.take([{"message": "Liikaa.", "path": [], "limit": None, "actual": None, **figures}])
    (wrong,) = form.summary
    assert (translate(wrong.message, Language.FI) if isinstance(wrong.message, Text) else wrong.message) == said


def test_a_fresh_form_shows_values_of_the_schema_as_one_would_type_them() -> None:
    values: dict[str, Any] = {
        "ceilingMinutes": 440,
        "price": "93.1250",
        "dueOn": "2026-11-24",
        "urgent": True,
        "sizes": ["SMALL"],
        "lines": [{"description": "a", "minutes": 450}],
        "contact": {"name": "Maija"},
        "note": None,
    }
    form = Form.of("CreateOrderInput", SCHEMA, initial=values, prefix="new")
    shown = {path: form.field(path).value for path in form.raw}
    assert shown == {
        "ceilingMinutes": "7:20",
        "price": "93,125",
        "dueOn": "24.11.2026",
        "urgent": "true",
        "sizes": "SMALL",
        "lines.0.description": "a",
        "lines.0.minutes": "7,5",
        "contact.name": "Maija",
        "note": "",
    }
    assert form.field("size").options == ("SMALL", "ASSIGNMENT", "PROJECT")
    assert form.field("price").id == "new-price"
    assert not form.sent


def test_where_somebody_else_was_faster_each_field_says_what_they_wrote() -> None:
    def now(version: int) -> Form:
        values = {"expectedVersion": version, "reason": "Their reason of old", "decision": "GRANT"}
        return Form.of("DecideOverrunInput", SCHEMA, initial=values)

    ours = [("expectedVersion", "1"), ("reason", "A reason of ours"), ("decision", "GRANT")]
    sent = Form.of("DecideOverrunInput", SCHEMA, FormData(ours))
    assert sent.beside(now(1)).field("reason").theirs is None
    assert sent.raw["expectedVersion"] == ["1"]
    sent.take([{"message": "muutettu", "path": ["input", "expectedVersion"]}])
    assert sent.beside(now(2)).field("reason").theirs == ("Their reason of old",)
    assert (sent.field("reason").value, sent.field("decision").theirs) == ("A reason of ours", None)
    assert sent.raw["expectedVersion"] == ["2"], "whoever sends it again has seen what it replaces"


def test_of_a_list_all_that_they_chose_is_said_and_of_a_box_whether_it_is_ticked() -> None:
    sent = _order(*FULL, ("expectedVersion", "1"))
    sent.complain("expectedVersion", "muutettu")
    its = {"sizes": ["SMALL"], "urgent": False, "people": 3, "note": None, "ceilingMinutes": 450, "price": "93.125"}
    now = Form.of("CreateOrderInput", SCHEMA, initial=its)
    now.raw["expectedVersion"] = ["2"]
    sent.beside(now)
    shown = {path: sent.field(path).theirs for path in (*its, "dueOn")}
    same = dict.fromkeys(
        ("people", "ceilingMinutes", "price", "dueOn")
    )  # of a day that the thing does not tell, nothing
    assert shown == same | {"sizes": ("SMALL",), "urgent": ("false",), "note": ()}
    emptied = Form.of("CreateOrderInput", SCHEMA, initial={"sizes": [], "fileIds": []})
    emptied.raw["expectedVersion"] = ["3"]
    sent.beside(emptied)
    assert [sent.field(path).theirs for path in ("sizes", "fileIds", "title")] == [(), (), None]


def test_an_edit_counts_once_and_is_another_with_other_words() -> None:
    def sent(reason: str, key: str = "key-1") -> str:
        fields = [("expectedVersion", "1"), ("decision", "GRANT"), ("reason", reason)]
        return Form.of("DecideOverrunInput", SCHEMA, FormData(fields), guard=Guard(key=key)).variables["idempotencyKey"]

    assert sent("Tarpeen") == sent("Tarpeen")
    assert len({sent("Tarpeen"), sent("Tarpeeton"), sent("Tarpeen", key="key-2"), sent("Tarpeen", key="")}) == 4
    assert sent("Tarpeen", key="") == "", "which is refused, and never taken for another's"


def test_rows_that_somebody_else_changed_are_said_of_their_list() -> None:
    def rows_now(*rows: dict[str, Any]) -> list[str] | None:
        sent = _order(*FULL)
        sent.complain("expectedVersion", "muutettu")
        now = Form.of("CreateOrderInput", SCHEMA, initial={"lines": rows})
        now.raw["expectedVersion"] = ["2"]
        assert sent.beside(now).field("lines.0.description").theirs is None
        return sent.rows_now("lines")

    ours = {"description": "Suunnittelu", "minutes": 450}, {"description": "Toteutus", "minutes": 900}
    assert rows_now(*ours) is None
    assert rows_now(*ours, {"description": "Testaus", "minutes": 60}) == [
        "Suunnittelu · 7,5", "Toteutus · 15", "Testaus · 1",
    ]  # fmt: skip
    assert rows_now() == []
    assert _order(*FULL).rows_now("lines") is None


@given(st.integers(-(10**7), 10**7))
def test_effort_shown_in_a_form_is_read_back_to_the_minute(minutes: int) -> None:
    shown = Form.of("OrderLineInput", SCHEMA, initial={"description": "a", "minutes": minutes})
    posted = FormData([(name, values[0]) for name, values in shown.raw.items()])
    assert Form.of("OrderLineInput", SCHEMA, posted).variables == {"description": "a", "minutes": minutes}


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=10)), max_size=10))
def test_whatever_is_posted_a_form_comes_of_it(fields: list[tuple[str, str]]) -> None:
    form = _order(*fields)
    assert form.editing or not form.is_fine
    assert form.rows("lines")


def test_a_form_is_an_input_and_its_fields_are_the_inputs() -> None:
    with pytest.raises(KeyError, match="not an input"):
        Form.of("Order", SCHEMA)
    with pytest.raises(KeyError, match="has no field nothing"):
        Form.of("CreateOrderInput", SCHEMA, initial={"nothing": 1})
    with pytest.raises(KeyError, match=r"has no field lines\.0\.nothing"):
        Form.of("CreateOrderInput", SCHEMA).field("lines.0.nothing")
