"""Whoever asked says how it went; low ratings and missed levels are deviations, with measures, until reported."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.identity.actors import actor_of_errand
from backend.kit.actor import SCHEDULE, Actor
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.notices.letters import Mail
from backend.notices.model import Delivery
from backend.notices.states import Way
from backend.notices.verbs import Handover, begin_mail
from backend.rulebook.roles import Right, Role
from backend.tickets import (
    handling_verbs,
    merging_verbs,
    message_verbs,
    rating_verbs,
)
from backend.tickets.model import Ticket
from backend.tickets.quality_model import QualityDeviation, TicketRating
from backend.tickets.quality_queries import (
    awaits_rating_of,
    visible_ratings,
)
from tests.making import NOW, an_actor, customer_representative, make_organisation, supplier_manager
from tests.notices.making import tell
from tests.tickets.making import Desk, make_desk, make_ticket, make_ticket_at_supplier, newest_waiting, resolve

MONTH = timedelta(days=30)


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await make_desk(session)


async def make_resolved(session: AsyncSession, desk: Desk) -> Ticket:
    """Handed to the supplier and resolved by it; Tiera has released the word of it."""
    ticket = await make_ticket_at_supplier(session, desk)
    return await resolve(session, desk, ticket)


async def make_resolved_by_desk(session: AsyncSession, desk: Desk) -> Ticket:
    """Resolved at Tiera's desk; the supplier never saw it."""
    ticket = await make_ticket(session, desk)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    return await handling_verbs.resolve_ticket(session, desk.tiera, ticket_id=ticket.id, text="Tehty.", now=NOW)


async def rate(session: AsyncSession, actor: Actor, ticket: Ticket, score: int = 5, word: str | None = None) -> Ticket:
    return await rating_verbs.rate_ticket(session, actor, ticket_id=ticket.id, score=score, word=word, now=NOW)


async def deviations(session: AsyncSession) -> list[QualityDeviation]:
    return list((await session.scalars(sa.select(QualityDeviation).order_by(QualityDeviation.id))).all())


@pytest.mark.rule("H10.3-a")
async def test_whoever_asked_for_a_merged_ticket_rates_that_in_which_it_went_on_once(
    session: AsyncSession, desk: Desk
) -> None:
    into = await make_ticket_at_supplier(session, desk)
    neighbour = await customer_representative(session, desk.parties.customer)
    stranger = await customer_representative(session, desk.parties.customer)
    theirs = await make_ticket_at_supplier(session, desk, by=neighbour)
    between = await make_ticket_at_supplier(session, desk)
    for ticket, other in ((theirs, between), (between, into)):
        await merging_verbs.merge_tickets(
            session, desk.tiera, ticket_id=ticket.id, into_id=other.id, reason="Sama asia.", now=NOW
        )
    await resolve(session, desk, into)
    for actor in (desk.customer, neighbour):
        assert await awaits_rating_of(session, actor, into.ref)
        await rate(session, actor, into, score=4)
        assert not await awaits_rating_of(session, actor, into.ref)
        with pytest.raises(Refusal) as refused:
            await rate(session, actor, into, score=1)
        assert refused.value.code is Code.BROKEN_RULE
    assert not await awaits_rating_of(session, stranger, into.ref)
    with pytest.raises(Refusal) as refused:
        await rate(session, stranger, into)
    assert refused.value.code is Code.NOT_PERMITTED
    rated = (await session.scalars(sa.select(TicketRating.rated_by_id).order_by(TicketRating.id))).all()
    assert list(rated) == [desk.customer.person_id, neighbour.person_id], "counted once for each who asked"


@pytest.mark.rule("H10.3-a")
async def test_whoever_asked_rates_a_resolved_ticket_once(session: AsyncSession, desk: Desk) -> None:
    ticket = await make_resolved(session, desk)
    await rate(session, desk.customer, ticket, score=4, word=" Nopeasti. ")
    rating = (await session.scalars(sa.select(TicketRating))).one()
    assert (rating.score, rating.word, rating.resolved_at) == (4, "Nopeasti.", ticket.resolved_at)
    with pytest.raises(Refusal) as refused:
        await rate(session, desk.customer, ticket, score=1)
    assert refused.value.errors[0].rule == "H10.3-a"
    assert await session.scalar(sa.select(sa.func.count()).select_from(TicketRating)) == 1
    assert await deviations(session) == []


@pytest.mark.rule("H10.3-a")
async def test_a_new_resolution_may_be_rated_anew_and_the_old_rating_stays(session: AsyncSession, desk: Desk) -> None:
    ticket = await make_resolved(session, desk)
    await rate(session, desk.customer, ticket, score=3)
    later = NOW + timedelta(hours=1)
    await handling_verbs.reopen_ticket(session, desk.customer, ticket_id=ticket.id, reason="Ei toimi.", now=later)
    with pytest.raises(Refusal) as refused:
        await rate(session, desk.customer, ticket)
    assert refused.value.code is Code.WRONG_STATE
    later += timedelta(hours=1)
    await resolve(session, desk, ticket, now=later)
    await rate(session, desk.customer, ticket, score=5)
    scores = await session.scalars(sa.select(TicketRating.score).order_by(TicketRating.id))
    assert list(scores.all()) == [3, 5]


@pytest.mark.rule("H10.3-a")
async def test_a_closed_ticket_may_still_be_rated_and_an_open_one_not(session: AsyncSession, desk: Desk) -> None:
    opened = await make_ticket(session, desk)
    with pytest.raises(Refusal) as refused:
        await rate(session, desk.customer, opened)
    assert refused.value.code is Code.WRONG_STATE
    ticket = await make_resolved(session, desk)
    await handling_verbs.close_ticket(session, desk.customer, ticket_id=ticket.id, now=NOW)
    await rate(session, desk.customer, ticket)


@pytest.mark.rule("H10.3-a")
async def test_nobody_else_says_how_it_went(session: AsyncSession, desk: Desk) -> None:
    ticket = await make_resolved(session, desk)
    for actor in (desk.tiera, desk.supplier):
        with pytest.raises(Refusal) as refused:
            await rate(session, actor, ticket)
        assert refused.value.code is Code.NOT_PERMITTED
    colleague = an_actor(desk.customer.kind, Role.REPRESENTATIVE, organisation_id=desk.customer.organisation_id or 0)
    with pytest.raises(Refusal) as refused:
        await rate(session, colleague, ticket)
    assert refused.value.errors[0].rule == "H10.3-a"


@pytest.mark.rule("H10.3-a")
@pytest.mark.parametrize("score", [0, 6, -1])
async def test_a_rating_is_from_one_to_five(session: AsyncSession, desk: Desk, score: int) -> None:
    ticket = await make_resolved(session, desk)
    with pytest.raises(Refusal) as refused:
        await rate(session, desk.customer, ticket, score=score)
    assert refused.value.errors[0].path == ("score",)


@pytest.mark.rule("H10.3-a")
async def test_the_word_is_read_by_the_customer_tiera_and_the_supplier_that_has_the_ticket(
    session: AsyncSession, desk: Desk
) -> None:
    await rate(session, desk.customer, await make_resolved(session, desk))
    alone = await make_resolved_by_desk(session, desk)
    await rate(session, desk.customer, alone)
    stranger = await supplier_manager(session, await make_organisation(session, desk.supplier.kind))
    neighbour = an_actor(desk.customer.kind, Role.REPRESENTATIVE, organisation_id=987_654)
    for actor, seen in ((desk.tiera, 2), (desk.customer, 2), (desk.supplier, 1), (stranger, 0), (neighbour, 0)):
        wanted = sa.select(sa.func.count()).select_from(TicketRating).where(visible_ratings(actor, TicketRating))
        assert await session.scalar(wanted) == seen


async def mail_of(session: AsyncSession, event: str, person_id: int | None) -> Mail:
    """What a person is sent of the newest event of a name."""
    await tell(session)
    newest = sa.select(sa.func.max(Event.id)).where(Event.name == event).scalar_subquery()
    wanted = sa.select(Delivery.id).where(
        Delivery.event_id == newest, Delivery.way == Way.MAIL, Delivery.person_id == person_id
    )
    handover = Handover()
    delivery_id = (await session.scalars(wanted)).one()
    await begin_mail(session, SCHEDULE, delivery_id, handover, base_url="https://portaali.test", now=NOW)
    assert handover.mail is not None
    return handover.mail


def secret_in(mail: Mail) -> str:
    return mail.body.partition("https://portaali.test/arvio/")[2].partition("?")[0]


@pytest.mark.rule("H10.3-a")
async def test_the_mail_of_a_resolution_leads_its_asker_to_the_rating_and_to_nothing_else(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_resolved(session, desk)
    mail = await mail_of(session, "ticket.resolved", desk.customer.person_id)
    secret = secret_in(mail)
    assert [mail.body.count(f"/arvio/{secret}?arvosana={score}\n") for score in range(1, 6)] == [1] * 5, (
        "one click each"
    )
    assert "avaa tapaus uudelleen sen sivulla: vastaus tähän viestiin ei avaa sitä" in mail.body
    errand = await actor_of_errand(session, secret, NOW)
    assert errand is not None and errand.about == ticket.ref
    assert errand.actor.rights == {Right.RATE_TICKETS}
    with pytest.raises(Refusal):
        await handling_verbs.close_ticket(session, errand.actor, ticket_id=ticket.id, now=NOW)
    await rate(session, errand.actor, ticket, score=5)
    assert await actor_of_errand(session, secret, NOW + MONTH - timedelta(seconds=1)) is not None
    assert await actor_of_errand(session, secret, NOW + MONTH) is None
    assert await actor_of_errand(session, "somebody's guess", NOW) is None


async def test_who_did_not_ask_is_offered_no_rating(session: AsyncSession, desk: Desk) -> None:
    ticket = await make_resolved(session, desk)
    await rate(session, desk.customer, ticket)
    assert "/arvio/" not in (await mail_of(session, "ticket.resolved", desk.customer.person_id)).body


async def test_a_resolution_that_was_not_released_or_returned_cannot_be_rated(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_ticket_at_supplier(session, desk)
    await handling_verbs.resolve_ticket(session, desk.supplier, ticket_id=ticket.id, text="Tehty.", now=NOW)
    for decide in (None, message_verbs.return_message):
        if decide:
            message = await newest_waiting(session, ticket)
            await decide(session, desk.tiera, message_id=message.id, reason="Miten?", now=NOW)
        with pytest.raises(Refusal) as refused:
            await rate(session, desk.customer, ticket)
        assert refused.value.code is Code.WRONG_STATE
