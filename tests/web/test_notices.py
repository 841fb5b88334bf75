"""The bell and its list, preferences, the key user's list of failed mails, and the demo's mails."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.kit import clock, events
from backend.kit.actor import SCHEDULE
from backend.kit.calendar import helsinki_date
from backend.notices import verbs
from backend.notices.letters import Mail
from backend.notices.model import Delivery, NoticePreference
from backend.notices.states import Topic, Way
from backend.notices.verbs import Handover
from backend.parties import right_verbs
from backend.rulebook.roles import Role
from tests.hours.making import make_work
from tests.identity.making import MORNING, acting, add_member
from tests.web.portal import Portal, opened, settings_for
from workers.mail import open_line


@pytest.fixture
async def portal(database_url: str, tmp_path: Path) -> AsyncIterator[Portal]:
    async with opened(settings_for(database_url, tmp_path)) as made:
        await made.settle()
        yield made


async def something_happens(portal: Portal, times: int = 1) -> int:
    """A supplier asks to go on; the order's id."""
    async with portal.house.sessions.begin() as session:
        work = await make_work(session)
        for _ in range(times):
            await events.record(
                session,
                work.expert,
                "overrun.requested",
                work.order,
                at=clock.now(),
                asked_minutes=1260,
                ceiling_minutes=6000,
                due_at=clock.now() + timedelta(days=3),
            )
        await verbs.spread(session, SCHEDULE, Handover(), now=clock.now())
    return work.order.id


async def test_the_bell_counts_what_was_not_read_and_the_list_leads_to_it(portal: Portal) -> None:
    browser = await portal.signed_in()
    assert "Notices, 0 new" in (await browser.get("/ilmoitukset")).text
    order_id = await something_happens(portal, 2)
    shown = (await browser.get("/ilmoitukset")).text
    assert "Notices, 2 new" in shown and "2 new notices" in shown
    assert "The supplier asks to go on by 21\u00a0h above the ceiling of 100\u00a0h" in shown
    assert f'href="/tilaukset/{order_id}"' in shown


@pytest.mark.rule("H11.8.1-a")
async def test_what_waits_to_be_confirmed_leads_to_itself(portal: Portal) -> None:
    browser, today = await portal.signed_in(portal.manager), helsinki_date(clock.now())
    async with portal.house.sessions.begin() as session:
        contact = await add_member(session, portal.tiera, Role.SOLUTION_EXPERT, "Anna Tilaaja")
        right = await right_verbs.name_ordering_contact(
            session,
            acting(portal.key_user, portal.tiera, Role.KEY_USER),
            person_id=contact.id,
            organisation_id=portal.tiera.id,
            limits=right_verbs.Limits(valid_from=today),
            document=right_verbs.Document(number="NIM-9", on=today),
            now=clock.now(),
        )
        await verbs.spread(session, SCHEDULE, Handover(), now=clock.now())
    shown = (await browser.get("/ilmoitukset")).text
    assert f'<a href="/henkilot/{contact.id}">Anna Tilaaja</a>' in shown
    assert f'<a href="/oikeudet/{right.id}">Anna Tilaaja was named an ordering contact' in shown


async def test_without_javascript_one_notice_is_read_and_then_all(portal: Portal) -> None:
    browser = await portal.signed_in()
    await something_happens(portal, 3)
    answer = await browser.send("/ilmoitukset", "/ilmoitukset/luettu", {})
    assert answer.status_code == 303
    shown = (await browser.get("/ilmoitukset")).text
    assert "Notices, 2 new" in shown and "Read already" in shown
    assert "Read already" not in (await browser.get("/ilmoitukset?nayta=lukemattomat")).text
    assert (await browser.send("/ilmoitukset", "/ilmoitukset/kaikki-luettu", {})).status_code == 303
    shown = (await browser.get("/ilmoitukset")).text
    assert "Notices, 0 new" in shown and "You have read everything" in shown


async def test_what_one_wants_to_be_told_is_one_form(portal: Portal) -> None:
    browser = await portal.signed_in()
    shown = (await browser.get("/asetukset/ilmoitukset")).text
    assert shown.count(" checked") == 2 * len(Topic)
    answer = await browser.send("/asetukset/ilmoitukset", "/asetukset/ilmoitukset", {"bellTopics": ["ORDERS", "HOURS"]})
    assert answer.status_code == 303
    assert (await browser.get("/asetukset/ilmoitukset")).text.count(" checked") == 2
    async with portal.house.sessions() as session:
        wanted = sa.select(NoticePreference.topic, NoticePreference.way).where(NoticePreference.is_wanted)
        assert set(map(tuple, await session.execute(wanted))) == {(Topic.ORDERS, Way.BELL), (Topic.HOURS, Way.BELL)}


async def test_a_mail_that_failed_is_shown_to_the_key_user_alone_who_sends_it_again(portal: Portal) -> None:
    await something_happens(portal)
    async with portal.house.sessions.begin() as session:
        mail = await session.scalar(sa.select(Delivery.id).where(Delivery.way == Way.MAIL).limit(1))
        assert mail is not None
        await verbs.fail_mail(session, SCHEDULE, mail, "550 no such user", is_final=True, now=MORNING)
    assert (await (await portal.signed_in()).get("/ilmoitukset/lahettamatta")).status_code == 403
    browser = await portal.signed_in(portal.key_user)
    assert "550 no such user" in (await browser.get("/ilmoitukset/lahettamatta")).text
    answer = await browser.send("/ilmoitukset/lahettamatta", "/ilmoitukset/lahettamatta", {})
    assert answer.status_code == 303
    assert "Every mail has been sent" in (await browser.get("/ilmoitukset/lahettamatta")).text


async def test_a_demo_shows_the_mails_that_it_does_not_send_and_nothing_else_does(
    portal: Portal, database_url: str, tmp_path: Path
) -> None:
    settings = settings_for(database_url, tmp_path, demo=True)
    body = "Työ toimitettiin.\n\nhttps://portaali.example.fi/tilaukset/1\n"
    given = {"at": MORNING, "address": "maija@example.fi", "subject": "Työ toimitettiin", "body": body}
    open_line(settings).post(Mail(key="notice-7", language=portal.manager.language, **given))
    assert (await portal.browser().get("/postit")).status_code == 404
    async with opened(settings) as demo:
        browser = demo.browser()
        assert 'href="/postit/notice-7"' in (await browser.get("/postit")).text
        assert "notice-7" not in (await browser.get("/postit?kenelle=other@example.fi")).text
        shown = (await browser.get("/postit/notice-7")).text
        assert '<a href="https://portaali.example.fi/tilaukset/1">' in shown
        assert '<div class="mail" lang="fi">' in shown
        assert (await browser.get("/postit/notice-8")).status_code == 404
        assert (await browser.get("/postit/..%2Fdemo")).status_code == 404
