"""Charts stay within their frame, and their tables have the same figures."""

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from web.charts import Bar, Bars, BurnUp, Limit

amounts = st.lists(st.integers(0, 10**7), max_size=30)


def _burn_up(actual: list[int], forecast: list[int], limit: int = 600) -> BurnUp:
    labels = [f"wk {place}" for place in range(len(actual) + len(forecast))]
    return BurnUp(labels, actual, forecast, [Limit("Estimate", limit)], "Week")


@given(amounts, amounts, st.integers(0, 10**7), st.sampled_from(["wide", "narrow"]))
def test_every_point_is_inside_the_drawing(actual: list[int], forecast: list[int], limit: int, size: str) -> None:
    drawn = _burn_up(actual, forecast, limit).geometry(size)
    points = [*drawn["actual"].split(), *drawn["forecast"].split()]
    for point in points:
        x, y = map(float, point.split(","))
        assert drawn["left"] <= x <= drawn["right"]
        assert 0 <= y <= drawn["bottom"]
    assert all(0 <= line["y"] <= drawn["bottom"] for line in drawn["lines"])
    assert 2 <= len(drawn["grid"]) <= 9


def test_the_name_of_the_last_week_is_written_within_the_drawing() -> None:
    ticks = _burn_up([60, 150, 200], [240]).geometry("narrow")["ticks"]
    assert [anchor for _, _, anchor in ticks] == ["middle", "middle", "middle", "end"]


def test_the_table_has_the_figures_of_the_chart() -> None:
    assert _burn_up([60, 150], [240]).rows() == [
        ("wk 0", ["1\u00a0h", "–", "10\u00a0h"]),
        ("wk 1", ["2,5\u00a0h", "–", "10\u00a0h"]),
        ("wk 2", ["–", "4\u00a0h", "10\u00a0h"]),
    ]


def test_the_forecast_goes_on_where_the_actual_ends() -> None:
    drawn = _burn_up([60, 150], [240]).geometry("wide")
    assert drawn["forecast"].split()[0] == drawn["actual"].split()[-1]


def test_names_of_limits_that_lie_together_do_not_cover_each_other() -> None:
    chart = BurnUp(["a", "b"], [1, 2], [], [Limit("One", 600), Limit("Two", 601), Limit("Three", 602)], "Week")
    for size in ("wide", "narrow"):
        below = sorted(line["text_y"] for line in chart.geometry(size)["lines"])
        assert all(after - before >= 14 for before, after in pairwise(below)), size


def test_names_above_limits_that_lie_together_lie_on_none_of_them() -> None:
    for near in (10, 30, 50):
        chart = BurnUp(["a", "b"], [1, 2], [], [Limit("One", 600), Limit("Two", 600 + near)], "Week")
        lines = chart.geometry("narrow")["lines"]
        assert max(line["text_y"] for line in lines) < min(line["y"] for line in lines), near
    far = BurnUp(["a", "b"], [1, 2], [], [Limit("One", 300), Limit("Two", 600)], "Week").geometry("narrow")["lines"]
    assert [line["y"] - line["text_y"] for line in far] == [6, 6]


def test_a_limit_of_one_week_is_a_line_across_the_chart() -> None:
    drawn = BurnUp(["a"], [60], [], [Limit("Ceiling", 600, moved=[600])], "Week").geometry("wide")
    (first, last) = (tuple(map(float, point.split(","))) for point in drawn["lines"][0]["points"].split())
    assert (first[0], last[0]) == (drawn["left"], drawn["right"]) and first[1] == last[1]


def test_the_newest_figure_is_written_where_no_limit_crosses_it() -> None:
    crossed = BurnUp(["a", "b"], [0, 1050], [1500], [Limit("Ceiling", 1200)], "Week").geometry("narrow")
    free = BurnUp(["a", "b"], [0, 300], [1500], [Limit("Ceiling", 1200)], "Week").geometry("narrow")
    assert crossed["last_text_y"] > crossed["last"][1] and free["last_text_y"] < free["last"][1]


def test_bars_are_in_proportion_to_the_largest() -> None:
    chart = Bars(
        [Bar("a", Decimal(50)), Bar("b", Decimal(100), "bad", "2 late"), Bar("c", Decimal(0))],
        "Month",
        "Euros",
        "euros",
    )
    assert chart.rows() == [
        ("a", "50,00\u00a0€", 50.0, "plain", ""),
        ("b", "100,00\u00a0€", 100.0, "bad", "2 late"),
        ("c", "0,00\u00a0€", 0.0, "plain", ""),
    ]
    assert chart.has_notes
    assert [width for _, _, width, *_ in Bars([Bar("a", Decimal(4))], "Month", "Mean of 5", top=5).rows()] == [80.0]
    assert Bars([], "Month", "Euros").rows() == []
