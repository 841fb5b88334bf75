"""What recurs is found by words, becomes a problem or is dismissed, and gets a remedy (H11.3.4-a)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE, Actor
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.tickets import handling_verbs, recurrence_queries, recurrence_verbs
from backend.tickets.merging_verbs import merge_tickets
from backend.tickets.model import Ticket, TicketLink
from backend.tickets.recurrence_model import Recurrence
from backend.tickets.recurrence_states import RecurrenceState
from backend.tickets.states import LinkKind, TicketKind
from tests.making import NOW, make_organisation, make_service, supplier_manager
from tests.notices.making import tell, told
from tests.tickets.making import Desk, hand_over, make_desk, make_ticket

DAY = timedelta(days=1)
PRINTING = ("Päätöksen tulostus jää tyhjäksi", "Tulostuksessa näkyy vain otsikko", "Tulostusta ei saa tehtyä")
FAMILIES = (
    "kirjautuminen kirjautumaan kirjautua kirjautumisen kirjautumisvirhe",
    "tulostus tulostuksen tulostuksessa tulostusta",
    "siirto siirrot siirron siirrosta siirtoja",
    "tunnus tunnuksen tunnukset",
    "palvelupyyntö palvelupyynnöt palvelupyynnön",
    "raportti raportin raportit raporttien",
    "hakemus hakemuksen hakemukset hakemusten",
    "liite liitteet liitteen",
    "oppilas oppilaan oppilaita oppilaiden",
    "överföring överföringen överföringar",
)


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await make_desk(session)


async def report(
    session: AsyncSession, desk: Desk, *titles: str, days_ago: int = 10, kind: TicketKind = TicketKind.INCIDENT,
    said: Sequence[str] = (), **more: Any,
) -> list[Ticket]:  # fmt: skip
    """Tickets that have reached the supplier, a day apart; described without a word, or by what was said."""
    return [
        await reach_supplier(session, desk, NOW - (days_ago - n) * DAY, title=title, kind=kind,
                             description=said[n] if said else str(n), **more)
        for n, title in enumerate(titles)
    ]  # fmt: skip


async def reach_supplier(session: AsyncSession, desk: Desk, at: datetime, **changes: Any) -> Ticket:
    return await hand_over(session, desk, await make_ticket(session, desk, now=at, **changes), now=at)


async def look(session: AsyncSession, days: int = 0) -> list[Recurrence]:
    await recurrence_verbs.find_recurrences(session, SCHEDULE, now=NOW + days * DAY)
    return list((await session.scalars(sa.select(Recurrence).order_by(Recurrence.id))).all())


async def evidence(session: AsyncSession, recurrence: Recurrence) -> Sequence[int]:
    return await recurrence_queries.tickets_of(session, recurrence.id)


async def make_found(session: AsyncSession, desk: Desk) -> Recurrence:
    await report(session, desk, *PRINTING)
    (found,) = await look(session)
    return found


async def propose(session: AsyncSession, actor: Actor, recurrence: Recurrence, expected: str = "0.5") -> Recurrence:
    return await recurrence_verbs.propose_remedy(
        session, actor, recurrence_id=recurrence.id, proposal="Tulostuspohja uusitaan.",
        expected_per_month=Decimal(expected), now=NOW,
    )  # fmt: skip


async def make_proposed(session: AsyncSession, desk: Desk) -> Recurrence:
    recurrence = await make_found(session, desk)
    await recurrence_verbs.take_recurrence(session, desk.supplier, recurrence_id=recurrence.id, now=NOW)
    return await propose(session, desk.supplier, recurrence)


@pytest.mark.rule("H11.3.4-a")
async def test_three_faults_of_a_service_that_share_a_word_recur(session: AsyncSession, desk: Desk) -> None:
    tickets = await report(session, desk, *PRINTING, "Raportti ei aukea")
    (found,) = await look(session)
    assert (found.kind, found.service_id, found.state) == (TicketKind.INCIDENT, desk.service.id, RecurrenceState.FOUND)
    assert found.title.startswith("tulostu")
    assert list(await evidence(session, found)) == [ticket.id for ticket in tickets[:3]]
    assert [each.id for each in await look(session)] == [found.id], "looking again finds nothing else"


@pytest.mark.rule("H11.3.4-a")
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.split()[0])
async def test_the_forms_of_a_word_belong_together(session: AsyncSession, family: str) -> None:
    desk = await make_desk(session, recurrence_least=len(family.split()))
    await report(session, desk, *(f"{word.capitalize()} {n}" for n, word in enumerate(family.split())))
    words = [word for each in await look(session) for word in each.title.split(", ")]
    assert set(words) & set(family.split()), words


@pytest.mark.rule("H11.3.4-a")
async def test_service_requests_recur_as_faults_do_and_apart_from_them(session: AsyncSession, desk: Desk) -> None:
    await report(session, desk, *PRINTING[:2])
    await report(session, desk, PRINTING[2], kind=TicketKind.SERVICE_REQUEST)
    assert await look(session) == []
    await report(session, desk, *PRINTING[:2], kind=TicketKind.SERVICE_REQUEST)
    assert [each.kind for each in await look(session)] == [TicketKind.SERVICE_REQUEST]


@pytest.mark.rule("H11.3.4-a")
async def test_words_that_say_nothing_other_services_and_old_tickets_make_nothing_recur(
    session: AsyncSession, desk: Desk
) -> None:
    await report(session, desk, "Se ei ole hyvä", "Nämä eivät ole kunnossa", "Det är inte bra", "Han är inte med")
    await report(session, desk, *PRINTING[:2])
    await report(session, desk, PRINTING[2], days_ago=91)
    desk.service = await make_service(session, desk.parties.agreement, "Toinen palvelu")
    await report(session, desk, PRINTING[2])
    assert await look(session) == []


@pytest.mark.rule("H11.3.4-a")
async def test_how_many_and_how_far_back_are_terms_of_the_agreement(session: AsyncSession) -> None:
    desk = await make_desk(session, recurrence_least=2, recurrence_days=20)
    await report(session, desk, PRINTING[0], days_ago=25)
    await report(session, desk, PRINTING[1])
    assert await look(session) == []
    await report(session, desk, PRINTING[2])
    assert len(await look(session)) == 1


@pytest.mark.rule("H11.4-a")
async def test_what_has_not_reached_the_supplier_is_no_evidence(session: AsyncSession, desk: Desk) -> None:
    await report(session, desk, *PRINTING[:2])
    await make_ticket(session, desk, title=PRINTING[2], now=NOW - DAY)
    assert await look(session) == []


@pytest.mark.rule("H11.3.4-a")
async def test_both_service_managers_are_told_of_what_recurs_once(session: AsyncSession, desk: Desk) -> None:
    await make_found(session, desk)
    await look(session, days=1)
    await tell(session)
    (event,) = (await session.scalars(sa.select(Event).where(Event.name == "recurrence.found"))).all()
    assert await told(session, event) == sorted([desk.tiera.person_id or 0, desk.supplier.person_id or 0])


@pytest.mark.rule("H11.3.4-a")
async def test_one_click_makes_a_problem_with_its_incidents(session: AsyncSession, desk: Desk) -> None:
    recurrence = await make_found(session, desk)
    await recurrence_verbs.take_recurrence(session, desk.supplier, recurrence_id=recurrence.id, now=NOW)
    problem = await session.get_one(Ticket, recurrence.problem_id)
    assert problem.kind is TicketKind.PROBLEM and "tulostu" in problem.title
    links = sa.select(TicketLink.ticket_id).where(
        TicketLink.other_id == problem.id, TicketLink.kind == LinkKind.CAUSED_BY
    )
    assert sorted((await session.scalars(links)).all()) == list(await evidence(session, recurrence))
    with pytest.raises(Refusal) as refused:
        await recurrence_verbs.take_recurrence(session, desk.tiera, recurrence_id=recurrence.id, now=NOW)
    assert refused.value.code is Code.WRONG_STATE


@pytest.mark.rule("H11.3.4-a")
async def test_a_problem_is_made_of_tickets_of_which_some_were_merged(session: AsyncSession, desk: Desk) -> None:
    first, second, third = await report(session, desk, *PRINTING)
    await merge_tickets(session, desk.tiera, ticket_id=second.id, into_id=first.id, reason="Sama asia.", now=NOW)
    (recurrence,) = await look(session)
    await recurrence_verbs.take_recurrence(session, desk.supplier, recurrence_id=recurrence.id, now=NOW)
    links = sa.select(TicketLink.ticket_id).where(TicketLink.other_id == recurrence.problem_id)
    assert sorted((await session.scalars(links)).all()) == [first.id, second.id, third.id]


@pytest.mark.rule("H11.3.4-a")
async def test_what_was_dismissed_comes_again_when_as_many_more_come(session: AsyncSession, desk: Desk) -> None:
    recurrence = await make_found(session, desk)
    with pytest.raises(Refusal):
        await recurrence_verbs.dismiss_recurrence(
            session, desk.supplier, recurrence_id=recurrence.id, reason=" ", now=NOW
        )
    await recurrence_verbs.dismiss_recurrence(
        session, desk.supplier, recurrence_id=recurrence.id, reason="Kolme eri syytä.", now=NOW
    )
    await report(session, desk, *PRINTING[:2], days_ago=-1)
    assert [each.state for each in await look(session, days=4)] == [RecurrenceState.DISMISSED]
    await report(session, desk, PRINTING[2], days_ago=-4)
    (again,) = await look(session, days=5)
    assert (again.state, again.dismissal) == (RecurrenceState.FOUND, "Kolme eri syytä.")
    assert len(await evidence(session, again)) == 6


@pytest.mark.rule("H11.3.4-a")
async def test_a_remedy_is_proposed_by_the_supplier_and_answered_by_tiera(session: AsyncSession, desk: Desk) -> None:
    recurrence = await make_found(session, desk)
    await recurrence_verbs.take_recurrence(session, desk.supplier, recurrence_id=recurrence.id, now=NOW)
    with pytest.raises(Refusal) as refused:
        await propose(session, desk.tiera, recurrence)
    assert refused.value.errors[0].rule == "H11.3.4-a"
    with pytest.raises(Refusal) as refused:
        await propose(session, desk.supplier, recurrence, expected="1.0")
    assert refused.value.errors[0].path == ("expected_per_month",)
    await propose(session, desk.supplier, recurrence)
    assert recurrence.per_month == Decimal("1.0")
    answer = {"recurrence_id": recurrence.id, "now": NOW}
    with pytest.raises(Refusal) as refused:
        await recurrence_verbs.answer_proposal(session, desk.supplier, is_accepted=True, reason="Hyvä.", **answer)
    assert refused.value.code is Code.NOT_PERMITTED
    await recurrence_verbs.answer_proposal(session, desk.tiera, is_accepted=False, reason="Liian kallis.", **answer)
    assert recurrence.state is RecurrenceState.DECLINED
    await propose(session, desk.supplier, recurrence)
    assert recurrence.answer is None
    await recurrence_verbs.answer_proposal(
        session, desk.tiera, is_accepted=True, reason="Tehdään.", opens_change=True, **answer
    )
    assert recurrence.state is RecurrenceState.ACCEPTED
    change = await session.get_one(Ticket, recurrence.change_id)
    assert (change.kind, change.description) == (TicketKind.CHANGE, "Tulostuspohja uusitaan.")


async def test_what_is_wrong_with_the_problem_is_said_at_its_field(session: AsyncSession, desk: Desk) -> None:
    recurrence = await make_found(session, desk)
    for field in ("title", "description"):
        given: dict[str, Any] = {"recurrence_id": recurrence.id, field: "x" * 100_000, "now": NOW}
        with pytest.raises(Refusal) as refused:
            await recurrence_verbs.take_recurrence(session, desk.supplier, **given)
        assert refused.value.errors[0].path == (field,)


@pytest.mark.rule("H11.3.4-a")
async def test_what_is_expected_of_a_remedy_is_on_record_as_it_was_told(session: AsyncSession, desk: Desk) -> None:
    recurrence = await make_found(session, desk)
    await recurrence_verbs.take_recurrence(session, desk.supplier, recurrence_id=recurrence.id, now=NOW)
    for expected, why in (("-1", "nothing or more"), ("0.255", "two decimals"), ("1", "Fewer than now")):
        with pytest.raises(Refusal, match=why):
            await propose(session, desk.supplier, recurrence, expected=expected)
    assert recurrence.proposal is None
    await propose(session, desk.supplier, recurrence, expected="0.25")
    await session.refresh(recurrence)
    told = await session.scalar(sa.select(Event.figures).where(Event.name == "recurrence.remedy_proposed"))
    assert told is not None
    assert (recurrence.expected_per_month, told["expected_rate"]) == (Decimal("0.25"), "0.25")


async def accept(session: AsyncSession, desk: Desk, recurrence: Recurrence) -> None:
    await recurrence_verbs.answer_proposal(
        session, desk.tiera, recurrence_id=recurrence.id, is_accepted=True, reason="Tehdään.", now=NOW
    )


async def resolve_problem(session: AsyncSession, desk: Desk, recurrence: Recurrence) -> None:
    done: dict[str, Any] = {"ticket_id": recurrence.problem_id, "now": NOW}
    await handling_verbs.take_ticket(session, desk.tiera, **done)
    await handling_verbs.write_root_cause(session, desk.tiera, cause="Pohja.", **done)
    await handling_verbs.resolve_ticket(session, desk.tiera, text="Uusittu.", **done)


@pytest.mark.rule("H11.3.4-a")
async def test_later_it_is_seen_whether_it_helped(session: AsyncSession, desk: Desk) -> None:
    recurrence = await make_proposed(session, desk)
    await accept(session, desk, recurrence)
    figures = sa.select(recurrence_queries.remedied_at(Recurrence), recurrence_queries.came_after(Recurrence))
    assert (await session.execute(figures)).one() == (None, None)
    await resolve_problem(session, desk, recurrence)
    await report(session, desk, PRINTING[0], days_ago=-20)
    await look(session, days=21)
    assert (await session.execute(figures)).one() == (NOW, 1)
    months = await session.execute(sa.select(recurrence_queries.MONTHS.c.tickets))
    assert sum(count for (count,) in months) == 4


@pytest.mark.rule("H11.3.4-a")
async def test_what_recurs_although_it_was_remedied_is_told_once_and_proposed_on_anew(
    session: AsyncSession, desk: Desk
) -> None:
    recurrence = await make_proposed(session, desk)
    await accept(session, desk, recurrence)
    await report(session, desk, *PRINTING, days_ago=-5)
    await look(session, days=9)
    assert recurrence.state is RecurrenceState.ACCEPTED, "nothing was done yet that could have helped"
    await resolve_problem(session, desk, recurrence)
    for days in (9, 10):
        assert [each.id for each in await look(session, days=days)] == [recurrence.id]
    again = sa.select(Event.figures["tickets"]).where(Event.name == "recurrence.came_again")
    assert (await session.scalars(again)).all() == [3]
    shown = sa.select(recurrence_queries.came_after(Recurrence))
    assert (recurrence.state, await session.scalar(shown)) == (RecurrenceState.TAKEN, 3)
    await propose(session, desk.supplier, recurrence)
    await accept(session, desk, recurrence)
    assert recurrence.state is RecurrenceState.ACCEPTED


@pytest.mark.rule("H11.3.4-a")
@pytest.mark.parametrize(
    ("expected", "came_after", "state"),
    [
        ("1.5", (30, 60, 88), RecurrenceState.ACCEPTED),
        ("1.33", (30, 50, 70, 88), RecurrenceState.ACCEPTED),
        ("1.32", (30, 50, 70, 88), RecurrenceState.TAKEN),
    ],
)
async def test_more_than_were_expected_after_a_remedy_are_news_and_as_many_are_none(
    session: AsyncSession, desk: Desk, expected: str, came_after: Sequence[int], state: RecurrenceState
) -> None:
    await report(session, desk, *PRINTING)
    recurrence = await make_found(session, desk)
    await recurrence_verbs.take_recurrence(session, desk.supplier, recurrence_id=recurrence.id, now=NOW)
    await propose(session, desk.supplier, recurrence, expected=expected)
    await accept(session, desk, recurrence)
    await resolve_problem(session, desk, recurrence)
    for after in came_after:
        await report(session, desk, PRINTING[0], days_ago=-after)
    await look(session, days=101)
    assert recurrence.state is state


@pytest.mark.rule("H11.3.4-a")
async def test_tiera_and_the_supplier_see_what_recurs_and_nobody_else(session: AsyncSession, desk: Desk) -> None:
    await make_found(session, desk)
    stranger = await supplier_manager(session, await make_organisation(session, desk.supplier.kind))
    for actor, seen in ((desk.tiera, 1), (desk.supplier, 1), (stranger, 0), (desk.customer, 0)):
        wanted = sa.select(sa.func.count()).where(recurrence_queries.visible_recurrences(actor, Recurrence))
        assert await session.scalar(wanted.select_from(Recurrence)) == seen
