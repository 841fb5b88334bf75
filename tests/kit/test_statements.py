"""Statements that are made once: what they store is the session's like anything else, in whatever transaction."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from backend.kit.database import Session, make_engine, make_sessions, table_of
from backend.kit.statements import Statement, put, together
from backend.ledger.model import Account, Unit

TITLES = Statement(sa.select(Account.title).where(Account.about_id == sa.bindparam("about", type_=sa.BigInteger)))
HIGHEST = Statement(sa.select(sa.func.max(Account.about_id), sa.func.count()))


def an_account(**given: object) -> Account:
    return Account(**{"about_kind": "Order", "about_id": 1, "purpose": "work", "unit": Unit.MINUTES} | given)


async def test_what_is_put_has_what_the_database_made_and_is_changed_like_any_other(session: Session) -> None:
    account = an_account(billable=False)
    await put(session, account)
    assert (account.billable, account.booked, account.granted, account.title) == (False, 0, None, None)
    assert await session.get(Account, account.id) is account
    account.title = "Työ"
    assert await TITLES.run(session, about=1) == [("Työ",)]  # what the session holds is written first
    other = an_account(purpose="other", granted=5)
    await put(session, other)
    stored = sa.select(table_of(Account).c["billable", "granted", "unit"]).where(Account.id == other.id)
    assert (await session.execute(stored)).one() == (True, 5, Unit.MINUTES)


async def test_arrays_are_stored_as_they_are(session: Session) -> None:
    texts = ["", "null", 'a "b", {c}', "\\n\n\\", "Työ ✓", None, Unit.CENTS]
    arrays = {"texts": texts, "ids": [1, None, -(2**62)], "none": ()}
    types = {"texts": sa.Text, "ids": sa.BigInteger, "none": sa.Text}
    asked = Statement(sa.select(*(sa.bindparam(name, type_=ARRAY(type_)) for name, type_ in types.items())))
    assert await asked.run(session, **arrays) == [(texts, arrays["ids"], [])]


def test_a_row_has_its_columns_and_nothing_else() -> None:
    with pytest.raises(TypeError, match="Account has no colour"):
        an_account(colour="red")


async def test_several_selects_are_asked_as_one(session: Session) -> None:
    for about, purpose, title in ((1, "a", "ensimmäinen"), (1, "b", None), (2, "a", "toinen")):
        await put(session, an_account(about_id=about, purpose=purpose, title=title))
    ((titles, nothing, highest),) = await together(TITLES, _of(9), HIGHEST).run(session, about=1)
    assert (titles, nothing, highest) == ([["ensimmäinen"], [None]], [], [[2, 3]])


async def test_a_fault_is_sqlalchemys_and_the_next_transaction_has_a_cursor_of_its_own(database_url: str) -> None:
    engine = make_engine(database_url)
    async with make_sessions(engine)() as session:
        await put(session, an_account())
        async with session.begin_nested() as part:
            await put(session, an_account(about_id=2))
            await part.rollback()
        with pytest.raises(IntegrityError):
            await put(session, an_account())
        await session.rollback()
        assert await HIGHEST.run(session) == [(None, 0)]
        await put(session, an_account(about_id=3))
        await session.commit()
        assert await HIGHEST.run(session) == [(3, 1)]
    await engine.dispose()


def _of(about: int) -> Statement:
    return Statement(sa.select(Account.id).where(Account.about_id == about))
