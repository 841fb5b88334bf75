import pytest

from tests import habits


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "sa.func.now()",
        "sa.text('SELECT at::date FROM events')",
        "sa.text('DEFAULT now()')",
    ],
)
def test_reading_the_time_is_found(line):
    assert len(list(habits.times_in(line))) == 1


@pytest.mark.parametrize(
    "line",
    ["now", "clock.now()", "at.date()", '"""Never datetime.now() nor x::date."""', "'now or never'", "self.now()"],
)
def test_taking_the_time_from_elsewhere_is_not(line):
    assert not list(habits.times_in(line))


@pytest.mark.parametrize(
    "line",
    [
        "<a hx-on:click='x()'>",
        "<body onload='x()'>",
        "<button\n onclick='x()'>",
        "<a hx-vals='js:{a: b()}'>",
        "<a href='javascript:x()'>",
        "<main hx-boost='true'>",
        "<button hx-confirm='Sure?'>",
        "<p style='color: red'>",
        "<style>p {}</style>",
        "<script>x()</script>",
    ],
)
def test_code_and_style_in_a_template_are_found(line):
    assert list(habits.faults_of(line))


@pytest.mark.parametrize(
    "line",
    [
        "<script src='/static/portal.js' defer></script>",
        "<button hx-post='/orders' class='on'>{{ _('Confirm') }}</button>",
        "<input name='style' value='once = twice'>",
        "<p>{{ conjs: }}</p>",
    ],
)
def test_ordinary_markup_is_not(line):
    assert not list(habits.faults_of(line))
