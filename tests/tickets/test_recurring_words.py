"""What recurs is found by the words of titles and descriptions, over all customers and within one (H11.3.4-a)."""

from itertools import cycle

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor
from backend.kit.events import Event
from backend.tickets import recurrence_verbs
from backend.tickets.model import Ticket
from backend.tickets.recurrence_finding import COMMON_LEAST
from backend.tickets.recurrence_model import Recurrence
from backend.tickets.recurrence_queries import visible_recurrences
from backend.tickets.sensitive_verbs import mark_sensitive
from bench.statements import counting
from tests.making import NOW, customer_representative
from tests.tickets.making import Desk, make_desk
from tests.tickets.test_recurrences import PRINTING, evidence, look, report

FIREWALL = (
    "Palomuuri esti yhteyden.", "Yhteys ei mene palomuurin läpi.", "Epäilemme palomuuria.",
    "Palomuurin sääntö puuttuu.", "Taas palomuuri.", "Onko palomuurissa vika?",
)  # fmt: skip
UNLIKE = ("Kirjautuminen", "Raportti", "Siirto", "Hakemus", "Lasku", "Kalenteri")


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await make_desk(session)


async def report_unlike(session: AsyncSession, desk: Desk, said: tuple[str, ...], **more: bool) -> list[Ticket]:
    return await report(session, desk, *UNLIKE[: len(said)], said=said, **more)


async def report_at_each(session: AsyncSession, desk: Desk, *customers: tuple[Actor, int]) -> None:
    for customer, many in customers:
        await report(
            session, desk, *(title for title, _ in zip(cycle(PRINTING), range(many), strict=False)), by=customer
        )


def within(found: list[Recurrence]) -> list[int | None]:
    return [each.customer_id for each in found]


@pytest.mark.rule("H11.3.4-a")
async def test_words_of_descriptions_recur_as_those_of_titles_do_at_half_the_weight(
    session: AsyncSession,
    desk: Desk,
) -> None:
    await report_unlike(session, desk, FIREWALL[:5])
    assert await look(session) == []
    (sixth,) = await report(session, desk, UNLIKE[5], said=FIREWALL[5:])
    (found,) = await look(session)
    assert found.title == "palomuuri"
    assert len(await evidence(session, found)) == 6 and sixth.id in await evidence(session, found)


@pytest.mark.rule("H11.3.4-a")
async def test_a_title_weighs_as_much_as_two_descriptions(session: AsyncSession, desk: Desk) -> None:
    titled = await report(session, desk, "Palomuuri", "Palomuurin vika")
    described = await report_unlike(session, desk, FIREWALL[:1])
    assert await look(session) == []
    described += await report_unlike(session, desk, FIREWALL[1:2])
    (found,) = await look(session)
    assert list(await evidence(session, found)) == sorted(each.id for each in titled + described)


@pytest.mark.rule("H11.3.4-a")
@pytest.mark.parametrize(("percent", "found"), [(0, 0), (100, 1)])
async def test_how_much_a_description_weighs_is_a_term_of_the_agreement(
    session: AsyncSession, percent: int, found: int
) -> None:
    desk = await make_desk(session, recurrence_description_percent=percent)
    await report_unlike(session, desk, FIREWALL[: 3 if percent else 6])
    assert len(await look(session)) == found


@pytest.mark.rule("H11.3.4-a")
async def test_words_that_most_descriptions_have_say_nothing_where_no_title_has_them(
    session: AsyncSession,
    desk: Desk,
) -> None:
    many = COMMON_LEAST + 1
    await report(session, desk, *(f"{n}" for n in range(many)), days_ago=many, said=["Terveisin, inte det"] * many)
    assert await look(session) == []


@pytest.mark.rule("H11.3.4-a")
async def test_words_of_either_language_that_say_nothing_do_not_recur_in_descriptions(
    session: AsyncSession,
    desk: Desk,
) -> None:
    await report_unlike(session, desk, ("Inte alla skulle, eivät nämä olleet",) * 6)
    assert await look(session) == []


@pytest.mark.rule("H11.1-b")
async def test_masked_texts_are_no_evidence_but_their_titles_are(session: AsyncSession, desk: Desk) -> None:
    await report_unlike(session, desk, FIREWALL, is_sensitive=True)
    assert await look(session) == []
    titled = await report(session, desk, *PRINTING, said=FIREWALL[:3], is_sensitive=True)
    (found,) = await look(session)
    assert list(await evidence(session, found)) == [each.id for each in titled]


@pytest.mark.rule("H11.1-b")
async def test_a_text_that_is_masked_afterwards_is_evidence_no_longer(session: AsyncSession, desk: Desk) -> None:
    titled = await report(session, desk, "Palomuuri", "Palomuurin vika", said=FIREWALL[:2])
    described = await report_unlike(session, desk, FIREWALL[2:4])
    (found,) = await look(session)
    for ticket in (titled[0], described[0]):
        await mark_sensitive(session, desk.tiera, text_of=ticket.ref, now=NOW)
    await look(session, days=1)
    assert list(await evidence(session, found)) == [titled[0].id, titled[1].id, described[1].id]


@pytest.mark.rule("H11.3.4-a")
async def test_what_recurs_within_one_customer_is_found_by_itself_beside_what_recurs_over_all(
    session: AsyncSession,
    desk: Desk,
) -> None:
    other = await customer_representative(session)
    await report_at_each(session, desk, (desk.customer, 3))
    (own,) = await look(session)
    assert own.customer_id == desk.customer.organisation_id, "it is not told twice where there is but one"
    await report_at_each(session, desk, (other, 2))
    own, over_all = await look(session)
    assert (over_all.customer_id, own.title, over_all.title) == (None, "tulostuksessa", "tulostuksessa")
    assert [len(await evidence(session, each)) for each in (own, over_all)] == [3, 5]
    await report_at_each(session, desk, (other, 1))
    assert within(await look(session)) == [own.customer_id, None, other.organisation_id]
    assert [len(await evidence(session, each)) for each in await look(session)] == [3, 6, 3]
    noted = sa.select(Event.name).where(Event.name.startswith("recurrence.found")).order_by(Event.id)
    assert list(await session.scalars(noted)) == [
        "recurrence.found",
        "recurrence.found",
        "recurrence.found_at_customer",
    ], "each once; mail of what recurs over all is mail enough"


@pytest.mark.rule("H11.3.4-a")
async def test_how_many_recur_within_one_customer_is_a_term_of_its_own(session: AsyncSession) -> None:
    desk = await make_desk(session, recurrence_least=4, recurrence_least_at_customer=2)
    other = await customer_representative(session)
    await report_at_each(session, desk, (desk.customer, 2), (other, 1))
    assert within(await look(session)) == [desk.customer.organisation_id]
    desk = await make_desk(session, recurrence_least=2, recurrence_least_at_customer=4)
    await report_at_each(session, desk, (desk.customer, 3))
    assert within(await look(session))[1:] == [None]


@pytest.mark.rule("H11.3.4-a")
async def test_what_no_customer_reported_recurs_over_all_alone(session: AsyncSession, desk: Desk) -> None:
    await report_at_each(session, desk, (desk.tiera, 4))
    assert within(await look(session)) == [None]


@pytest.mark.rule("H11.3.4-a")
async def test_what_was_dismissed_over_all_still_recurs_within_one(session: AsyncSession, desk: Desk) -> None:
    other = await customer_representative(session)
    await report_at_each(session, desk, (desk.customer, 2), (other, 2))
    (over_all,) = await look(session)
    await recurrence_verbs.dismiss_recurrence(
        session, desk.supplier, recurrence_id=over_all.id, reason="Eri syitä.", now=NOW
    )
    await report_at_each(session, desk, (other, 1))
    assert within(await look(session)) == [None, other.organisation_id]


@pytest.mark.rule("H11.3.4-a")
async def test_no_customer_sees_what_recurs_within_it_or_within_another(session: AsyncSession, desk: Desk) -> None:
    other = await customer_representative(session)
    await report_at_each(session, desk, (desk.customer, 3), (other, 3))
    assert len(await look(session)) == 3
    for customer in (desk.customer, other):
        assert (
            await session.scalars(sa.select(Recurrence).where(visible_recurrences(customer, Recurrence)))
        ).all() == []


async def test_however_much_recurs_it_is_looked_through_in_as_many_statements(
    session: AsyncSession,
    desk: Desk,
) -> None:
    await report_at_each(session, desk, (desk.customer, 3))
    await look(session)
    with counting() as few:
        await look(session)
    for title in UNLIKE:
        for by in (desk.customer, await customer_representative(session)):
            await report(session, desk, *[title] * 3, by=by)
    assert len(await look(session)) == 1 + 3 * len(UNLIKE)
    with counting() as many:
        await look(session)
    assert len(many) == len(few), many
