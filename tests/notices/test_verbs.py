"""Telling once and losing nothing: leases, tries, pauses, preferences, and what is asked again before sending."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours.model import TimeEntry
from backend.kit.actor import SCHEDULE, Actor, Language
from backend.kit.events import Event, Outbox
from backend.kit.faults import Refusal
from backend.notices import rules, verbs
from backend.notices.letters import Mail
from backend.notices.model import Delivery
from backend.notices.states import Topic, Way, Withheld
from backend.notices.verbs import Handover
from backend.parties.model import Person, RoleHeld
from tests.complaints.making import make_sent, make_sides
from tests.hours.making import Work, book, make_work
from tests.making import NOW, TODAY, make_person, supplier_manager, tiera_key_user, tiera_service_manager
from tests.notices.making import happen, tell, told

BASE = "https://portaali.example.fi"


@pytest.fixture
async def work(session: AsyncSession) -> Work:
    return await make_work(session)


@pytest.fixture
async def manager(session: AsyncSession, work: Work) -> Actor:
    """A service manager of the supplier who reads Swedish."""
    return await supplier_manager(session, work.supplier, await make_person(session, language=Language.SV))


async def asked_for_an_estimate(session: AsyncSession, work: Work) -> int:
    """A mail that was handed to a worker; its delivery's id."""
    await happen(session, "order.estimate_requested", work.order, due_at=NOW)
    (mail,) = (await tell(session)).ids
    return mail


async def begin(session: AsyncSession, mail: int, *, now: timedelta = timedelta()) -> Mail | None:
    handover = Handover()
    await verbs.begin_mail(session, SCHEDULE, mail, handover, base_url=BASE, now=NOW + now)
    await session.flush()
    return handover.mail


async def the_delivery(session: AsyncSession, id: int) -> Delivery:
    return await session.get_one(Delivery, id, populate_existing=True)


async def test_the_outbox_is_empty_when_everybody_has_been_told(
    session: AsyncSession, work: Work, manager: Actor
) -> None:
    event = await happen(session, "order.estimate_requested", work.order)
    await happen(session, "order.edited", work.order)
    assert (await tell(session)).told == 2
    assert await session.scalar(sa.select(sa.func.count()).select_from(Outbox)) == 0
    assert await told(session, event, Way.BELL) == await told(session, event, Way.MAIL) == [manager.person_id]


async def test_an_event_told_twice_is_one_notice(session: AsyncSession, work: Work, manager: Actor) -> None:
    event = await happen(session, "order.estimate_requested", work.order)
    await tell(session)
    session.add(Outbox(event_id=event.id))
    await tell(session)
    assert await told(session, event) == [manager.person_id]


@pytest.fixture
async def tiera(session: AsyncSession) -> Actor:
    return await tiera_service_manager(session)


async def returned(session: AsyncSession, work: Work, by: Actor, count: int = 2) -> list[Event]:
    """Entries that Tiera gives back in one act."""
    entries = [await book(session, work, 15, description=f"The form, part {n}") for n in range(count)]
    return [await happen(session, "time_entry.returned", e, by, within=work.order, minutes=e.minutes) for e in entries]


async def test_what_one_act_tells_somebody_is_one_mail_with_a_line_for_each(
    session: AsyncSession, work: Work, manager: Actor, tiera: Actor
) -> None:
    events = await returned(session, work, tiera, 30)
    handed = (await tell(session)).ids
    to = {(await the_delivery(session, id)).person_id: id for id in handed}
    assert len(handed) == len(to), "one mail a person"
    mail = await begin(session, to[manager.person_id or 0])
    assert mail and mail.subject.startswith(f"{work.order.number} · ") and mail.subject.endswith("(+29)")
    assert mail.body.count(f"{BASE}/tilaukset/{work.order.id}\n") == 1
    assert [mail.body.count(f"{BASE}/tunnit/{event.subject_id}\n") for event in events] == [1] * 30
    assert [mail.body.count(f"The form, part {n}: ") for n in range(30)] == [1] * 30
    for event in events:
        assert manager.person_id in await told(session, event, Way.BELL)
    assert (await tell(session, NOW + rules.LEASE / 2)).ids == []


async def test_a_gathered_mail_names_each_whole_once(
    session: AsyncSession, work: Work, manager: Actor, tiera: Actor
) -> None:
    first, *others = await returned(session, work, tiera, 3)
    entry = await session.get_one(TimeEntry, others[0].subject_id)
    await happen(session, "time_entry.returned", entry, tiera, minutes=entry.minutes)
    await happen(session, "time_entry.returned", await session.get_one(TimeEntry, first.subject_id), tiera,
                 within=work.order, minutes=15)  # fmt: skip
    (mail,) = [
        id for id in (await tell(session)).ids if (await the_delivery(session, id)).person_id == manager.person_id
    ]
    written = await begin(session, mail)
    assert written and not written.subject.startswith(str(work.order.number))
    assert written.body.count(f"{BASE}/tilaukset/{work.order.id}\n") == 1
    assert written.body.count("\n- ") == 5


@pytest.mark.rule("H11.10-a")
async def test_a_mail_begins_with_what_the_contract_requires_so_a_complaint_is_clearly_one(
    session: AsyncSession,
) -> None:
    sides = await make_sides(session)
    complaint = await make_sent(session, sides)
    mails = [await the_delivery(session, id) for id in (await tell(session)).ids]
    (mail,) = [each for each in mails if each.person_id == sides.manager.id]
    written = await begin(session, mail.id)
    assert written and mail.is_required
    assert written.subject.startswith(f"{complaint.number} · Reklamaatio lähetettiin")
    assert "/asetukset/ilmoitukset" not in written.body, "nobody chooses not to be told this"


async def test_a_repeat_of_a_gathered_mail_says_the_same_and_what_it_carries_never_goes_alone(
    session: AsyncSession, work: Work, manager: Actor, tiera: Actor
) -> None:
    await returned(session, work, tiera)
    (mail,) = [
        id for id in (await tell(session)).ids if (await the_delivery(session, id)).person_id == manager.person_id
    ]
    first = await begin(session, mail)
    assert mail in (await tell(session, NOW + rules.LEASE)).ids
    assert first and await begin(session, mail, now=rules.LEASE) == first
    await verbs.finish_mail(session, SCHEDULE, mail, now=NOW)
    later = (await tell(session, NOW + timedelta(days=1))).ids
    assert manager.person_id not in [(await the_delivery(session, id)).person_id for id in later]


async def test_what_others_did_or_somebody_did_at_another_moment_is_a_mail_of_its_own(
    session: AsyncSession, work: Work, manager: Actor, tiera: Actor
) -> None:
    await happen(session, "order.estimate_requested", work.order, tiera)
    await happen(session, "order.estimate_requested", work.order, tiera, at=NOW + timedelta(seconds=1))
    await happen(session, "order.estimate_requested", work.order, await tiera_service_manager(session))
    await happen(session, "order.class_raised", work.order, tiera)  # of the first act
    to = [(await the_delivery(session, id)).person_id for id in (await tell(session)).ids]
    assert to.count(manager.person_id) == 3


async def test_what_the_schedule_says_of_several_sorts_at_once_is_a_mail_each(
    session: AsyncSession, work: Work, manager: Actor
) -> None:
    for name in ("order.estimate_requested", "order.estimate_requested", "order.class_raised"):
        await happen(session, name, work.order, SCHEDULE)
    to = [(await the_delivery(session, id)).person_id for id in (await tell(session)).ids]
    assert to.count(manager.person_id) == 2


async def test_a_gathered_mail_that_was_given_up_is_one_failure_and_is_sent_whole(
    session: AsyncSession, work: Work, manager: Actor, tiera: Actor
) -> None:
    events = await returned(session, work, tiera)
    (mail,) = [
        id for id in (await tell(session)).ids if (await the_delivery(session, id)).person_id == manager.person_id
    ]
    await begin(session, mail)
    await verbs.fail_mail(session, SCHEDULE, mail, "550 no such user", is_final=True, now=NOW)
    failed = sa.select(Delivery.id).where(Delivery.given_up_at.is_not(None))
    assert (await session.scalars(failed)).all() == [mail]
    await verbs.try_again(session, await tiera_key_user(session), mail, now=NOW)
    await tell(session)
    again = await begin(session, mail)
    assert again and all(f"/tunnit/{event.subject_id}\n" in again.body for event in events)


async def test_whoever_changes_their_password_is_told_so_themselves(session: AsyncSession, work: Work) -> None:
    actor = await supplier_manager(session, work.supplier)
    person = await session.get_one(Person, actor.person_id)
    event = await happen(session, "password.changed", person, actor)
    (mail,) = (await tell(session)).ids
    assert await told(session, event, Way.MAIL) == [person.id]
    written = await begin(session, mail)
    assert written and f"Etkö se ollut sinä? Valitse heti uusi salasana: {BASE}/unohtunut" in written.body


async def test_a_mail_is_in_one_workers_hands_until_its_lease_ends(
    session: AsyncSession, work: Work, manager: Actor
) -> None:
    mail = await asked_for_an_estimate(session, work)
    assert (await tell(session, NOW + rules.LEASE / 2)).ids == []
    assert (await tell(session, NOW + rules.LEASE)).ids == [mail]


async def test_a_mail_that_was_begun_is_not_begun_again_meanwhile(
    session: AsyncSession, work: Work, manager: Actor
) -> None:
    mail = await asked_for_an_estimate(session, work)
    assert await begin(session, mail)
    assert await begin(session, mail) is None
    assert (await tell(session, NOW + rules.LEASE)).ids == [mail]
    assert await begin(session, mail, now=rules.LEASE)


async def test_a_mail_that_is_done_is_never_begun_again(session: AsyncSession, work: Work, manager: Actor) -> None:
    mail = await asked_for_an_estimate(session, work)
    await begin(session, mail)
    await verbs.finish_mail(session, SCHEDULE, mail, now=NOW)
    assert await begin(session, mail, now=timedelta(hours=1)) is None
    assert (await tell(session, NOW + timedelta(hours=1))).ids == []


async def test_a_repeat_has_the_same_key(session: AsyncSession, work: Work, manager: Actor) -> None:
    mail = await asked_for_an_estimate(session, work)
    first = await begin(session, mail)
    await tell(session, NOW + rules.LEASE)
    second = await begin(session, mail, now=rules.LEASE)
    assert first and first == second


async def test_what_did_not_reach_the_queue_is_free_at_once(session: AsyncSession, work: Work, manager: Actor) -> None:
    mail = await asked_for_an_estimate(session, work)
    await verbs.take_back(session, SCHEDULE, [mail], now=NOW)
    assert (await tell(session)).ids == [mail]


async def test_a_mail_that_fails_is_tried_after_growing_pauses_and_then_given_up(
    session: AsyncSession, work: Work, manager: Actor
) -> None:
    mail, now, pauses = await asked_for_an_estimate(session, work), NOW, []
    for _ in range(rules.MOST_TRIES):
        assert await begin(session, mail, now=now - NOW)
        await verbs.fail_mail(session, SCHEDULE, mail, "451 try later", now=now)
        delivery = await the_delivery(session, mail)
        assert delivery.next_at
        pauses.append(delivery.next_at - now)
        assert (await tell(session, delivery.next_at - timedelta(seconds=1))).ids == []
        now = delivery.next_at
        assert (await tell(session, now)).ids == ([] if delivery.given_up_at else [mail])
    assert delivery.given_up_at
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(minutes=1), timedelta(hours=4))


async def test_a_mail_that_ends_its_worker_each_time_is_given_up_too(
    session: AsyncSession, work: Work, manager: Actor
) -> None:
    mail = await asked_for_an_estimate(session, work)
    for n in range(rules.MOST_TRIES):
        assert await begin(session, mail, now=n * rules.LEASE)
        assert (await tell(session, NOW + (n + 1) * rules.LEASE)).ids == [mail]
    assert await begin(session, mail, now=rules.MOST_TRIES * rules.LEASE) is None
    assert (await the_delivery(session, mail)).given_up_at


async def test_a_mail_that_was_given_up_is_the_key_users_to_try_again(
    session: AsyncSession, work: Work, manager: Actor
) -> None:
    mail = await asked_for_an_estimate(session, work)
    await begin(session, mail)
    await verbs.fail_mail(session, SCHEDULE, mail, "550 no such user", is_final=True, now=NOW)
    with pytest.raises(Refusal):
        await verbs.try_again(session, manager, mail, now=NOW)
    await verbs.try_again(session, await tiera_key_user(session), mail, now=NOW)
    assert mail in (await tell(session)).ids


async def test_a_mail_is_in_its_readers_language_and_leads_to_the_page(
    session: AsyncSession, work: Work, manager: Actor
) -> None:
    mail = await begin(session, await asked_for_an_estimate(session, work))
    person = await session.get_one(Person, manager.person_id)
    assert mail and mail.address == person.email
    assert mail.language is Language.SV
    assert mail.subject.startswith(f"{work.order.number} · ")
    assert f"{BASE}/tilaukset/{work.order.id}\n" in mail.body
    assert "24.11.2026 kl." in mail.body


async def test_a_title_with_line_breaks_makes_no_header(session: AsyncSession, work: Work, manager: Actor) -> None:
    work.order.number, work.order.ordered_at, work.order.title = None, None, "Työ\r\nBcc: all@example.fi"
    mail = await begin(session, await asked_for_an_estimate(session, work))
    assert mail and "\n" not in mail.subject and "\r" not in mail.subject


async def test_whether_one_may_see_it_is_asked_again_before_sending(
    session: AsyncSession, work: Work, manager: Actor
) -> None:
    mail = await asked_for_an_estimate(session, work)
    await session.execute(
        sa.update(RoleHeld).where(RoleHeld.person_id == manager.person_id).values(valid=Range(date(2026, 1, 1), TODAY))
    )
    assert await begin(session, mail) is None
    assert (await the_delivery(session, mail)).withheld is Withheld.NOT_VISIBLE


async def test_an_invitation_goes_to_the_person_with_a_link_of_its_own(session: AsyncSession, work: Work) -> None:
    person = await make_person(session)
    event = await happen(session, "person.invited", person, await tiera_key_user(session))
    (mail,) = (await tell(session)).ids
    letter = await begin(session, mail)
    assert letter and letter.address == person.email and f"{BASE}/kutsu/" in letter.body
    assert await told(session, event) == []


async def test_what_is_not_wanted_is_not_told_unless_the_contract_requires_it(
    session: AsyncSession, work: Work, manager: Actor
) -> None:
    others = [topic for topic in Topic if topic is not Topic.ORDERS]
    await verbs.choose_notices(session, manager, others, others, now=NOW)
    required = await happen(session, "order.estimate_requested", work.order)
    other = await happen(session, "order.class_raised", work.order)
    await tell(session)
    assert await told(session, required) == await told(session, required, Way.MAIL) == [manager.person_id]
    assert await told(session, other) == await told(session, other, Way.MAIL) == []
    await verbs.choose_notices(session, manager, others, list(Topic), now=NOW)
    again = await happen(session, "order.class_raised", work.order)
    await tell(session)
    assert (await told(session, again), await told(session, again, Way.MAIL)) == ([], [manager.person_id])


async def test_a_past_is_told_in_the_bell_alone_and_read_already(
    session: AsyncSession, work: Work, manager: Actor
) -> None:
    old = await happen(session, "order.estimate_requested", work.order, at=NOW - timedelta(days=30))
    new = await happen(session, "order.estimate_requested", work.order, at=NOW - timedelta(days=1))
    await verbs.settle_past(session, SCHEDULE, unread_since=NOW - timedelta(days=3), now=NOW)
    rows = (await session.scalars(sa.select(Delivery).order_by(Delivery.event_id))).all()
    assert [(row.event_id, row.way, row.read_at) for row in rows] == [
        (old.id, Way.BELL, old.at),
        (new.id, Way.BELL, None),
    ]
    assert (await tell(session)).told == 0


async def test_one_reads_ones_own_notices_only(session: AsyncSession, work: Work, manager: Actor) -> None:
    other = await supplier_manager(session, work.supplier)
    await happen(session, "order.estimate_requested", work.order)
    await tell(session)
    bells = (await session.scalars(sa.select(Delivery).where(Delivery.way == Way.BELL))).all()
    await verbs.mark_read(session, manager, [row.id for row in bells], now=NOW)
    await verbs.mark_all_read(session, manager, until_id=max(row.id for row in bells), now=NOW)
    for row in bells:
        await session.refresh(row)
    assert {row.person_id: row.read_at is not None for row in bells} == {
        manager.person_id: True,
        other.person_id: False,
    }
