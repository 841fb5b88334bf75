"""What a product of the catalogue is, and what answers its form takes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from backend.kit.amounts import parse_date, parse_decimal, round_cents
from backend.kit.faults import Refusal, Refusals, invalid, needed, required, shows
from backend.kit.translation import Text
from backend.tickets.catalogue_states import FieldKind
from backend.tickets.rules import shortened

MOST_FIELDS, MOST_CHOICES, MOST_LETTERS_IN_A_LABEL = 20, 50, 120
MOST_LETTERS_IN_A_HINT, MOST_LETTERS_IN_A_CHOICE = 500, 200
MOST_LETTERS, MOST_LETTERS_IN_AN_ANSWER = 5_000, 2_000
MOST_EUROS = Decimal(1_000_000)
MOST_MINUTES = 525_600


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that is asked. `choices` are one a line."""

    label: str
    kind: FieldKind = FieldKind.TEXT
    choices: str | None = None
    is_needed: bool = False
    hint: str | None = None

    @property
    def members(self) -> list[str]:
        """What can be chosen, each once."""
        lines = (line.strip() for line in (self.choices or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def as_json(self) -> dict[str, Any]:
        kept = asdict(self) | {"label": self.label.strip(), "kind": self.kind.value, "choices": self.members}
        return kept | {"hint": (self.hint or "").strip() or None}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was answered to the field at a position, from 0: in writing, or by a file."""

    position: int
    value: str | None = None
    file_id: int | None = None


def check_content(
    name: str, category: str, description: str, euros: Decimal | None, target: int | None, fields: Sequence[Field]
) -> None:
    """Refuse what no product can be, all at once, each at its place."""
    refusals = Refusals()
    texts = {"name": (name, 200), "category": (category, 100), "description": (description, MOST_LETTERS)}
    for path, (text, most) in texts.items():
        refusals.needed(text, path, most=most)
    if euros is not None and (not 0 < euros <= MOST_EUROS or round_cents(euros) != euros):
        refusals.add(invalid(Text("A price is more than nothing, in whole cents; leave it empty for none."), "euros"))
    if target is not None and not 0 < target <= MOST_MINUTES:
        refusals.add(invalid(Text("A time is more than nothing, and a year at most."), "target_minutes"))
    if len(fields) > MOST_FIELDS:
        refusals.add(invalid(Text("At most %(most)s fields.", most=MOST_FIELDS), "fields"))
    for place, field in enumerate(fields):
        refusals.check(partial(_check_field, field, place))
    refusals.raise_any()


def _check_field(field: Field, place: int) -> None:
    needed(field.label, "fields", place, "label", most=MOST_LETTERS_IN_A_LABEL)
    if len(field.hint or "") > MOST_LETTERS_IN_A_HINT:
        raise invalid(Text("At most %(most)s letters.", most=MOST_LETTERS_IN_A_HINT), "fields", place, "hint")
    if any(len(member) > MOST_LETTERS_IN_A_CHOICE for member in field.members):
        raise invalid(Text("At most %(most)s letters.", most=MOST_LETTERS_IN_A_CHOICE), "fields", place, "choices")
    if field.kind is FieldKind.CHOICE and not 2 <= len(field.members) <= MOST_CHOICES:
        message = Text("Give from two to %(most)s choices, one a line.", most=MOST_CHOICES)
        raise invalid(message, "fields", place, "choices")


def read_answers(
    fields: Sequence[Mapping[str, Any]], answers: Sequence[Answer], names: Mapping[int, str]
) -> list[dict[str, Any]]:
    """Label and answer of what was answered, as it is kept; of a file its name, by `names`, and its id.

    Refuses what is lacking or no answer, each at its place.
    """
    refusals = Refusals()
    given = {answer.position: (place, answer) for place, answer in enumerate(answers)}
    for answer_place, answer in enumerate(answers):
        if not 0 <= answer.position < len(fields):
            refusals.add(invalid(Text("The product asks no such thing."), "answers", answer_place, "position"))
        elif given[answer.position][0] != answer_place:
            refusals.add(invalid(Text("This is answered twice."), "answers", answer_place, "position"))
    read: list[dict[str, Any]] = []
    for position, field in enumerate(fields):
        place, answer = given.get(position, (position, Answer(position=position)))
        try:
            read += _read_answer(field, answer, names)
        except Refusal as refusal:
            refusals.add(refusal.at("answers", place))
    refusals.raise_any()
    return read


def _read_answer(field: Mapping[str, Any], answer: Answer, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """What is kept of an answer; nothing where there is none. Refuses it at the part that is to be mended."""
    kind, value = FieldKind(field["kind"]), (answer.value or "").strip()
    value = value if shows(value) else ""
    if kind is FieldKind.FILE and value:
        raise invalid(Text("This is answered by a file."), "file_id")
    if kind is not FieldKind.FILE and answer.file_id is not None:
        raise invalid(Text("This is answered in writing."), "value")
    if not value and answer.file_id is None:
        if field["is_needed"]:
            raise required("file_id" if kind is FieldKind.FILE else "value")
        return []
    if answer.file_id is not None:
        return [{"label": field["label"], "answer": names[answer.file_id], "file_id": answer.file_id}]
    if (refusal := _why_not(kind, field["choices"], value)) is not None:
        raise invalid(refusal, "value")
    return [{"label": field["label"], "answer": value}]


def _why_not(kind: FieldKind, choices: Sequence[str], value: str) -> Text | None:
    """Why a value is no answer to a field of a kind; None where it is one."""
    if len(value) > MOST_LETTERS_IN_AN_ANSWER:
        return Text("At most %(most)s letters.", most=MOST_LETTERS_IN_AN_ANSWER)
    if kind is FieldKind.CHOICE and value not in choices:
        return Text("Choose one of those that are offered.")
    try:
        if kind is FieldKind.NUMBER:
            parse_decimal(value)
        elif kind is FieldKind.DATE:
            parse_date(value)
    except ValueError:
        return Text("Write a number.") if kind is FieldKind.NUMBER else Text("Write a day, such as 24.11.2026.")
    return None


def as_description(answers: Sequence[Mapping[str, str]], description: str) -> str:
    """What a ticket says that was ordered: the answers, each on its line, or what the product is.

    Cut where a description ends; the answers are kept whole beside it.
    """
    return shortened("\n".join(f"{each['label']}: {each['answer']}" for each in answers) or description)
