"""What filters are made of."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.conditions import has_words, is_among, is_never_null, rows_of, when
from backend.kit.events import Event


async def test_every_word_must_occur_somewhere_in_small_or_capital_letters(session: AsyncSession) -> None:
    title, number = sa.literal("Älykäs Tilaus"), sa.cast(sa.null(), sa.Text)
    for words, found in (("älykäs", True), ("TILAUS  äly", True), ("tilaus x", False), ("%", False), (" ", True)):
        assert (await session.execute(sa.select(has_words(words, title, number)))).scalar_one() is found


async def test_one_of_many_is_one_parameter(session: AsyncSession) -> None:
    one, many = (sa.select(is_among(sa.literal("b"), values)) for values in ({"b"}, dict.fromkeys("abc")))
    assert len(one.compile().params) == len(many.compile().params)
    assert [(await session.execute(each)).scalar_one() for each in (one, many)] == [True, True]
    assert (await session.execute(sa.select(is_among(sa.literal(1), [])))).scalar_one() is False


def test_what_is_not_given_is_no_condition() -> None:
    column = sa.column("x", sa.Integer)
    assert str(when(None, lambda value: column == value)) == str(sa.true())
    assert str(when(0, lambda value: column == value)) == "x = :x_1"


def test_rows_have_a_name_of_their_own_and_know_what_is_never_null() -> None:
    one, other = rows_of(Event), rows_of(Event.__table__)
    text = str(sa.select(sa.literal(1)).where(one.c.within_id == other.c.id))
    assert "events AS events_1" in text
    assert "events AS events_2" in text
    assert is_never_null(one.c.subject_id)
    assert not is_never_null(one.c.within_id)
    assert not is_never_null(sa.column("subject_id"))
