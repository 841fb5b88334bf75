"""Texts are written once in English and read in three languages; values look the same in all of them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

import pytest

from backend.kit import translation
from backend.kit.actor import Language
from backend.kit.amounts import Euros, Minutes
from backend.kit.translation import Text, lasting, plural, register_labels, show, translate

MOMENT = datetime(2026, 11, 24, 14, 15, tzinfo=UTC)


def test_a_text_is_a_value() -> None:
    assert Text("Show") == Text("Show")
    assert Text("%(a)s", a=1) != Text("%(a)s", a=2)
    assert len({Text("%(a)s", a=[1, 2]), Text("%(a)s", a=(1, 2))}) == 1
    with pytest.raises(AttributeError):
        Text("Show").msgid = "other"  # type: ignore[misc]


def test_a_text_is_read_in_the_readers_language_and_logged_in_english() -> None:
    text = Text(
        "This is not possible now: the state is “%(state)s”. Somebody else may have acted meanwhile.", state=Text("yes")
    )
    assert (
        translate(text, Language.FI) == "Tämä ei ole nyt mahdollista: tila on ”kyllä”. Joku muu on ehkä ehtinyt ensin."
    )
    assert translate(text, Language.SV) == "Det är inte möjligt nu: statusen är ”ja”. Någon annan kan ha hunnit före."
    assert str(text) == "This is not possible now: the state is “yes”. Somebody else may have acted meanwhile."


def test_what_has_no_translation_is_read_in_english_and_a_per_cent_sign_is_one() -> None:
    assert translate(Text("Nobody ever says this: 5 %%"), Language.FI) == "Nobody ever says this: 5 %"


def test_one_is_singular_and_everything_else_plural() -> None:
    said = [
        translate(plural("%(num)s waits for you", "%(num)s wait for you", n, num=n), Language.EN) for n in (0, 1, 2)
    ]
    assert said == ["0 wait for you", "1 waits for you", "2 wait for you"]
    assert translate(plural("%(n)s thing", "%(n)s things", 1234), Language.FI) == "1\u00a0234 things"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Minutes(2250), "37,5\u00a0h"),
        (Minutes(440), "7\u00a0h\u00a020\u00a0min"),
        (Minutes(20), "20\u00a0min"),
        (Minutes(-150), "−2,5\u00a0h"),
        (Minutes(-440), "−7\u00a0h\u00a020\u00a0min"),
        (Euros("1234.5"), "1\u00a0234,50\u00a0€"),
        (Euros("93.125000"), "93,125\u00a0€"),
        (Euros("-0.004"), "−0,004\u00a0€"),
        (Decimal("1234567.250"), "1\u00a0234\u00a0567,25"),
        (Decimal("-0.0000001"), "0"),
        (12345, "12\u00a0345"),
        (0.5, "0,5"),
        (date(2026, 11, 4), "4.11.2026"),
        ("Maija", "Maija"),
        (None, "–"),
        (True, "kyllä"),
        ((Minutes(60), "a"), "1\u00a0h, a"),
    ],
)
def test_values_are_written_by_their_type(value: object, shown: str) -> None:
    assert show(value, Language.FI) == shown


def test_a_clock_s_time_is_hours_and_minutes() -> None:
    shown = [lasting(minutes).replace("\u00a0", " ") for minutes in (0, 3, 57, 60, 2252)]
    assert shown == ["0 min", "3 min", "57 min", "1 h", "37 h 32 min"]


def test_moments_are_helsinki_time_with_the_word_of_the_language() -> None:
    said = [show(MOMENT, language) for language in (Language.FI, Language.SV, Language.EN)]
    assert said == [
        "24.11.2026 klo\u00a016.15",
        "24.11.2026 kl.\u00a016.15",
        "24.11.2026 at\u00a016.15",
    ]
    assert show(datetime(2026, 11, 24, 22, 5, tzinfo=UTC), Language.FI) == "25.11.2026 klo\u00a00.05"


def test_shares_of_one_are_per_cent() -> None:
    assert translation.percent(Decimal("0.267")) == "27\u00a0%"
    assert translation.percent(0.267, most=1) == "26,7\u00a0%"


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def test_a_member_of_an_enum_reads_as_its_label_and_every_member_has_one() -> None:
    with pytest.raises(ValueError, match="Colour has no label for BLUE"):
        register_labels({Colour.RED: Text("Red")})
    assert show(Colour.RED, Language.FI) == "red"
    register_labels({Colour.RED: Text("yes"), Colour.BLUE: Text("no")})
    assert show(Colour.RED, Language.FI) == "kyllä"
    assert translation.label("Colour", "BLUE") == Text("no")
    assert list(translation.labels("Colour")) == ["RED", "BLUE"]


def test_two_enums_of_one_name_are_refused() -> None:
    def shape() -> type[StrEnum]:
        class Shape(StrEnum):
            ROUND = "round"

        return Shape

    register_labels({member: Text("Round") for member in shape()})
    with pytest.raises(ValueError, match="two enums are called Shape"):
        register_labels({member: Text("Round") for member in shape()})


def test_in_swedish_what_is_withdrawn_is_called_as_the_button_is_that_all_share() -> None:
    texts = translation.catalogue(Language.SV).items()
    said = {msgid: str(text) for msgid, text in texts if msgid.startswith("Withdraw ")}
    assert translation.gettext(Language.SV, "Withdraw") == "Dra tillbaka"
    assert [msgid for msgid, text in said.items() if not text.startswith("Dra tillbaka")] == ["Withdraw the post"]
