"""Statements that are made once: what they store is the session's like anything else, in whatever transaction."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from backend.kit.database import Session, make_engine, make_sessions, table_of
from backend.kit.statements import Loading, Statement, put, together
from backend.ledger.model import Account, Unit
from bench.statements import counting

TITLES = Statement(sa.select(Account.title).where(Account.about_id == sa.bindparam("about", type_=sa.BigInteger)))
HIGHEST = Statement(sa.select(sa.func.max(Account.about_id), sa.func.count()))

RENAME = Statement(
    sa.update(table_of(Account))
    .values(title=sa.bindparam("called", type_=sa.Text))
    .where(Account.about_id == sa.bindparam("about", type_=sa.BigInteger))
)
APPROVE = Statement(sa.update(table_of(Account)).values(booked=9, approved=sa.bindparam("amount", type_=sa.BigInteger)))
OF_ONE = Loading(sa.select(Account).where(Account.about_id == sa.bindparam("about")).order_by(Account.id))


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


async def test_what_is_said_is_done_in_its_turn(session: Session) -> None:
    account = an_account()
    await put(session, account)
    with counting() as sent:
        await RENAME.say(session, about=1, called="a")
        account.purpose = "other"
        await RENAME.say(session, about=1, called="b")
        assert await TITLES.run(session, about=1) == [("b",)]
    assert [statement.split()[0] for statement in sent] == ["UPDATE", "UPDATE", "UPDATE", "SELECT"]
    await RENAME.say(session, about=1, called="c")
    assert (await session.execute(sa.select(Account.title, Account.purpose))).one() == ("c", "other")


async def test_what_is_said_is_part_of_its_transaction(database_url: str) -> None:
    engine = make_engine(database_url)
    async with make_sessions(engine)() as session:
        await put(session, an_account())
        async with session.begin_nested() as part:
            await put(session, an_account(about_id=2))
            await RENAME.say(session, about=1, called="a")
            await part.rollback()
        assert await TITLES.run(session, about=1) == [(None,)] and await HIGHEST.run(session) == [(1, 1)]
        await RENAME.say(session, about=1, called="b")
        await session.rollback()
        assert await HIGHEST.run(session) == [(None, 0)]
        await put(session, an_account())
        await RENAME.say(session, about=1, called="c")
        await session.commit()
        assert await TITLES.run(session, about=1) == [("c",)]
    await engine.dispose()


async def test_a_fault_of_what_was_said_comes_with_the_commit_or_the_end_of_its_part(database_url: str) -> None:
    engine = make_engine(database_url)
    async with make_sessions(engine)() as session:
        await put(session, an_account(granted=5))
        with pytest.raises(IntegrityError, match="within_grant"):
            async with session.begin_nested():
                await APPROVE.say(session, amount=6)
        await APPROVE.say(session, amount=5)
        await session.commit()
        await APPROVE.say(session, amount=6)
        with pytest.raises(IntegrityError, match="within_grant"):
            await session.commit()
        await session.rollback()
        assert [account.approved for (account,) in await OF_ONE.run(session, about=1)] == [5]
    await engine.dispose()


async def test_a_fault_at_the_commit_leaves_its_connection_to_the_next_as_new(database_url: str) -> None:
    engine = make_engine(database_url, pool_size=1, max_overflow=0)
    sessions = make_sessions(engine)
    for refused in (6, 7):
        async with sessions() as session:
            await put(session, an_account(granted=5))
            await APPROVE.say(session, amount=refused)
            with pytest.raises(IntegrityError, match="within_grant"):
                await session.commit()
    async with sessions() as session:
        await put(session, an_account(granted=5))
        await session.commit()
        await RENAME.say(session, about=1, called="a")  # and is closed without a commit
    async with sessions() as session:
        assert await TITLES.run(session, about=1) == [(None,)] and await HIGHEST.run(session) == [(1, 1)]
    await engine.dispose()


async def test_what_is_said_goes_before_many_rows_at_once(database_url: str) -> None:
    engine = make_engine(database_url, pool_size=1, max_overflow=0)
    async with make_sessions(engine)() as session:
        accounts = [an_account(about_id=about) for about in (1, 2)]
        for account in accounts:
            await put(session, account)
        await RENAME.say(session, about=1, called="a")
        for account in accounts:
            account.purpose = "other"
        await session.flush()
        assert await TITLES.run(session, about=1) == [("a",)]
        await RENAME.say(session, about=1, called="b")
        stored = sa.select(table_of(Account).c["about_id", "purpose", "title"]).order_by(Account.about_id)
        assert (await session.execute(stored)).all() == [(1, "other", "b"), (2, "other", None)]
        await RENAME.say(session, about=1, called="c")
        called = sa.update(table_of(Account)).where(table_of(Account).c.about_id == sa.bindparam("about"))
        await session.execute(
            called.values(title=sa.bindparam("called")), [{"about": n, "called": "d"} for n in (1, 2)]
        )
        await RENAME.say(session, about=2, called="e")
        for account in accounts:
            await session.delete(account)
        await session.flush()
        assert await HIGHEST.run(session) == [(None, 0)]
    await engine.dispose()


async def test_things_are_loaded_as_they_are_now_and_changed_like_any_other(session: Session) -> None:
    await put(session, an_account(granted=5))
    session.expunge_all()
    ((account,),) = await OF_ONE.run(session, about=1)
    assert (account.unit, account.granted, account.title) == (Unit.MINUTES, 5, None)
    assert await session.get(Account, account.id) is account and not session.dirty
    await RENAME.say(session, about=1, called="a")
    account.granted = 6
    ((again,),) = await OF_ONE.run(session, about=1)
    assert again is account and (account.title, account.granted) == ("a", 6)
    account.title = "b"
    await session.flush()
    assert await TITLES.run(session, about=1) == [("b",)]


def _of(about: int) -> Statement:
    return Statement(sa.select(Account.id).where(Account.about_id == about))
