"""A month of very many entries is approved without JavaScript: narrowed, page by page, or all at once."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from backend.hours.model import TimeEntry
from backend.hours.states import EntryState
from backend.kit import clock
from backend.ledger import verbs as ledger
from backend.ledger.model import Account
from bench.statements import counting
from tests.making import make_person
from tests.web.portal import Browser, path_to, text_of
from tests.web.test_hours import Scene, scene
from web.hours.waiting import MOST_SHOWN, Group, PersonWeek, turn_to
from web.hours.weeks import Week, today
from web.posted import MOST_FIELDS

__all__ = ["scene"]
ADDRESS = "/tunnit/hyvaksynta"
PEOPLE = 40


async def book_many(scene: Scene, wanted: int) -> None:
    """As many entries of a quarter each, on days of this month, of the expert, the lead and many colleagues."""
    (first,) = await scene.book(15)
    crew, now = scene.crew, clock.now()
    async with scene.portal.house.sessions.begin() as session:
        account = await session.get_one(Account, crew.work.target.id)
        await ledger.grant(session, account, wanted * 15, crew.work.order.ref, key=f"many:{wanted}", at=now)
        await ledger.book(session, account, (wanted - 1) * 15, crew.work.order.ref, key=f"many:{wanted}:book", at=now)
        people = [crew.expert.id, crew.lead.id, *[(await make_person(session)).id for _ in range(PEOPLE - 2)]]
        one = await session.get_one(TimeEntry, first)
        own = {"id", "day", "description", "person_id"}
        names = [c.key for c in sa.inspect(TimeEntry).column_attrs if c.key not in own]
        same, days = {name: getattr(one, name) for name in names}, today().day
        rows = [
            {
                "day": today() - timedelta(days=n % days),
                "description": f"Lomakkeen osa, vaihe {n}",
                "person_id": people[n // days % PEOPLE],
            }
            for n in range(1, wanted)
        ]
        await session.execute(sa.insert(TimeEntry), [same | row for row in rows])


def fields_of(page: str, *, without: str = "") -> dict[str, Any]:
    """What the page's form sends as it is shown, all of it ticked but the entry `without`."""
    (form,) = re.findall(r'<form method="post" class="approving".*?</form>', page, re.DOTALL)
    ticks = re.findall(r'type="checkbox" name="(_week|_entry)" value="([^"]*)"', form)
    sent: dict[str, Any] = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form))
    for name, value in ticks:
        if not (without and value.endswith(without)):
            sent.setdefault(name, []).append(value)
    return sent


def size_of(fields: dict[str, Any]) -> int:
    return sum(len(value) if isinstance(value, list) else 1 for value in fields.values())


async def states(scene: Scene) -> dict[EntryState, int]:
    async with scene.portal.house.sessions() as session:
        wanted = sa.select(TimeEntry.state, sa.func.count()).group_by(TimeEntry.state)
        return {row[0]: row[1] for row in await session.execute(wanted)}


async def asked(manager: Browser, address: str = ADDRESS) -> tuple[str, int]:
    """A page, and how many statements about entries it took: who asks is looked up again after a while."""
    with counting() as sent:
        page = (await manager.get(address)).text
    return page, sum("time_entries" in statement for statement in sent)


@pytest.mark.rule("H11.7.3-g")
async def test_ten_thousand_entries_are_shown_with_few_fields_by_as_many_statements_as_a_thousand(scene: Scene) -> None:
    await book_many(scene, 1_000)
    manager = await scene.browser(scene.crew.manager)
    few, statements = await asked(manager)
    assert statements > 2
    async with scene.portal.house.sessions.begin() as session:
        await session.execute(sa.delete(TimeEntry))
    await book_many(scene, 10_000)
    many, statements_of_many = await asked(manager)
    assert statements_of_many <= statements + 1, "a page may end in a week that is larger"
    assert "10 000 entries" in text_of(many).replace("\xa0", " ") and "More waits than" not in many
    fields = fields_of(many)
    assert size_of(fields) < MOST_FIELDS / 4 and len(fields["_everything"].split()) == 10_000
    assert MOST_SHOWN <= len(fields["_shown"].split()) < len(fields_of(few)["_everything"].split())
    page = (await manager.get(ADDRESS + "?sivu=2")).text
    assert not set(fields["_shown"].split()) & set(fields_of(page)["_shown"].split())
    answer = await manager.post(ADDRESS, {**fields, "_do": "return", "reason": "Mikä lomake?"})
    assert answer.status_code == 422 and "Untick first" in answer.text


@pytest.mark.rule("H11.7.3-g")
async def test_all_pages_are_approved_at_once_with_exceptions(scene: Scene) -> None:
    await book_many(scene, 350)
    manager = await scene.browser(scene.crew.manager)
    page = (await manager.get(ADDRESS)).text
    left = fields_of(page)["_shown"].split()[0]
    done = await manager.post(ADDRESS, {**fields_of(page, without=left), "_do": "approve_all"})
    assert "Approved 87,25" in (await manager.get(path_to(done))).text
    assert await states(scene) == {EntryState.APPROVED: 349, EntryState.BOOKED: 1}
    assert "_everything" not in (await manager.get(ADDRESS)).text


@pytest.mark.rule("H11.7.3-g")
async def test_a_page_alone_is_approved_or_returned_and_the_rest_waits(scene: Scene) -> None:
    await book_many(scene, 350)
    manager = await scene.browser(scene.crew.manager)
    page = (await manager.get(ADDRESS)).text
    fields, gone = fields_of(page), fields_of(page)["_shown"].split()[0]
    returned = await manager.post(ADDRESS, {**fields_of(page, without=gone), "_do": "return", "reason": "Mikä lomake?"})
    assert returned.status_code == 303
    assert await states(scene) == {EntryState.RETURNED: 1, EntryState.BOOKED: 349}
    path_to(await manager.post(ADDRESS, {**fields_of(page, without=gone), "_do": "approve"}))
    number = len(fields["_shown"].split()) - 1
    assert await states(scene) == {EntryState.RETURNED: 1, EntryState.APPROVED: number, EntryState.BOOKED: 349 - number}


@pytest.mark.rule("H11.7.3-g")
async def test_what_waits_is_narrowed_by_target_person_and_week(scene: Scene) -> None:
    await book_many(scene, 2_000)
    manager, week = await scene.browser(scene.crew.manager), Week.of(today())
    month = f"{ADDRESS}?supplier={scene.crew.work.supplier.id}&month={today().isoformat()[:7]}"
    async with scene.portal.house.sessions() as session:
        counted = sa.select(sa.func.count()).where(
            TimeEntry.person_id == scene.crew.lead.id, TimeEntry.day.between(week.monday, week.sunday)
        )
        of_both = (await session.scalars(counted)).one()
    assert 0 < of_both < 60
    narrowed = f"{month}&person=Person:{scene.crew.lead.id}&week={week}&target=Target:{scene.crew.work.target.id}"
    page = (await manager.get(narrowed)).text
    assert len(fields_of(page)["_shown"].split()) == of_both
    path_to(await manager.post(narrowed, {**fields_of(page), "_do": "approve"}))
    assert await states(scene) == {EntryState.APPROVED: of_both, EntryState.BOOKED: 2_000 - of_both}
    assert "Nothing that waits matches" in (await manager.get(f"{month}&target=Target:0")).text
    for odd in ("rubbish", "0", "99999", "9" * 5_000):
        assert (await manager.get(f"{month}&sivu={odd}&week={odd}")).status_code == 200


def test_what_waits_comes_to_no_more_than_what_fits_under_the_ceiling() -> None:
    def entry(number: int, day: str, minutes: int, price: str) -> dict[str, Any]:
        priced = {"priceGroup": {"code": "SENIOR"}, "unitPrice": {"amount": price}}
        return {"id": f"TimeEntry:{number}", "day": day, "minutes": minutes, **priced}

    order = {"total": {"amount": "600.00"}, "approvedTotal": {"amount": "100.00"}}
    target = {"order": order, "grantedMinutes": 360, "approvedMinutes": 60}
    late, early = entry(9, "2026-11-03", 240, "90.00"), entry(10, "2026-11-02", 120, "100.00")
    week = Week.of(date(2026, 11, 2))
    group = Group(target, [PersonWeek("0", "A", week, [late]), PersonWeek("1", "B", week, [early])])
    assert (group.over, group.comes_to, group.passes_euros) == (60, Decimal("570.00"), False)
    free = Group({**target, "grantedMinutes": None}, group.weeks)
    assert (free.comes_to, free.passes_euros) == (Decimal("660.00"), True)


def test_pages_are_of_whole_weeks_of_persons() -> None:
    week = Week.of(today())
    groups = [Group({}, [PersonWeek(str(n), "A", week, [{}] * 3) for n in range(2)]) for _ in range(2)]
    shown = [(turn_to([Group({}, group.weeks) for group in groups], number, 4)) for number in (0, 1, 2, 3)]
    assert [[[len(each.entries) for each in group.shown] for group in page] for page, _ in shown] == [
        [[3, 3]], [[3, 3]], [[3, 3]], [[3, 3]],
    ]  # fmt: skip
    assert {pages for _, pages in shown} == {2}
    assert turn_to([], 1) == ([], 1)
