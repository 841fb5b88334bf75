"""Words in Finnish are found in whatever form they stand; whole words come first."""

from itertools import permutations

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit import words

FAMILIES = (
    "palvelupyyntö palvelupyynnöt palvelupyynnön palvelupyyntöjä palvelupyynnöstä",
    "häiriö häiriöt häiriön häiriöitä häiriössä",
    "muutospyyntö muutospyynnön muutospyyntöjä muutospyynnöt",
    "reklamaatio reklamaation reklamaatiot reklamaatioita reklamaatiosta",
    "tilaus tilauksen tilaukset tilauksia tilauksesta",
    "lasku laskun laskut laskuja laskusta",
    "laskurivi laskurivin laskurivit laskurivejä",
    "sopimus sopimuksen sopimukset sopimuksia sopimuksessa",
    "työmäärä työmäärän työmäärät työmääriä työmäärästä",
    "kirjautuminen kirjautumisen kirjautumista kirjautumisessa",
    "päiväkoti päiväkodin päiväkodit päiväkoteja päiväkodissa",
    "varhaiskasvatus varhaiskasvatuksen varhaiskasvatusta varhaiskasvatuksessa",
    "oppilas oppilaan oppilaat oppilaita oppilaalle",
    "huoltaja huoltajan huoltajat huoltajia huoltajalle",
    "tunnus tunnuksen tunnukset tunnuksia tunnuksella",
    "siirto siirron siirrot siirtoja siirrossa",
    "raportti raportin raportit raportteja raportissa",
    "toimittaja toimittajan toimittajat toimittajia toimittajalle",
    "vastine vastineen vastineet vastineita",
    "ylitys ylityksen ylitykset ylityksiä",
)
"""Twenty families of our domain, the word itself first."""
UNLIKE = (
    ("palvelu", "palkka"),
    ("reklamaatio", "rekisteri"),
    ("sopimus", "sovellus"),
    ("huoltaja", "huomautus"),
    ("varmenne", "varhaiskasvatus"),
)


def text_of(text: str) -> sa.ColumnElement[object]:
    return words.document({"text": sa.literal(text)}, ("text",))


async def says(session: AsyncSession, condition: sa.ColumnElement[bool]) -> bool:
    return bool(await session.scalar(sa.select(condition)))


async def found(session: AsyncSession, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of pairs of what is asked and what is written those that find each other."""
    table = sa.values(sa.column("asked", sa.Text), sa.column("written", sa.Text), name="pairs").data(pairs)
    document = words.document({"text": table.c.written}, ("text",))
    wanted = sa.select(table.c.asked, table.c.written).where(words.has_beginnings(table.c.asked, document))
    return [(asked, written) for asked, written in (await session.execute(wanted)).all()]


@pytest.mark.parametrize("family", FAMILIES)
async def test_who_asks_for_a_word_finds_all_its_forms(session: AsyncSession, family: str) -> None:
    word, *forms = family.split()
    pairs = [(word, form) for form in forms]
    assert await found(session, pairs) == pairs


async def test_a_small_number_is_asked_for_whole_and_a_large_one_by_its_beginning(session: AsyncSession) -> None:
    pairs = [("vaihe 2", "Vaiheet 2 ja 3"), ("4500", "Viite 45001234"), ("v2", "Rajapinnan v21")]
    assert await found(session, [*pairs, ("vaihe 2", "Vaihe 20 vuonna 2026"), ("45", "Viite 45001234")]) == pairs


async def test_who_asks_for_any_form_finds_nearly_every_other(session: AsyncSession) -> None:
    pairs = [pair for family in FAMILIES for pair in permutations(family.split(), 2)]
    share = len(await found(session, pairs)) / len(pairs)
    assert share >= 0.97, share


@pytest.mark.parametrize(("asked", "written"), UNLIKE)
async def test_another_word_is_not_found(session: AsyncSession, asked: str, written: str) -> None:
    assert not await says(session, words.has_beginnings(asked, text_of(written)))


async def test_the_stemmer_alone_would_tell_a_request_and_requests_apart(session: AsyncSession) -> None:
    requests = text_of("Avoimet palvelupyynnöt")
    assert not await says(session, words.has_whole("palvelupyyntö", requests))
    assert await says(session, words.has_whole("palvelupyynnöt", requests))


async def test_every_word_is_asked_for_and_signs_and_capitals_are_nothing(session: AsyncSession) -> None:
    text = text_of("Yön siirto jätti oppilaita pois")
    for asked, is_there in (
        ("SIIRTO oppilaat", True),
        ("siirto & (oppilas)!", True),
        ("siirto lasku", False),
        ("ja", False),
        ("   ", False),
        ("':* | & !", False),
    ):
        assert await says(session, words.has_beginnings(asked, text)) is is_there, asked


async def test_one_of_several_words_is_enough_where_it_is_asked_so(session: AsyncSession) -> None:
    text = text_of("Tulostus ei toimi")
    assert await says(session, words.has_beginnings("tulostin jumissa", text, every=False))
    assert not await says(session, words.has_beginnings("tulostin jumissa", text))


async def test_of_two_texts_together_the_first_that_is_there_is_searched(session: AsyncSession) -> None:
    row = {"released": sa.literal("Korjaamme vian"), "text": sa.literal("Salaisuus")}
    document = words.document(row, (("released", "text"),))
    assert not await says(session, words.has_beginnings("salaisuus", document))


@pytest.mark.parametrize("letter", ["x", "ä", "7"])
async def test_a_word_longer_than_any_is_asked_for_and_not_found(session: AsyncSession, letter: str) -> None:
    document, long = text_of("Tulostin on rikki"), letter * 5_000
    assert not await says(session, words.has_beginnings(f"tulostin {long}", document))
    assert await says(session, words.has_beginnings(f"tulostin {long}", document, every=False))
    assert not await says(session, words.has_whole(f"tulostin {long} jumissa", document))
    assert await says(session, words.likeness(long, document) == 0)
