"""Who has read a bulletin, who is told of it, and the calendar of breaks."""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.bulletins import figures, queries, reading_verbs, verbs
from backend.bulletins.model import Bulletin, BulletinReading, CalendarKey
from backend.bulletins.states import Receivers
from backend.identity.hashing import Handover, hashed
from backend.kit.actor import SCHEDULE, Actor
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.notices import verbs as notices
from backend.notices.letters import Mail
from backend.notices.states import Way
from backend.parties.model import Person
from tests.bulletins.making import (
    HOUR,
    Sides,
    a_break,
    agree,
    content,
    incident,
    make_incident,
    make_published,
    make_sides,
)
from tests.making import NOW, TODAY
from tests.notices.making import tell, told

ASKING = {"asks_acknowledgement": True}
ASKED = "\nSinua pyydetään kuittaamaan tämä tiedote\n"


@pytest.fixture
async def s(session: AsyncSession) -> Sides:
    return await make_sides(session)


async def on_banner(session: AsyncSession, actor: Actor, at: object = NOW) -> list[int]:
    wanted = sa.select(Bulletin.id).where(
        queries.visible_bulletins(actor, Bulletin), figures.is_on_banner(Bulletin, actor, at)
    )
    return list((await session.scalars(wanted.order_by(Bulletin.id))).all())


async def awaited(session: AsyncSession, bulletin: Bulletin) -> set[int]:
    wanted = sa.select(Person.id).join(Bulletin, Bulletin.id == bulletin.id)
    return set((await session.scalars(wanted.where(figures.is_awaited(Bulletin, Person, TODAY)))).all())


async def newest_mail(session: AsyncSession) -> Mail:
    """What the only reader of what happened last gets by mail."""
    (mail,) = (await tell(session)).ids
    return await written(session, mail)


async def written(session: AsyncSession, mail: int) -> Mail:
    handover = notices.Handover()
    await notices.begin_mail(session, SCHEDULE, mail, handover, base_url="https://portaali.example.fi", now=NOW)
    assert handover.mail is not None
    return handover.mail


async def newest_event(session: AsyncSession, name: str) -> Event:
    return (await session.scalars(sa.select(Event).where(Event.name == name).order_by(Event.id.desc()).limit(1))).one()


# On the portal's pages


async def test_the_pages_show_what_is_current_to_those_it_is_for_and_not_to_who_wrote_it(
    session: AsyncSession, s: Sides
) -> None:
    bulletin = await make_published(session, s.tiera, a_break(s))
    assert await on_banner(session, s.in_mallila) == [bulletin.id]
    assert await on_banner(session, s.tiera) == []
    assert await on_banner(session, s.supplier_manager) == []
    assert await on_banner(session, s.in_mallila, NOW + 27 * HOUR) == [], "the break is over"


async def test_tiera_reads_on_its_pages_what_a_supplier_tells_it(session: AsyncSession, s: Sides) -> None:
    bulletin = await make_published(session, s.supplier_manager, incident(s, receivers=Receivers.TIERA))
    assert await on_banner(session, s.tiera) == [bulletin.id]


async def test_the_newest_word_on_a_matter_stands_for_all_until_it_is_taken_back(
    session: AsyncSession, s: Sides
) -> None:
    first = await make_published(session, s.tiera, content(s))
    second = await make_published(session, s.tiera, content(s), follows=first, at=NOW + HOUR)
    assert await on_banner(session, s.in_mallila) == [second.id]
    await verbs.withdraw_bulletin(session, s.tiera, bulletin_id=second.id, reason="Väärin.", now=NOW + 2 * HOUR)
    assert await on_banner(session, s.in_mallila) == [first.id]
    await verbs.end_bulletin(session, s.tiera, bulletin_id=first.id, now=NOW + 2 * HOUR)
    assert await on_banner(session, s.in_mallila) == []


async def test_one_is_put_out_of_the_sight_of_whoever_does_it_alone(session: AsyncSession, s: Sides) -> None:
    bulletin = await make_published(session, s.tiera, content(s))
    await reading_verbs.dismiss_bulletin(session, s.in_mallila, bulletin_id=bulletin.id, now=NOW)
    await reading_verbs.dismiss_bulletin(session, s.in_mallila, bulletin_id=bulletin.id, now=NOW)
    assert await on_banner(session, s.in_mallila) == []
    assert await on_banner(session, s.in_nordby) == [bulletin.id]


async def test_what_asks_for_an_acknowledgement_stays_until_it_has_got_it(session: AsyncSession, s: Sides) -> None:
    bulletin = await make_published(session, s.tiera, content(s, **ASKING))
    await reading_verbs.dismiss_bulletin(session, s.in_mallila, bulletin_id=bulletin.id, now=NOW)
    assert await on_banner(session, s.in_mallila) == [bulletin.id]
    await reading_verbs.acknowledge_bulletin(session, s.in_mallila, bulletin_id=bulletin.id, now=NOW)
    assert await on_banner(session, s.in_mallila) == []


# Acknowledged


async def test_the_sender_sees_who_has_acknowledged_and_who_has_not(session: AsyncSession, s: Sides) -> None:
    bulletin = await make_published(session, s.tiera, content(s, **ASKING))
    assert await awaited(session, bulletin) == {s.in_mallila.person_id, s.in_nordby.person_id}
    await reading_verbs.acknowledge_bulletin(session, s.in_mallila, bulletin_id=bulletin.id, now=NOW)
    await reading_verbs.acknowledge_bulletin(session, s.in_mallila, bulletin_id=bulletin.id, now=NOW + HOUR)
    assert await awaited(session, bulletin) == {s.in_nordby.person_id}
    (reading,) = (await session.scalars(sa.select(BulletinReading))).all()
    assert (reading.person_id, reading.acknowledged_at) == (s.in_mallila.person_id, NOW), "said once"
    events = await session.scalars(sa.select(Event.id).where(Event.name == "bulletin.acknowledged"))
    assert len(events.all()) == 1


async def test_a_reader_sees_no_other_readers(session: AsyncSession, s: Sides) -> None:
    bulletin = await make_published(session, s.tiera, content(s, **ASKING))
    for reader in (s.in_mallila, s.in_nordby):
        await reading_verbs.acknowledge_bulletin(session, reader, bulletin_id=bulletin.id, now=NOW)

    async def seen(actor: Actor) -> int:
        wanted = sa.select(sa.func.count()).select_from(BulletinReading)
        return await session.scalar(wanted.where(queries.visible_readings(actor, BulletinReading))) or 0

    assert [await seen(who) for who in (s.tiera, s.in_mallila, s.supplier_manager, s.stranger)] == [2, 1, 0, 0]


@pytest.mark.parametrize(
    ("who", "code"),
    [("tiera", Code.NOT_PERMITTED), ("supplier_manager", Code.NOT_FOUND), ("in_nordby", Code.NOT_FOUND)],
)
async def test_only_those_acknowledge_whom_it_is_for(session: AsyncSession, s: Sides, who: str, code: Code) -> None:
    named = content(s, receivers=Receivers.ORGANISATIONS, organisation_ids=[s.mallila.id], **ASKING)
    bulletin = await make_published(session, s.tiera, named)
    for verb in (reading_verbs.acknowledge_bulletin, reading_verbs.dismiss_bulletin):
        with pytest.raises(Refusal) as refused:
            await verb(session, getattr(s, who), bulletin_id=bulletin.id, now=NOW)
        assert refused.value.code is code


async def test_what_asks_for_nothing_or_was_withdrawn_is_not_acknowledged(session: AsyncSession, s: Sides) -> None:
    plain = await make_published(session, s.tiera, content(s))
    withdrawn = await make_published(session, s.tiera, content(s, **ASKING))
    await verbs.withdraw_bulletin(session, s.tiera, bulletin_id=withdrawn.id, reason="Väärin.", now=NOW)
    for bulletin in (plain, withdrawn):
        with pytest.raises(Refusal):
            await reading_verbs.acknowledge_bulletin(session, s.in_mallila, bulletin_id=bulletin.id, now=NOW)


# Told


@pytest.mark.parametrize("way", Way)
async def test_those_are_told_whom_it_is_for_and_nobody_else(session: AsyncSession, s: Sides, way: Way) -> None:
    named = content(s, receivers=Receivers.ORGANISATIONS, organisation_ids=[s.nordby.id])
    await make_published(session, s.tiera, named)
    await tell(session)
    assert await told(session, await newest_event(session, "bulletin.published"), way) == [s.in_nordby.person_id]


@pytest.mark.rule("H11.11-c")
async def test_the_mail_of_a_bulletin_says_what_it_says(session: AsyncSession, s: Sides) -> None:
    bulletin = await make_published(session, s.tiera, a_break(s, receivers=Receivers.ORGANISATIONS,
                                                              organisation_ids=[s.nordby.id]))  # fmt: skip
    mail = await newest_mail(session)
    assert mail.subject == f"{bulletin.number} Huoltokatko · Tiedote julkaistiin."
    said = f"Suunniteltu katko\nPalvelut: {s.service.name}\nAlkaa 25.11.2026"
    assert said in mail.body and bulletin.text in mail.body
    assert "Sinua pyydetään kuittaamaan" not in mail.body, "only where it asks for that"
    await verbs.withdraw_bulletin(session, s.tiera, bulletin_id=bulletin.id, reason="Ei tehdäkään.", now=NOW)
    assert "\n\nEi tehdäkään.\n\n" in (await newest_mail(session)).body


@pytest.mark.rule("H11.11-c")
async def test_the_mail_of_a_bulletin_asks_to_acknowledge_it_where_the_bulletin_does(
    session: AsyncSession, s: Sides
) -> None:
    named = {"receivers": Receivers.ORGANISATIONS, "organisation_ids": [s.nordby.id]}
    await make_published(session, s.tiera, a_break(s, **named, **ASKING))
    assert ASKED in (await newest_mail(session)).body


@pytest.mark.rule("H11.11-a", "H11.11-b")
async def test_a_mail_asks_only_those_to_acknowledge_for_whom_the_bulletin_is(session: AsyncSession, s: Sides) -> None:
    await agree(session, s, supplier_informs=True, organisation_ids=[s.mallila.id])
    about = await make_incident(session, s)
    await tell(session)
    bulletin = await make_published(session, s.supplier_manager, incident(s, about=about, **ASKING))
    mails = [await written(session, mail) for mail in (await tell(session)).ids]
    assert sorted(ASKED in mail.body for mail in mails) == [False, True], "Tiera's service manager only hears of it"
    with pytest.raises(Refusal):
        await reading_verbs.acknowledge_bulletin(session, s.tiera, bulletin_id=bulletin.id, now=NOW)


@pytest.mark.rule("H11.11-c")
async def test_a_mail_that_waited_tells_nothing_of_what_was_withdrawn(session: AsyncSession, s: Sides) -> None:
    for_nordby = a_break(s, receivers=Receivers.ORGANISATIONS, organisation_ids=[s.nordby.id])
    bulletin = await make_published(session, s.tiera, for_nordby)
    (waiting,) = (await tell(session)).ids
    await verbs.withdraw_bulletin(session, s.tiera, bulletin_id=bulletin.id, reason="Ei tehdäkään.", now=NOW)
    handover = notices.Handover()
    await notices.begin_mail(session, SCHEDULE, waiting, handover, base_url="https://portaali.example.fi", now=NOW)
    assert handover.mail is not None and bulletin.text not in handover.mail.body
    assert "Alkaa" not in handover.mail.body and f"/tiedotteet/{bulletin.id}" in handover.mail.body


async def test_what_a_supplier_may_tell_customers_they_are_told(session: AsyncSession, s: Sides) -> None:
    await agree(session, s, supplier_informs=True, organisation_ids=[s.mallila.id])
    await make_published(session, s.supplier_manager, incident(s, about=await make_incident(session, s)))
    await tell(session)
    heard = await told(session, await newest_event(session, "bulletin.published"))
    assert heard == sorted([s.tiera.person_id or 0, s.in_mallila.person_id or 0]), "Tiera hears of it too"


async def test_what_is_for_the_pages_alone_is_no_mail(session: AsyncSession, s: Sides) -> None:
    await make_published(session, s.tiera, content(s, by_mail=False))
    await tell(session)
    posted = await newest_event(session, "bulletin.posted")
    assert await told(session, posted, Way.MAIL) == await told(session, posted) == []


async def test_those_who_were_told_hear_that_it_was_withdrawn_and_of_a_draft_nobody(
    session: AsyncSession, s: Sides
) -> None:
    bulletin = await make_published(session, s.tiera, content(s))
    await verbs.withdraw_bulletin(session, s.tiera, bulletin_id=bulletin.id, reason="Väärin.", now=NOW)
    await tell(session)
    both = sorted(who.person_id or 0 for who in (s.in_mallila, s.in_nordby))
    assert await told(session, await newest_event(session, "bulletin.withdrawn")) == both


# The calendar of breaks


async def test_the_calendar_has_the_newest_word_on_each_break_that_its_owner_sees(
    session: AsyncSession, s: Sides
) -> None:
    first = await make_published(session, s.tiera, a_break(s))
    moved = a_break(s, starts_at=NOW + 48 * HOUR)
    second = await make_published(session, s.tiera, moved, follows=first, at=NOW + HOUR)
    other = await make_published(
        session, s.tiera, a_break(s, receivers=Receivers.ORGANISATIONS, organisation_ids=[s.nordby.id])
    )
    await make_published(session, s.tiera, content(s))
    in_mallila = await queries.breaks_seen(session, s.in_mallila, NOW)
    assert [(b.id, said) for b, said in in_mallila] == [(second.id, 2)]
    in_nordby = await queries.breaks_seen(session, s.in_nordby, NOW)
    assert [b.id for b, _ in in_nordby] == [other.id, second.id]
    assert await queries.breaks_seen(session, s.stranger, NOW) == []


async def test_a_break_that_was_moved_to_long_ago_does_not_come_back_under_its_former_day(
    session: AsyncSession, s: Sides
) -> None:
    first = await make_published(session, s.tiera, a_break(s, starts_at=NOW + 2400 * HOUR))
    sooner = a_break(s, starts_at=NOW + 24 * HOUR)
    second = await make_published(session, s.tiera, sooner, follows=first, at=NOW + HOUR)
    seen = await queries.breaks_seen(session, s.in_mallila, NOW)
    assert [(b.id, said) for b, said in seen] == [(second.id, 2)]
    assert await queries.breaks_seen(session, s.in_mallila, NOW + 2200 * HOUR) == []


async def test_a_new_address_of_the_calendar_closes_the_one_before(session: AsyncSession, s: Sides) -> None:
    first, second = Handover(), Handover()
    await reading_verbs.make_calendar_key(session, s.in_mallila, first, now=NOW)
    key = await reading_verbs.make_calendar_key(session, s.in_mallila, second, now=NOW + HOUR)
    assert await queries.find_calendar_key(session, hashed(str(first.secret))) is None
    assert await queries.find_calendar_key(session, hashed(str(second.secret))) is key
    await reading_verbs.end_calendar_key(session, s.in_mallila, calendar_key_id=key.id, now=NOW + HOUR)
    assert await queries.find_calendar_key(session, hashed(str(second.secret))) is None


async def test_nobody_closes_the_calendar_of_another(session: AsyncSession, s: Sides) -> None:
    key = await reading_verbs.make_calendar_key(session, s.in_mallila, Handover(), now=NOW)
    with pytest.raises(Refusal) as refused:
        await reading_verbs.end_calendar_key(session, s.in_nordby, calendar_key_id=key.id, now=NOW)
    assert refused.value.code is Code.NOT_FOUND
    assert (await session.get_one(CalendarKey, key.id)).ended_at is None
