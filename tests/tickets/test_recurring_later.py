"""What comes later of what is known to recur: known again by any of its words, however few come (H11.3.4-a)."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.events import Event
from backend.tickets import handling_verbs, recurrence_queries, recurrence_verbs
from backend.tickets.merging_verbs import merge_tickets
from backend.tickets.model import Ticket
from backend.tickets.recurrence_model import FormerProposal, Recurrence
from backend.tickets.recurrence_states import RecurrenceState
from backend.tickets.rules import MOST_LETTERS_IN_A_TITLE
from backend.tickets.states import TicketKind
from tests.making import NOW, customer_representative
from tests.tickets.making import Desk, make_desk, make_ticket
from tests.tickets.test_recurrences import (
    DAY,
    PRINTING,
    accept,
    evidence,
    look,
    make_proposed,
    propose,
    report,
    resolve_problem,
)

CALENDARS = ("Kalenteri ja oppilaat", "Oppilaan kalenteri", "Oppilaiden kalenterit")


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await make_desk(session)


async def came_after(session: AsyncSession, recurrence: Recurrence) -> int | None:
    wanted = sa.select(recurrence_queries.came_after(Recurrence)).where(Recurrence.id == recurrence.id)
    return await session.scalar(wanted)


async def found_events(session: AsyncSession) -> list[str]:
    wanted = sa.select(Event.name).where(Event.name.startswith("recurrence.found")).order_by(Event.id)
    return list(await session.scalars(wanted))


@pytest.mark.rule("H11.3.4-a")
async def test_one_that_comes_long_after_a_remedy_is_counted(session: AsyncSession, desk: Desk) -> None:
    recurrence = await make_proposed(session, desk)
    await accept(session, desk, recurrence)
    await resolve_problem(session, desk, recurrence)
    await report(session, desk, PRINTING[0], days_ago=-100)
    await look(session, days=101)
    assert (await came_after(session, recurrence), recurrence.state) == (1, RecurrenceState.ACCEPTED)


@pytest.mark.rule("H11.3.4-a")
async def test_one_more_that_has_but_one_of_the_words_is_of_what_recurs_and_no_news(
    session: AsyncSession, desk: Desk
) -> None:
    await report(session, desk, *CALENDARS)
    (found,) = await look(session)
    assert found.title.count(",") == 1, "two words"
    for title in ("Kalenteri", "Oppilas"):
        await report(session, desk, title, days_ago=1)
        assert await look(session) == [found]
    assert len(await evidence(session, found)) == 5
    assert await found_events(session) == ["recurrence.found"]


@pytest.mark.rule("H11.3.4-a")
async def test_one_more_does_not_undo_a_dismissal(session: AsyncSession, desk: Desk) -> None:
    await report(session, desk, *CALENDARS)
    (found,) = await look(session)
    await recurrence_verbs.dismiss_recurrence(
        session, desk.supplier, recurrence_id=found.id, reason="Kolme eri syytä.", now=NOW
    )
    await report(session, desk, "Kalenteri", days_ago=-1)
    assert [each.state for each in await look(session, days=2)] == [RecurrenceState.DISMISSED]


STUCK = ("Tulostin: paperitukos", "Tulostimen paperitukos", "Paperitukos tulostimessa", "Tulostin ei käynnisty")
ELSEWHERE = ("Skannerin paperitukos", "Kopiokoneen paperitukos", "Faksin paperitukos")


async def make_dismissed(session: AsyncSession, desk: Desk, *titles: str) -> Recurrence:
    await report(session, desk, *titles)
    (found,) = await look(session)
    await recurrence_verbs.dismiss_recurrence(session, desk.supplier, recurrence_id=found.id, reason="Ei.", now=NOW)
    return found


@pytest.mark.rule("H11.3.4-a")
async def test_one_more_does_not_undo_a_dismissal_by_a_word_that_only_some_of_its_tickets_share(
    session: AsyncSession, desk: Desk
) -> None:
    dismissed = await make_dismissed(session, desk, *STUCK)
    assert dismissed.title == "tulostin"
    for title, state in zip(ELSEWHERE, ("dismissed", "dismissed", "found"), strict=True):
        await report(session, desk, title, days_ago=-1)
        assert [each.state for each in await look(session, days=2)] == [state]
    assert len(await evidence(session, dismissed)) == 7


@pytest.mark.rule("H11.3.4-a")
async def test_what_rests_mostly_on_other_tickets_is_something_else_though_it_has_some_of_a_dismissed_one(
    session: AsyncSession, desk: Desk
) -> None:
    dismissed = await make_dismissed(session, desk, *STUCK)
    await report(session, desk, *ELSEWHERE, days_ago=-1)
    _, found = await look(session, days=4)
    assert (dismissed.state, found.title, found.state) == ("dismissed", "paperitukos", "found")
    assert len(await evidence(session, found)) == 6


@pytest.mark.rule("H11.3.4-a")
async def test_what_was_dismissed_comes_again_also_where_it_is_known_by_its_later_tickets_alone(
    session: AsyncSession, desk: Desk
) -> None:
    dismissed = await make_dismissed(session, desk, *STUCK)
    for title in ELSEWHERE[:2]:
        await report(session, desk, title, days_ago=-1)
        await look(session, days=2)
    await report(session, desk, ELSEWHERE[2], days_ago=-84)
    assert await look(session, days=85) == [dismissed], "none in the window has its word any more"
    assert dismissed.state is RecurrenceState.FOUND


@pytest.mark.rule("H11.3.4-a")
async def test_descriptions_weigh_in_part_also_when_what_was_dismissed_comes_again(
    session: AsyncSession, desk: Desk
) -> None:
    await report(session, desk, *PRINTING)
    (found,) = await look(session)
    await recurrence_verbs.dismiss_recurrence(session, desk.supplier, recurrence_id=found.id, reason="Ei.", now=NOW)
    for many, state in ((5, RecurrenceState.DISMISSED), (1, RecurrenceState.FOUND)):
        await report(session, desk, *"ABCDE"[:many], days_ago=-1, said=["Tulostus ei toimi"] * many)
        assert [each.state for each in await look(session, days=8)] == [state]


@pytest.mark.rule("H11.3.4-a")
async def test_what_one_customer_reports_later_is_of_what_recurs_over_all_too(
    session: AsyncSession, desk: Desk
) -> None:
    other = await customer_representative(session)
    await report(session, desk, *PRINTING[:2])
    await report(session, desk, *PRINTING[:2], by=other)
    (over_all,) = await look(session)
    await recurrence_verbs.take_recurrence(session, desk.supplier, recurrence_id=over_all.id, now=NOW)
    await propose(session, desk.supplier, over_all)
    await accept(session, desk, over_all)
    await resolve_problem(session, desk, over_all)
    await report(session, desk, *PRINTING, by=other, days_ago=-100)
    _, within = await look(session, days=104)
    assert within.customer_id == other.organisation_id
    assert (await came_after(session, over_all), over_all.state) == (3, RecurrenceState.TAKEN)
    assert await found_events(session) == ["recurrence.found", "recurrence.found_at_customer"]


@pytest.mark.rule("H11.3.4-a")
async def test_a_remedy_holds_since_that_was_resolved_in_which_its_problem_goes_on(
    session: AsyncSession, desk: Desk
) -> None:
    recurrence = await make_proposed(session, desk)
    await accept(session, desk, recurrence)
    other = await make_ticket(session, desk, by=desk.supplier, kind=TicketKind.PROBLEM)
    merged: dict[str, Any] = {"ticket_id": recurrence.problem_id, "into_id": other.id, "reason": "Sama.", "now": NOW}
    await merge_tickets(session, desk.tiera, **merged)
    remedied = sa.select(recurrence_queries.remedied_at(Recurrence))
    assert await session.scalar(remedied) is None
    done: dict[str, Any] = {"ticket_id": other.id, "now": NOW}
    await handling_verbs.take_ticket(session, desk.tiera, **done)
    await handling_verbs.write_root_cause(session, desk.tiera, cause="Pohja.", **done)
    await handling_verbs.resolve_ticket(session, desk.tiera, text="Uusittu.", **done)
    assert await session.scalar(remedied) == NOW
    await report(session, desk, PRINTING[0], days_ago=-20)
    await look(session, days=21)
    assert await came_after(session, recurrence) == 1


@pytest.mark.rule("H11.3.4-a")
async def test_a_further_remedy_holds_since_it_was_accepted(session: AsyncSession, desk: Desk) -> None:
    recurrence = await make_proposed(session, desk)
    await accept(session, desk, recurrence)
    await resolve_problem(session, desk, recurrence)
    await report(session, desk, *PRINTING, days_ago=-1)
    await look(session, days=5)
    assert recurrence.state is RecurrenceState.TAKEN, "it came again"
    await propose(session, desk.supplier, recurrence)
    accepted: dict[str, Any] = {"recurrence_id": recurrence.id, "is_accepted": True, "reason": "Tehdään."}
    await recurrence_verbs.answer_proposal(session, desk.tiera, now=NOW + 6 * DAY, **accepted)
    assert (await came_after(session, recurrence)) == 0
    for days, state in ((6, RecurrenceState.ACCEPTED), (10, RecurrenceState.TAKEN)):
        await look(session, days=days)
        assert recurrence.state is state
        await report(session, desk, *PRINTING, days_ago=-7)


@pytest.mark.rule("H11.3.4-a")
async def test_by_how_many_in_how_many_days_a_remedy_was_judged_is_on_record(session: AsyncSession, desk: Desk) -> None:
    await report(session, desk, *PRINTING)
    (recurrence,) = await look(session)
    await recurrence_verbs.take_recurrence(session, desk.supplier, recurrence_id=recurrence.id, now=NOW)
    await propose(session, desk.supplier, recurrence, expected="0.9")
    await accept(session, desk, recurrence)
    await resolve_problem(session, desk, recurrence)
    figures = (recurrence_queries.judged_at, recurrence_queries.judged_days, recurrence_queries.judged_tickets)
    judged = sa.select(*(each(Recurrence) for each in figures))
    await report(session, desk, *PRINTING, days_ago=-175)
    assert (await session.execute(judged)).one() == (None, None, None)
    await look(session, days=180)
    assert recurrence.state is RecurrenceState.TAKEN, "three in ninety days, though not in all the days since"
    assert (await session.execute(judged)).one() == (NOW + 180 * DAY, 90, 3)
    await propose(session, desk.supplier, recurrence)
    assert (await session.execute(judged)).one() == (None, None, None), "another remedy is judged anew"


@pytest.mark.rule("H11.3.4-a")
async def test_a_problem_is_made_of_what_shares_as_many_words_as_a_title_holds(
    session: AsyncSession, desk: Desk
) -> None:
    words = "kirjautumisessa palvelupyynnöissä oppilastiedoissa raportoinnissa päätöksenteossa tulostamisessa"
    titles = [
        f"{words} lukujärjestyksissä varhaiskasvatuksessa hakemuskäsittelyssä laskutusaineistoissa kalenterissa {n}"
        for n in range(3)
    ]
    await report(session, desk, *titles)
    (found,) = await look(session)
    assert MOST_LETTERS_IN_A_TITLE - 10 < len(found.title) <= MOST_LETTERS_IN_A_TITLE
    await recurrence_verbs.take_recurrence(session, desk.supplier, recurrence_id=found.id, now=NOW)
    problem = await session.get_one(Ticket, found.problem_id)
    assert len(problem.title) == MOST_LETTERS_IN_A_TITLE


async def answered_before(session: AsyncSession, recurrence: Recurrence) -> list[tuple[bool | None, str | None]]:
    """What Tiera answered to what was proposed before, the oldest first."""
    its = sa.select(FormerProposal.is_accepted, FormerProposal.answer).where(
        FormerProposal.recurrence_id == recurrence.id
    )
    return [(row.is_accepted, row.answer) for row in await session.execute(its.order_by(FormerProposal.id))]


@pytest.mark.rule("H11.3.4-a")
async def test_what_a_problem_was_made_of_that_is_withdrawn_is_looked_at_again(
    session: AsyncSession, desk: Desk
) -> None:
    recurrence = await make_proposed(session, desk)
    declined: dict[str, Any] = {"recurrence_id": recurrence.id, "is_accepted": False, "reason": "Ei.", "now": NOW}
    await recurrence_verbs.answer_proposal(session, desk.tiera, **declined)
    for again in (recurrence_verbs.take_recurrence, None):
        other = await make_ticket(session, desk, by=desk.supplier, kind=TicketKind.PROBLEM)
        merged: dict[str, Any] = {"ticket_id": recurrence.problem_id, "into_id": other.id, "reason": "Sama."}
        await merge_tickets(session, desk.tiera, **merged, now=NOW)
        later = NOW + DAY
        await handling_verbs.withdraw_ticket(session, desk.tiera, ticket_id=other.id, reason="Ei ole.", now=later)
        assert (recurrence.state, recurrence.problem_id) == (RecurrenceState.FOUND, None)
        assert recurrence.found_at == later
        if again:
            assert (recurrence.is_accepted, recurrence.answer) == (False, "Ei."), "the reason stays on its page"
            await again(session, desk.supplier, recurrence_id=recurrence.id, now=NOW)
            assert (recurrence.state, recurrence.proposal) == (RecurrenceState.TAKEN, None)
            assert await answered_before(session, recurrence) == [(False, "Ei.")]
    await recurrence_verbs.dismiss_recurrence(session, desk.tiera, recurrence_id=recurrence.id, reason="Ei.", now=NOW)
    assert recurrence.state is RecurrenceState.DISMISSED
    told = sa.select(Event.from_state).where(Event.name == "recurrence.returned").order_by(Event.id)
    assert (await session.scalars(told)).all() == ["declined", "taken"]


@pytest.mark.rule("H11.3.4-a")
async def test_what_is_declined_after_its_problem_was_withdrawn_is_looked_at_again(
    session: AsyncSession, desk: Desk
) -> None:
    recurrence = await make_proposed(session, desk)
    problem_id = recurrence.problem_id or 0
    await handling_verbs.withdraw_ticket(session, desk.tiera, ticket_id=problem_id, reason="Ei ole.", now=NOW)
    assert recurrence.state is RecurrenceState.PROPOSED, "it is answered first"
    await recurrence_verbs.answer_proposal(
        session, desk.tiera, recurrence_id=recurrence.id, is_accepted=False, reason="Ei.", now=NOW
    )
    assert (recurrence.state, recurrence.problem_id) == (RecurrenceState.FOUND, None)
    assert (recurrence.is_accepted, recurrence.answer) == (False, "Ei.")


@pytest.mark.rule("H11.3.4-a")
async def test_each_answer_stays_readable_whatever_is_proposed_after_it(session: AsyncSession, desk: Desk) -> None:
    recurrence = await make_proposed(session, desk)
    declined: dict[str, Any] = {"recurrence_id": recurrence.id, "is_accepted": False, "now": NOW}
    for reason in ("Liian kallis.", "Liian hidas."):
        await recurrence_verbs.answer_proposal(session, desk.tiera, reason=reason, **declined)
        await propose(session, desk.supplier, recurrence)
        assert (recurrence.is_accepted, recurrence.answer, recurrence.answered_at) == (None, None, None)
    await accept(session, desk, recurrence)
    await resolve_problem(session, desk, recurrence)
    await report(session, desk, *PRINTING, days_ago=-1)
    await look(session, days=5)
    await propose(session, desk.supplier, recurrence)
    said = [(False, "Liian kallis."), (False, "Liian hidas."), (True, "Tehdään.")]
    assert await answered_before(session, recurrence) == said


@pytest.mark.rule("H11.3.4-a")
async def test_a_remedy_that_was_accepted_outlives_its_problem(session: AsyncSession, desk: Desk) -> None:
    recurrence = await make_proposed(session, desk)
    await accept(session, desk, recurrence)
    await handling_verbs.withdraw_ticket(
        session, desk.tiera, ticket_id=recurrence.problem_id or 0, reason="Ei ole.", now=NOW
    )
    assert recurrence.state is RecurrenceState.ACCEPTED
