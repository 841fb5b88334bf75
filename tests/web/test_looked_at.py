"""Which pages are of one form, so that axe looks at one of them."""

from pathlib import Path

import pytest

from tests.accessibility import assert_accessible, tones_of
from tests.browsers import chromium, visit
from tests.web.looked_at import LookedAt, form_of

PAGE = (
    '<nav aria-label="Valikko"><a href="/a" title="Eka">Työpöytä</a></nav>'
    '<p id="x" class="y">Tilaus</p><a href="#x">a</a>'
)


@pytest.mark.parametrize(
    "other",
    [
        PAGE.replace("Valikko", "Meny").replace("Työpöytä", "Skrivbord").replace('"/a"', '"/b"'),
        PAGE.replace("Tilaus", "  Beställning\n"),
    ],
)
def test_what_differs_in_its_words_is_of_one_form(other: str) -> None:
    assert form_of(other) == form_of(PAGE)


@pytest.mark.parametrize(
    "other",
    [
        PAGE.replace("Valikko", ""),
        PAGE.replace("Työpöytä", " "),
        PAGE.replace("Tilaus", "Työpöytä"),
        PAGE.replace("Valikko", "Eka"),
        PAGE.replace("#x", "#z"),
        PAGE.replace('class="y"', 'class="z"'),
        PAGE.replace("<p ", '<p role="alert" '),
    ],
)
def test_what_is_empty_reads_alike_or_is_built_otherwise_is_of_another(other: str) -> None:
    assert form_of(other) != form_of(PAGE)


def test_a_form_is_looked_at_until_that_went_well(tmp_path: Path) -> None:
    first, second = LookedAt(tmp_path / "a"), LookedAt(tmp_path / "a")
    with pytest.raises(AssertionError), first.once(PAGE) as is_new:
        assert not is_new
    with second.once(PAGE) as is_new:
        assert is_new
    with first.once(PAGE.replace("Tilaus", "Order")) as is_new:
        assert not is_new


@pytest.mark.browser
def test_colours_are_looked_at_until_that_went_well(tmp_path: Path) -> None:
    looked_at = LookedAt(tmp_path / "a")
    grey = '<body style="background: white"><p style="color: gray">Tilaus <b>1</b></p>'
    with chromium() as browser, visit(browser, "http://nowhere") as tab:

        def is_new(page: str) -> bool:
            tab.set_content(page)
            with looked_at.tones(tones_of(tab)) as found:
                return bool(found)

        assert is_new(grey)
        assert not is_new(grey.replace("Tilaus", "Lasku").replace("<b>1</b>", "<i>1</i> <b>2</b>"))
        for other in (
            grey.replace("gray", "silver"),
            grey.replace("white", "black"),
            grey.replace("<b>", '<b style="font-size: 9px">'),
            grey.replace("<b>", '<b style="background: rgb(0 0 255 / 0.2)">'),
            grey.replace("<p ", '<p class="dim" ').replace("color: gray", "color: gray; opacity: 0.5"),
            grey.replace("<b>1</b>", '<a href="/">1</a>'),
            grey.replace("<b>1</b>", '<input style="color: silver" value="1">'),
        ):
            assert is_new(other) and not is_new(other), other
        assert not is_new(grey.replace("<b>", '<b style="display: none; color: red">'))


@pytest.mark.browser
@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("#333", "#aaa", "color-contrast"),
        ("<b>", '<b style="background: #555">', "color-contrast"),
        ('<a href="/">', '<a href="/" style="color: #225; text-decoration: none">', "link-in-text-block"),
        ("<img alt", "<img id", "image-alt"),
        ("<h1>", "<h3>", "page-has-heading-one"),
    ],
)
def test_what_is_hard_to_see_or_to_reach_is_found(before: str, after: str, found: str) -> None:
    page = (
        '<!doctype html><html lang="fi"><title>Tilaus</title><body style="background: white; color: #333"><main>'
        '<h1>Tilaus</h1><p>Katso <a href="/">tilaukset</a> ja <b>muut</b> asiat tästä.</p><img alt="Kaavio"></main>'
    )
    with chromium() as browser, visit(browser, "http://nowhere") as tab:
        tab.set_content(page)
        assert_accessible(tab)
        tab.set_content(page.replace(before, after))
        with pytest.raises(AssertionError, match=found):
            assert_accessible(tab)
