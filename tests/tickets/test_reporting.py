"""A ticket comes to be, goes where it should, and every step is on record."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Language
from backend.kit.events import Audience, Event
from backend.kit.faults import Code, Refusal
from backend.kit.refs import Ref
from backend.notices.wording import say
from backend.rulebook.choices import SupportModel
from backend.rulebook.roles import Role
from backend.tickets import handling_verbs, passing_verbs, reporting_verbs
from backend.tickets.model import Ticket, TicketLink, TicketMessage, TicketWatcher
from backend.tickets.states import (
    Holder,
    LinkKind,
    MessageKind,
    Reach,
    TicketKind,
    TicketState,
)
from tests.making import NOW, make_person, make_role, tiera_key_user, tiera_service_manager
from tests.notices.making import tell, told
from tests.orders.making import make_ordered, make_parties
from tests.tickets.making import (
    HOUR,
    hand_over,
    make_desk,
    make_ticket,
    make_ticket_at_supplier,
    resolve,
    write,
)


async def record_of(session: AsyncSession, ticket: Ticket) -> list[tuple[str, str | None, int | None]]:
    wanted = sa.select(Event.name, Event.to_state, Event.person_id).where(
        Event.subject_kind == "Ticket", Event.subject_id == ticket.id
    )
    return [tuple(row) for row in (await session.execute(wanted.order_by(Event.id))).all()]


@pytest.mark.rule("H11.7.2-a")
async def test_a_report_is_on_record_with_who_when_and_what_and_every_step_after(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    assert ticket.number.startswith("TIK-2026-")
    assert (ticket.state, ticket.reported_at, ticket.requester_id) == (TicketState.NEW, NOW, desk.customer.person_id)
    assert ticket.customer_id == desk.customer.organisation_id
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW + HOUR)
    await handling_verbs.resolve_ticket(session, desk.tiera, ticket_id=ticket.id, text="Restarted.", now=NOW + 2 * HOUR)
    await handling_verbs.close_ticket(session, desk.customer, ticket_id=ticket.id, now=NOW + 3 * HOUR)
    assert await record_of(session, ticket) == [
        ("ticket.reported", "new", desk.customer.person_id),
        ("ticket.taken", "open", desk.tiera.person_id),
        ("ticket.resolved", "resolved", desk.tiera.person_id),
        ("ticket.closed", "closed", desk.customer.person_id),
    ]


@pytest.mark.rule("H11.7.2-a")
async def test_numbers_have_no_gaps_and_a_refused_report_takes_none(session: AsyncSession) -> None:
    desk = await make_desk(session)
    first = await make_ticket(session, desk)
    with pytest.raises(Refusal) as refused:
        async with session.begin_nested():
            await make_ticket(session, desk, title="   ")
    assert refused.value.errors[0].path == ("report", "title")
    second = await make_ticket(session, desk)
    assert int(second.number[-5:]) == int(first.number[-5:]) + 1


@pytest.mark.parametrize(
    ("model", "holder"),
    [(SupportModel.DESK_FIRST, Holder.DESK), (SupportModel.SUPPLIER_DIRECT, Holder.SUPPLIER)],
)
@pytest.mark.rule("H11.4-b")
async def test_a_customers_ticket_goes_where_the_agreements_support_model_says(
    session: AsyncSession, model: SupportModel, holder: Holder
) -> None:
    desk = await make_desk(session, support_model=model)
    ticket = await make_ticket(session, desk)
    assert ticket.holder is holder
    assert (ticket.reached_supplier_at is not None) is (holder is Holder.SUPPLIER)
    by_tiera = await make_ticket(session, desk, by=desk.tiera, customer_id=desk.parties.customer.id)
    assert by_tiera.holder is Holder.DESK


async def test_tiera_reports_for_a_customers_person(session: AsyncSession) -> None:
    desk = await make_desk(session)
    asker = await make_person(session)
    await make_role(session, asker, desk.parties.customer, Role.REPRESENTATIVE)
    ticket = await make_ticket(
        session, desk, by=desk.tiera, customer_id=desk.parties.customer.id, requester_id=asker.id
    )
    assert (ticket.requester_id, ticket.reported_by_id) == (asker.id, desk.tiera.person_id)
    with pytest.raises(Refusal):
        await make_ticket(session, desk, by=desk.tiera, requester_id=asker.id)
    stranger = await make_person(session)
    with pytest.raises(Refusal) as refused:
        await make_ticket(session, desk, by=desk.tiera, customer_id=desk.parties.customer.id, requester_id=stranger.id)
    assert refused.value.code is Code.NOT_FOUND
    assert str(refused.value.errors[0].message).endswith(f"in {desk.parties.customer.name}."), "it says where"


@pytest.mark.rule("H11.4-a")
async def test_a_supplier_reports_its_own_services_to_tiera_and_nothing_for_a_customer(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk, by=desk.supplier, kind=TicketKind.PROBLEM)
    assert (ticket.customer_id, ticket.holder) == (None, Holder.DESK)
    assert ticket.reached_supplier_at is not None
    with pytest.raises(Refusal) as refused:
        await make_ticket(session, desk, by=desk.supplier, customer_id=desk.parties.customer.id)
    assert refused.value.errors[0].rule == "H11.4-a"
    others = await make_desk(session)
    with pytest.raises(Refusal) as refused:
        await make_ticket(session, others, by=desk.supplier)
    assert refused.value.code is Code.NOT_FOUND


@pytest.mark.parametrize("kind", [TicketKind.PROBLEM, TicketKind.CHANGE])
@pytest.mark.rule("H11.2.3-a")
async def test_customers_report_incidents_and_requests_only(session: AsyncSession, kind: TicketKind) -> None:
    desk = await make_desk(session)
    with pytest.raises(Refusal) as refused:
        await make_ticket(session, desk, kind=kind)
    assert refused.value.errors[0].rule == "H11.2.3-a"
    assert await session.scalar(sa.select(sa.func.count()).select_from(Ticket)) == 0


@pytest.mark.rule("H11.4-b")
async def test_a_ticket_passes_to_the_supplier_and_back_with_reasons_that_both_read(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    assert (ticket.holder, ticket.assignee_id) == (Holder.SUPPLIER, desk.supplier.person_id)
    with pytest.raises(Refusal) as refused:
        await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    assert refused.value.errors[0].code is Code.NOT_PERMITTED
    await passing_verbs.hand_back_ticket(
        session, desk.supplier, ticket_id=ticket.id, reason="The network is not ours.", now=NOW + HOUR
    )
    assert (ticket.holder, ticket.assignee_id) == (Holder.DESK, None)
    await hand_over(session, desk, ticket, now=NOW + 2 * HOUR)
    await passing_verbs.recall_ticket(
        session, desk.tiera, ticket_id=ticket.id, reason="We know more now.", now=NOW + 3 * HOUR
    )
    messages = (await session.scalars(sa.select(TicketMessage).where(TicketMessage.ticket_id == ticket.id))).all()
    assert [message.kind for message in messages] == [MessageKind.HANDOVER] * 4
    assert {message.audience for message in messages} == {Audience.BOTH}
    assert len(messages) == 4


@pytest.mark.parametrize("reason", ["", "  "])
@pytest.mark.rule("H11.4-b")
async def test_a_ticket_is_not_handed_on_without_a_reason(session: AsyncSession, reason: str) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    with pytest.raises(Refusal) as refused:
        async with session.begin_nested():
            await passing_verbs.hand_over_ticket(session, desk.tiera, ticket_id=ticket.id, reason=reason, now=NOW)
    assert refused.value.errors[0].path == ("reason",)
    await session.refresh(ticket)
    assert (ticket.holder, ticket.reached_supplier_at) == (Holder.DESK, None)


async def test_an_incident_of_wide_reach_is_resolved_without_its_root_cause_and_not_closed(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk, reach=Reach.MANY)
    await resolve(session, desk, ticket)
    with pytest.raises(Refusal) as refused:
        await handling_verbs.close_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    assert refused.value.errors[0].rule == "H11.2.3-b"
    assert ticket.state is TicketState.RESOLVED
    await handling_verbs.write_root_cause(
        session, desk.supplier, ticket_id=ticket.id, cause="The certificate had run out.", now=NOW
    )
    await handling_verbs.close_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    assert (ticket.state, ticket.root_cause) == (TicketState.CLOSED, "The certificate had run out.")


@pytest.mark.rule("H11.2.3-a")
async def test_a_ticket_follows_from_an_order_and_is_nothing_else_to_it(session: AsyncSession) -> None:
    desk = await make_desk(session)
    order, ticket = await make_ordered(session, desk.parties), await make_ticket(session, desk)
    its = {"ticket_id": ticket.id, "other": order.ref, "now": NOW}
    with pytest.raises(Refusal) as refused:
        await passing_verbs.link_tickets(session, desk.tiera, kind=LinkKind.CAUSED_BY, **its)
    assert (refused.value.errors[0].rule, refused.value.errors[0].path) == ("H11.2.3-a", ("kind",))
    for _ in range(2):
        await passing_verbs.link_tickets(session, desk.tiera, kind=LinkKind.FOLLOWS_FROM, **its)
    link = (await session.scalars(sa.select(TicketLink))).one()
    assert (link.ticket_id, link.other_kind, link.other_id) == (ticket.id, "Order", order.id)
    await passing_verbs.unlink_tickets(session, desk.tiera, kind=LinkKind.FOLLOWS_FROM, **its)
    assert link.ended_at == NOW
    with pytest.raises(Refusal) as gone:
        await passing_verbs.unlink_tickets(session, desk.tiera, kind=LinkKind.FOLLOWS_FROM, **its)
    assert gone.value.code is Code.NOT_FOUND


async def test_a_ticket_is_linked_to_no_order_that_one_does_not_see(session: AsyncSession) -> None:
    desk, others = await make_desk(session), await make_parties(session)
    order, ticket = await make_ordered(session, others), await make_ticket_at_supplier(session, desk)
    for other in (order.ref, Ref("Order", 999_999), Ref("Invoice", 1)):
        with pytest.raises(Refusal) as refused:
            await passing_verbs.link_tickets(
                session, desk.supplier, ticket_id=ticket.id, kind=LinkKind.FOLLOWS_FROM, other=other, now=NOW
            )
        assert (refused.value.code, refused.value.errors[0].path) == (Code.NOT_FOUND, ("other",))


@pytest.mark.rule("H11.2.3-a")
async def test_a_problem_gathers_incidents_and_a_change_comes_out_of_it(session: AsyncSession) -> None:
    desk = await make_desk(session)
    incidents = [await make_ticket(session, desk) for _ in range(2)]
    problem = await make_ticket(session, desk, by=desk.tiera, kind=TicketKind.PROBLEM)
    change = await make_ticket(session, desk, by=desk.tiera, kind=TicketKind.CHANGE)
    for ticket, kind, other in (
        (incidents[0], LinkKind.CAUSED_BY, problem),
        (incidents[1], LinkKind.CAUSED_BY, problem),
        (incidents[1], LinkKind.CAUSED_BY, problem),
        (change, LinkKind.FOLLOWS_FROM, problem),
    ):
        await passing_verbs.link_tickets(session, desk.tiera, ticket_id=ticket.id, kind=kind, other=other.ref, now=NOW)
    assert len((await session.scalars(sa.select(TicketLink).where(TicketLink.other_id == problem.id))).all()) == 3
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=problem.id, now=NOW)
    with pytest.raises(Refusal) as refused:
        await handling_verbs.resolve_ticket(session, desk.tiera, ticket_id=problem.id, text="Done.", now=NOW)
    assert refused.value.code is Code.WRONG_STATE
    await handling_verbs.write_root_cause(session, desk.tiera, ticket_id=problem.id, cause="A full disk.", now=NOW)
    assert problem.state is TicketState.KNOWN
    await passing_verbs.unlink_tickets(
        session, desk.tiera, ticket_id=change.id, kind=LinkKind.FOLLOWS_FROM, other=problem.ref, now=NOW
    )
    ended = (await session.scalars(sa.select(TicketLink).where(TicketLink.ended_at.is_not(None)))).one()
    assert ended.ticket_id == change.id


@pytest.mark.rule("D0-f")
async def test_nobody_decides_on_a_change_that_they_asked_for(session: AsyncSession) -> None:
    desk = await make_desk(session)
    change = await make_ticket(session, desk, by=desk.tiera, kind=TicketKind.CHANGE)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=change.id, now=NOW)
    with pytest.raises(Refusal) as refused:
        await handling_verbs.decide_change(
            session, desk.tiera, ticket_id=change.id, is_approved=True, reason="Good.", now=NOW
        )
    assert refused.value.errors[0].rule == "D0-f"
    assert change.state is TicketState.OPEN


async def test_a_lost_update_of_what_a_ticket_is_called_is_refused(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)

    async def sort(version: int) -> Ticket:
        return await reporting_verbs.sort_ticket(
            session,
            desk.tiera,
            ticket_id=ticket.id,
            title="Sign-in of guardians",
            tags=["Login", "login ", "guardians"],
            team="Second line",
            expected_version=version,
            now=NOW,
        )

    await sort(1)
    assert (ticket.tags, ticket.team, ticket.version) == (["login", "guardians"], "Second line", 2)
    with pytest.raises(Refusal) as refused:
        await sort(1)
    assert refused.value.code is Code.VERSION_CONFLICT


async def kept_of(session: AsyncSession, ticket: Ticket, *names: str) -> list[tuple[str, Audience, dict[str, Any]]]:
    wanted = sa.select(Event).where(Event.subject_id == ticket.id, Event.name.in_([f"ticket.{name}" for name in names]))
    found = (await session.scalars(wanted.order_by(Event.id))).all()
    return [(event.name.removeprefix("ticket."), event.audience, event.figures) for event in found]


@pytest.mark.rule("H11.7.2-a")
async def test_to_whom_a_ticket_was_given_and_from_whom_it_went_is_on_record(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    other = await tiera_service_manager(session)
    at: dict[str, Any] = {"ticket_id": ticket.id, "now": NOW}
    await handling_verbs.take_ticket(session, desk.tiera, **at)
    seen = ticket.version
    await handling_verbs.take_ticket(session, desk.tiera, person_id=other.person_id, team="Second line", **at)
    said: dict[str, Any] = {"title": "Login", "tags": [], "team": None, "expected_version": seen}
    with pytest.raises(Refusal, match="changed this meanwhile"):  # it would take the team away again, unseen
        await reporting_verbs.sort_ticket(session, desk.tiera, ticket_id=ticket.id, **said, now=NOW)
    await handling_verbs.take_ticket(session, desk.tiera, person_id=other.person_id, **at)
    await passing_verbs.hand_over_ticket(session, desk.tiera, reason="Yours.", **at)
    mine, theirs = (f"Person:{actor.person_id}" for actor in (desk.tiera, other))
    both = Audience.BOTH
    assert await kept_of(session, ticket, "given", "freed", "team_set") == [
        ("given", both, {"person": theirs, "former": mine}),
        ("team_set", both, {"team": "Second line", "former": None}),
        ("freed", both, {"person": theirs}),
        ("team_set", both, {"team": None, "former": "Second line"}),
    ]
    await tell(session)
    given = (await session.scalars(sa.select(Event).where(Event.name == "ticket.given"))).one()
    taken = (await session.scalars(sa.select(Event).where(Event.name == "ticket.taken"))).all()
    assert await told(session, given) == [other.person_id]
    assert [await told(session, event) for event in taken] == [[], [], []]


@pytest.mark.rule("H11.7.2-a")
async def test_a_ticket_is_given_to_those_who_may_handle_it(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    for other, code in ((await tiera_key_user(session), Code.BROKEN_RULE), (desk.supplier, Code.NOT_FOUND)):
        at: dict[str, Any] = {"ticket_id": ticket.id, "person_id": other.person_id, "now": NOW}
        with pytest.raises(Refusal) as refused:
            await handling_verbs.take_ticket(session, desk.tiera, **at)
        assert (refused.value.code, refused.value.errors[0].path) == (code, ("person_id",))
    assert ticket.assignee_id is None


@pytest.mark.rule("H11.7.2-a")
async def test_what_tags_and_team_were_is_on_record_and_told_in_three_languages(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    for version, (tags, team) in enumerate([(["login"], "Web"), (["login"], "Web"), ([], None)], 1):
        said: dict[str, Any] = {"title": ticket.title, "tags": tags, "team": team, "expected_version": version}
        await reporting_verbs.sort_ticket(session, desk.tiera, ticket_id=ticket.id, **said, now=NOW)
    kept = await kept_of(session, ticket, "tagged", "team_set")
    assert kept == [
        ("tagged", Audience.BOTH, {"tags": ["login"], "former": None}),
        ("team_set", Audience.BOTH, {"team": "Web", "former": None}),
        ("tagged", Audience.BOTH, {"tags": None, "former": ["login"]}),
        ("team_set", Audience.BOTH, {"team": None, "former": "Web"}),
    ]
    assert [say(language, "ticket.tagged", kept[0][2]) for language in (Language.EN, Language.FI, Language.SV)] == [
        "The ticket's tags are now: login; before they were: –.",
        "Tapauksen tunnisteet ovat nyt: login; aiemmin ne olivat: –.",
        "Ärendets etiketter är nu: login; tidigare var de: –.",
    ]


@pytest.mark.rule("H11.7.2-a")
async def test_who_watched_and_stopped_is_on_record_for_tiera_once_each(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    for watching in (True, True, False, False):
        await reporting_verbs.watch_ticket(session, desk.customer, ticket_id=ticket.id, is_watching=watching, now=NOW)
    kept = await kept_of(session, ticket, "watched", "unwatched")
    assert kept == [("watched", Audience.TIERA, {}), ("unwatched", Audience.TIERA, {})]


async def test_whoever_watches_is_there_once_and_can_stop(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    for watching, expected in ((True, 1), (True, 1), (False, 0), (False, 0)):
        await reporting_verbs.watch_ticket(session, desk.customer, ticket_id=ticket.id, is_watching=watching, now=NOW)
        await session.flush()
        assert len((await session.scalars(sa.select(TicketWatcher))).all()) == expected


async def test_a_ticket_of_another_is_not_found(session: AsyncSession) -> None:
    desk, others = await make_desk(session), await make_desk(session)
    ticket = await make_ticket(session, desk)
    for stranger in (others.customer, others.supplier, desk.supplier):
        with pytest.raises(Refusal) as refused:
            await write(session, stranger, ticket)
        assert refused.value.code is Code.NOT_FOUND
