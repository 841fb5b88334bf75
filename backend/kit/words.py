"""Finding what people write by what they ask for, in Finnish: words are inflected, and their stems change.

The stemmer alone tells palvelupyyntö and palvelupyynnöt apart. So each word asks for what begins with its stem less the
last two letters; whole words, by their stems, come first. A number of one or two digits is asked for whole: phase 2 is
not phase 20, and a ninth of all that is written begins like it. What is searched of a thing is an expression that an
index of its table has too, so its constants stand in the SQL and are no parameters. Where there are many of a kind its
stems are kept with the row: whether a text has a word is asked of each row then, and to stem it anew takes many times
as long.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR, dialect

from backend.kit.database import STEMS, Condition, Row

FINNISH: sa.ColumnClause[Any] = sa.literal_column("'finnish'::regconfig")
STEMMER: sa.ColumnClause[Any] = sa.literal_column("'finnish_stem'::regdictionary")
DIALECT = dialect()  # type: ignore[no-untyped-call]
LEAST_LETTERS: sa.ColumnClause[Any] = sa.literal_column("4")
"""So many letters of a stem are asked for at least, where it has them."""
MOST_LETTERS: sa.ColumnClause[Any] = sa.literal_column("200")
"""So many letters of a word are asked for at most: a query takes no word of 2 KiB."""

Texts = Sequence[str | tuple[str, ...]]
"""The columns whose texts are searched; of several together the first that is there."""


class Listed(str):
    """The name of a column that holds several texts."""


class Valued(str):
    """The name of a column of JSON whose values are texts, by any names."""


class Parted(str):
    """The name of a column in which full stops, dashes, underscores and at signs part words, as in a file's name."""


def document(row: Row, texts: Texts) -> sa.ColumnElement[Any]:
    """SQL: the stems of a row's texts: those that are kept with it, or made as its index has them."""
    return row[STEMS] if STEMS in row else made(row, texts)


def made(row: Row, texts: Texts) -> sa.ColumnElement[Any]:
    """SQL: the stems of some of a row's texts, made as their index has them."""
    plain = [text for text in texts if not isinstance(text, Valued)]
    parts = [sa.func.coalesce(*(_read(row, name) for name in _names(text)), sa.literal_column("''")) for text in plain]
    whole: Any = parts[0]
    for part in parts[1:]:
        whole = whole.op("||")(sa.literal_column("' '")).op("||")(part)
    stems: Any = sa.func.to_tsvector(FINNISH, whole, type_=TSVECTOR)
    for values in (text for text in texts if isinstance(text, Valued)):
        stems = stems.op("||")(sa.func.to_tsvector(FINNISH, row[values], type_=TSVECTOR))
    return stems  # type: ignore[no-any-return]


def _read(row: Row, name: str) -> Any:
    match name:
        case Listed():
            return sa.func.joined(row[name])
        case Parted():
            return sa.func.translate(row[name], sa.literal_column("'._-@'"), sa.literal_column("'    '"))
    return row[name]


def index_of_words(name: str, texts: Texts, *, where: str | None = None) -> sa.Index:
    """The index that makes a table's texts quick to search; `where`: those of some rows alone."""
    rows = None if where is None else sa.text(where)
    return sa.Index(name, sa.text(f"({_written(texts)})"), postgresql_using="gin", postgresql_where=rows)


def stems_of(texts: Texts) -> sa.Column[Any]:
    """The column `stems`, kept by the database; nobody loads it, so it is of the table and not of its class."""
    return sa.Column(STEMS, TSVECTOR, sa.Computed(_written(texts), persisted=True), nullable=False)


def index_of_stems(name: str) -> sa.Index:
    """The index of a table that keeps its stems."""
    return sa.Index(name, STEMS, postgresql_using="gin")


def _written(texts: Texts) -> str:
    row: dict[str, Any] = {column: sa.column(column) for text in texts for column in _names(text)}
    return str(made(row, texts).compile(dialect=DIALECT))


def has_whole(words: Any, document: Any) -> Condition:
    """SQL: whether all words stand in a document, in whatever form the stemmer knows."""
    asked = sa.func.plainto_tsquery(FINNISH, sa.cast(words, sa.Text), type_=TSQUERY)
    return document.bool_op("@@")(asked)  # type: ignore[no-any-return]


def has_beginnings(words: Any, document: Any, *, every: bool = True) -> Condition:
    """SQL: whether something in a document begins like each of the words, or like one of them."""
    return document.bool_op("@@")(_beginnings(words, " & " if every else " | "))  # type: ignore[no-any-return]


def likeness(words: Any, document: Any) -> sa.ColumnElement[float]:
    """SQL: how much of a document begins like the words; more is more alike."""
    return sa.func.ts_rank(document, _beginnings(words, " | "), type_=sa.Float)


def _beginnings(words: Any, between: str) -> Any:
    """SQL: the query for what begins like the words; null where there is no word that tells things apart."""
    split = sa.func.regexp_split_to_table(sa.func.lower(sa.cast(words, sa.Text)), sa.literal_column("'[^[:alnum:]]+'"))
    typed = split.table_valued("word").render_derived()
    stem: Any = sa.func.ts_lexize(STEMMER, sa.func.left(typed.c.word, MOST_LETTERS), type_=sa.ARRAY(sa.Text))[1]
    length = sa.func.length(stem)
    kept = sa.func.greatest(length - 2, sa.func.least(length, LEAST_LETTERS))
    is_plain = typed.c.word.op("!~")(sa.literal_column("'[0-9]'"))
    is_small = typed.c.word.op("~")(sa.literal_column("'^[0-9]{1,2}$'"))
    more = sa.case((is_small, sa.literal_column("''")), else_=sa.literal_column("':*'"))
    asked = sa.case((is_plain, sa.func.left(stem, kept)), else_=stem).op("||")(more)
    query = sa.select(sa.cast(sa.func.string_agg(asked, sa.literal_column(f"'{between}'")), TSQUERY))
    return query.select_from(typed).where(typed.c.word != sa.literal_column("''")).scalar_subquery()


def _names(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text
