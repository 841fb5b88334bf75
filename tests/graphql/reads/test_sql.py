"""A statement that names the row of another by mistake is noticed."""

import pytest

from backend.graphql.reads.sql import stray_rows


@pytest.mark.parametrize(
    ("sql", "stray"),
    [
        ("SELECT 1 FROM t AS t_1 WHERE EXISTS (SELECT 1 FROM s AS s_1, t AS t_1)", ["t_1"]),
        ("SELECT (SELECT 1 FROM s AS s_1 JOIN t AS t_1 ON x) FROM t AS t_1", ["t_1"]),
        ("SELECT (SELECT (SELECT 1 FROM a AS a_1) FROM s AS s_1) FROM a AS a_1", ["a_1"]),
        ("SELECT (SELECT 1 FROM s AS s_1), (SELECT 2 FROM s AS s_1) FROM t AS t_1", []),
        ("SELECT '(', (SELECT 1 FROM s AS s_1), ')''(' FROM t AS t_1 WHERE x IN (SELECT 1 FROM s AS s_1)", []),
    ],
)
def test_a_row_stands_in_one_from_of_statements_within_each_other(sql: str, stray: list[str]) -> None:
    assert stray_rows(sql) == stray
