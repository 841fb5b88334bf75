"""Saved views: a list under a name, for oneself or shared within one's organisation."""

import asyncio
from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa

from backend.identity import queries, view_verbs
from backend.identity.model import SavedView
from backend.kit.actor import Actor, ActorKind
from backend.kit.database import Session
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.rulebook.roles import Role
from tests.identity.making import MORNING, House, acting, add_member, add_organisation

LATE = "isLate=true&sort=DUE"


@dataclass
class People:
    """Two who work at Tiera and its key user, two of a supplier and its service manager, one of a municipality."""

    maija: Actor
    anna: Actor
    key_user: Actor
    ville: Actor
    noora: Actor
    manager: Actor
    hanna: Actor


@pytest.fixture
async def people(session: Session) -> People:
    async def someone(side: ActorKind, where: str, role: Role, name: str) -> Actor:
        organisation = of[where] if where in of else of.setdefault(where, await add_organisation(session, where, side))
        return acting(await add_member(session, organisation, role, name, password=None), organisation, role)

    of: dict[str, object] = {}
    b, s, c = ActorKind.BUYER, ActorKind.SUPPLIER, ActorKind.CUSTOMER
    return People(
        maija=await someone(b, "Tiera", Role.SERVICE_MANAGER, "Maija"),
        anna=await someone(b, "Tiera", Role.SOLUTION_EXPERT, "Anna"),
        key_user=await someone(b, "Tiera", Role.KEY_USER, "Kaisa"),
        ville=await someone(s, "Zeta Oy", Role.EXPERT, "Ville"),
        noora=await someone(s, "Zeta Oy", Role.EXPERT, "Noora"),
        manager=await someone(s, "Zeta Oy", Role.SERVICE_MANAGER, "Sari"),
        hanna=await someone(c, "Mallila", Role.REPRESENTATIVE, "Hanna"),
    )


async def save(session: Session, by: Actor, name: str = "Late ones", query: str = LATE, **more: bool) -> SavedView:
    return await view_verbs.save_view(
        session, by, list="tickets.list", query=query, name=name, is_shared=more.get("is_shared", False), now=MORNING
    )


async def seen_by(session: Session, actor: Actor) -> list[str]:
    wanted = sa.select(SavedView.name).where(queries.visible_views(actor, SavedView)).order_by(SavedView.sort_key)
    return list((await session.scalars(wanted)).all())


async def test_ones_own_view_is_seen_by_nobody_else_and_a_shared_one_by_the_organisation(
    session: Session, people: People
) -> None:
    await save(session, people.ville, "Own")
    await save(session, people.ville, "Shared", is_shared=True)
    assert await seen_by(session, people.ville) == ["Own", "Shared"]
    for colleague in (people.noora, people.manager):
        assert await seen_by(session, colleague) == ["Shared"]
    for stranger in (people.maija, people.key_user, people.hanna):
        assert await seen_by(session, stranger) == [], "not even Tiera: it is how they work, not what they did"


async def test_who_acts_for_another_organisation_too_has_views_of_their_own_in_each(
    session: Session, people: People
) -> None:
    await save(session, people.ville)
    elsewhere = replace(people.hanna, person_id=people.ville.person_id)
    assert await seen_by(session, elsewhere) == []
    await save(session, elsewhere)
    assert await seen_by(session, elsewhere) == ["Late ones"]


async def test_a_program_keeps_no_views(session: Session, people: People) -> None:
    program = replace(people.ville, person_id=None, service_account_id=1)
    with pytest.raises(Refusal) as refused:
        await save(session, program)
    assert refused.value.code is Code.NOT_PERMITTED
    await save(session, people.ville, is_shared=False)
    assert await seen_by(session, program) == []


async def test_what_was_left_empty_is_not_kept_and_a_list_as_it_comes_is_no_view(
    session: Session, people: People
) -> None:
    view = await save(session, people.maija, query="?words=&states=NEW&states=HELD&sort=-DUE")
    assert view.query == "states=NEW&states=HELD&sort=-DUE"
    for query in ("", "words=&states=", "words=" + "x" * 3000):
        with pytest.raises(Refusal) as refused:
            await save(session, people.maija, "Other", query)
        assert refused.value.errors[0].path == ("query",)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ville", None),
        ("manager", None),
        ("noora", Code.NOT_PERMITTED),
        ("key_user", Code.NOT_FOUND),
        ("maija", Code.NOT_FOUND),
        ("hanna", Code.NOT_FOUND),
    ],
)
async def test_a_shared_view_is_changed_by_its_maker_and_whoever_keeps_them_in_order(
    session: Session, people: People, who: str, code: Code | None
) -> None:
    view, actor = await save(session, people.ville, is_shared=True), getattr(people, who)
    acts = (
        lambda: view_verbs.change_view(
            session, actor, view_id=view.id, name="Ours", is_shared=True, expected_version=1, now=MORNING
        ),
        lambda: view_verbs.remove_view(session, actor, view_id=view.id, now=MORNING),
    )
    for act in acts:
        if code is None:
            await act()
        else:
            with pytest.raises(Refusal) as refused:
                await act()
            assert refused.value.code is code
    assert (view.name, view.removed_at) == (("Ours", MORNING) if code is None else ("Late ones", None))


async def test_tieras_key_user_keeps_tieras_shared_views_and_not_what_somebody_keeps_alone(
    session: Session, people: People
) -> None:
    shared, alone = await save(session, people.maija, "Shared", is_shared=True), await save(session, people.maija)
    await view_verbs.remove_view(session, people.key_user, view_id=shared.id, now=MORNING)
    with pytest.raises(Refusal) as refused:
        await view_verbs.remove_view(session, people.key_user, view_id=alone.id, now=MORNING)
    assert refused.value.code is Code.NOT_FOUND
    assert await seen_by(session, people.maija) == ["Late ones"]


async def test_each_act_is_on_record_without_names_or_words(session: Session, people: People) -> None:
    view = await save(session, people.maija)
    await view_verbs.change_view(
        session, people.maija, view_id=view.id, name="Ours", is_shared=True, expected_version=1, now=MORNING
    )
    await view_verbs.remove_view(session, people.maija, view_id=view.id, now=MORNING)
    told = await session.execute(
        sa.select(Event.name, Event.figures).where(Event.subject_kind == "SavedView").order_by(Event.id)
    )
    assert [tuple(row) for row in told] == [
        ("view.saved", {"is_shared": False}),
        ("view.changed", {"is_shared": True}),
        ("view.removed", {}),
    ]


async def test_of_two_saves_at_once_under_one_name_one_is_kept(house: House) -> None:
    async with house.sessions.begin() as session:
        tiera = await add_organisation(session)
        actor = acting(await add_member(session, tiera, Role.SERVICE_MANAGER, password=None), tiera)
    saved = {"list": "tickets.list", "query": LATE, "name": "Late ones", "is_shared": False}
    both = await asyncio.gather(*(house.entrance.enter(actor, view_verbs.save_view, **saved) for _ in range(2)))
    errors = [error for each in both for error in each.errors]
    assert [(error.code, error.path) for error in errors] == [(Code.INVALID, ("name",))]
    async with house.sessions() as session:
        assert await seen_by(session, actor) == ["Late ones"]
    kept = next(each.ref for each in both if not each.errors)
    assert kept is not None
    await house.entrance.enter(actor, view_verbs.remove_view, view_id=kept.id)
    again = await house.entrance.enter(actor, view_verbs.save_view, **saved)
    assert not again.errors, "the name of a removed one is free"
