"""Bulletins are written, published, followed, ended and withdrawn; nobody sees what is not for them."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.bulletins import verbs
from backend.bulletins.model import Bulletin
from backend.bulletins.queries import find_incident
from backend.bulletins.rules import Incident
from backend.bulletins.states import BulletinState, Occasion, Receivers
from backend.kit.faults import Code, Refusal
from backend.kit.refs import Ref
from backend.parties.agreement_model import Agreement
from backend.parties.model import RoleHeld
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Role
from backend.tickets import merging_verbs
from backend.tickets.model import Ticket
from tests.bulletins.making import (
    HOUR,
    Sides,
    a_break,
    agree,
    content,
    incident,
    make_draft,
    make_incident,
    make_published,
    make_sides,
    seen_by,
)
from tests.making import (
    NOW,
    an_actor,
    customer_representative,
    end_roles,
    make_agreement,
    make_organisation,
    make_service,
)

C, R, S = Criticality, Receivers, BulletinState


@pytest.fixture
async def s(session: AsyncSession) -> Sides:
    return await make_sides(session)


@pytest.mark.rule("H11.11-a")
async def test_what_tiera_tells_all_customers_every_customer_reads_and_no_supplier(
    session: AsyncSession, s: Sides
) -> None:
    bulletin = await make_published(session, s.tiera, content(s))
    assert bulletin.number == "TDT-2026-0001"
    for reader in (s.tiera, s.in_mallila, s.in_nordby):
        assert await seen_by(session, reader) == [bulletin.id]
    for other in (s.supplier_manager, s.stranger):
        assert await seen_by(session, other) == []
    newcomer = await customer_representative(session)
    assert await seen_by(session, newcomer) == [bulletin.id], "all customers are those of later days too"


@pytest.mark.rule("H11.11-a")
async def test_what_a_supplier_tells_tiera_no_customer_and_no_other_supplier_reads(
    session: AsyncSession, s: Sides
) -> None:
    bulletin = await make_published(session, s.supplier_manager, incident(s, receivers=R.TIERA))
    assert await seen_by(session, s.tiera) == await seen_by(session, s.supplier_manager) == [bulletin.id]
    for other in (s.in_mallila, s.in_nordby, s.stranger):
        assert await seen_by(session, other) == []


async def test_what_names_customers_those_alone_read(session: AsyncSession, s: Sides) -> None:
    named = content(s, receivers=R.ORGANISATIONS, organisation_ids=[s.nordby.id])
    bulletin = await make_published(session, s.tiera, named)
    assert await seen_by(session, s.in_nordby) == [bulletin.id]
    assert await seen_by(session, s.in_mallila) == []


@pytest.mark.rule("H11.11-b", "H11.11-c")
async def test_a_supplier_informs_the_customers_whom_the_plan_names_where_it_lets_it(
    session: AsyncSession, s: Sides
) -> None:
    draft = await make_draft(session, s.supplier_manager, incident(s, about=await make_incident(session, s)))
    with pytest.raises(Refusal) as refused:
        await verbs.publish_bulletin(session, s.supplier_manager, bulletin_id=draft.id, now=NOW)
    assert (refused.value.code, refused.value.errors[0].rule) == (Code.BROKEN_RULE, "H11.11-b")
    assert (draft.state, draft.number) == (S.DRAFT, None)
    await agree(session, s, supplier_informs=True, organisation_ids=[s.mallila.id])
    bulletin = await verbs.publish_bulletin(session, s.supplier_manager, bulletin_id=draft.id, now=NOW)
    assert bulletin.organisation_ids == [s.mallila.id]
    assert await seen_by(session, s.in_mallila) == await seen_by(session, s.tiera) == [bulletin.id]
    assert await seen_by(session, s.in_nordby) == []


@pytest.mark.rule("H11.11-b")
async def test_what_is_agreed_for_one_class_lets_no_other_through(session: AsyncSession, s: Sides) -> None:
    await agree(session, s, supplier_informs=True, to_all_customers=True)
    low = incident(s, criticality=C.LOW, about=await make_incident(session, s, C.LOW))
    with pytest.raises(Refusal) as refused:
        await make_published(session, s.supplier_manager, low)
    assert refused.value.errors[0].rule == "H11.11-b"


@pytest.mark.rule("H11.11-b")
async def test_the_class_of_what_a_supplier_tells_customers_is_not_its_to_choose(
    session: AsyncSession, s: Sides
) -> None:
    await agree(session, s, Occasion.NORMAL_INCIDENT, supplier_informs=True, to_all_customers=True)
    other = await make_service(session, await session.get_one(Agreement, s.service.agreement_id), "Muu")
    critical, elsewhere = await make_incident(session, s), await make_incident(session, s, C.NORMAL, other)
    for about, path in (
        (None, "about"),
        (critical, "criticality"),
        (elsewhere, "service_ids"),
        (s.service.ref, "about"),
    ):
        with pytest.raises(Refusal) as refused:
            await make_draft(session, s.supplier_manager, incident(s, criticality=C.NORMAL, about=about))
        error = refused.value.errors[0]
        assert (error.rule, error.path) == ("H11.11-b", ("content", path))
    by_tiera = await make_published(session, s.tiera, incident(s, criticality=C.NORMAL, about=critical))
    to_tiera = incident(s, criticality=C.NORMAL, about=critical, receivers=R.TIERA)
    assert (await make_published(session, s.supplier_manager, to_tiera)).criticality is by_tiera.criticality is C.NORMAL


@pytest.mark.rule("H11.11-b")
async def test_an_incident_that_grows_worse_is_told_of_by_what_is_agreed_for_its_class_now(
    session: AsyncSession, s: Sides
) -> None:
    await agree(session, s, Occasion.NORMAL_INCIDENT, supplier_informs=True, to_all_customers=True)
    about = await make_incident(session, s, C.NORMAL)
    said = incident(s, criticality=C.NORMAL, about=about)
    first = await make_published(session, s.supplier_manager, said)
    waiting = await make_draft(session, s.supplier_manager, said)
    (await session.get_one(Ticket, about.id)).criticality = C.HIGH
    with pytest.raises(Refusal) as refused:
        await verbs.publish_bulletin(session, s.supplier_manager, bulletin_id=waiting.id, now=NOW)
    assert (refused.value.errors[0].path, waiting.state) == (("criticality",), S.DRAFT)
    follow_up = await make_draft(session, s.supplier_manager, said, follows=first)
    assert follow_up.criticality is C.HIGH
    with pytest.raises(Refusal, match="does not let the supplier inform"):
        await verbs.publish_bulletin(session, s.supplier_manager, bulletin_id=follow_up.id, now=NOW)
    await agree(session, s, Occasion.HIGH_INCIDENT, supplier_informs=True, organisation_ids=[s.nordby.id])
    follow_up = await verbs.publish_bulletin(session, s.supplier_manager, bulletin_id=follow_up.id, now=NOW)
    assert follow_up.to_all_customers, "it is for the readers of the first"


@pytest.mark.rule("H11.11-b")
async def test_a_follow_up_has_the_class_that_its_incident_has_when_it_is_published(
    session: AsyncSession, s: Sides
) -> None:
    for occasion in (Occasion.NORMAL_INCIDENT, Occasion.HIGH_INCIDENT):
        await agree(session, s, occasion, supplier_informs=True, to_all_customers=True)
    about = await make_incident(session, s, C.NORMAL)
    said = incident(s, criticality=C.NORMAL, about=about)
    first = await make_published(session, s.supplier_manager, said)
    follow_up = await make_draft(session, s.supplier_manager, said, follows=first)
    (await session.get_one(Ticket, about.id)).criticality = C.HIGH
    await verbs.publish_bulletin(session, s.supplier_manager, bulletin_id=follow_up.id, now=NOW)
    assert (follow_up.state, follow_up.criticality, first.criticality) == (S.PUBLISHED, C.HIGH, C.NORMAL)


@pytest.mark.rule("H11.11-b")
async def test_what_was_published_before_it_had_to_name_an_incident_is_followed_up_in_its_class(
    session: AsyncSession, s: Sides
) -> None:
    await agree(session, s, supplier_informs=True, to_all_customers=True)
    said = incident(s, about=await make_incident(session, s))
    first = await make_published(session, s.supplier_manager, said)
    first.about_kind = first.about_id = None
    follow_up = await make_published(session, s.supplier_manager, said, follows=first)
    assert (follow_up.state, follow_up.criticality) == (S.PUBLISHED, C.CRITICAL)
    with pytest.raises(Refusal) as refused:
        await make_draft(session, s.supplier_manager, incident(s))
    assert refused.value.errors[0].path == ("content", "about"), "a new one names which"


@pytest.mark.rule("H11.11-b")
async def test_of_a_merged_incident_the_class_is_that_of_the_one_in_which_it_goes_on(
    session: AsyncSession, s: Sides
) -> None:
    about, into = await make_incident(session, s, C.NORMAL), await make_incident(session, s, C.HIGH)
    await merging_verbs.merge_tickets(
        session, s.tiera, ticket_id=about.id, into_id=into.id, reason="Sama vika.", now=NOW
    )
    found = await find_incident(session, about)
    assert found == Incident(C.HIGH, s.service.id)


@pytest.mark.rule("H11.11-a")
@pytest.mark.parametrize("receivers", [R.ALL_CUSTOMERS, R.ORGANISATIONS])
async def test_a_supplier_chooses_no_customers_itself(session: AsyncSession, s: Sides, receivers: Receivers) -> None:
    with pytest.raises(Refusal) as refused:
        await make_draft(session, s.supplier_manager, incident(s, receivers=receivers))
    assert (refused.value.code, refused.value.errors[0].path) == (Code.NOT_PERMITTED, ("content", "receivers"))


async def test_a_draft_is_seen_by_its_own_side_alone(session: AsyncSession, s: Sides) -> None:
    theirs = await make_draft(session, s.supplier_manager, incident(s, receivers=R.TIERA))
    tieras = await make_draft(session, s.tiera, content(s))
    assert await seen_by(session, s.supplier_manager) == [theirs.id]
    assert await seen_by(session, s.tiera) == [tieras.id]
    for other in (s.in_mallila, s.in_nordby, s.stranger):
        assert await seen_by(session, other) == []
    with pytest.raises(Refusal) as refused:
        await verbs.publish_bulletin(session, s.tiera, bulletin_id=theirs.id, now=NOW)
    assert refused.value.code is Code.NOT_FOUND


@pytest.mark.rule("H11.11-g")
async def test_the_service_manager_answers_for_what_somebody_else_wrote(session: AsyncSession, s: Sides) -> None:
    writer = an_actor(
        s.supplier_manager.kind, Role.ACCOUNT_MANAGER, person_id=s.supplier_manager.person_id,
        organisation_id=s.supplier.id,
    )  # fmt: skip
    bulletin = await make_published(session, writer, incident(s, receivers=R.TIERA))
    assert (bulletin.written_by_id, bulletin.answers_for_id) == (writer.person_id, s.manager.id)


@pytest.mark.rule("H11.11-g")
async def test_a_supplier_without_a_service_manager_publishes_nothing_and_no_number_is_used_up(
    session: AsyncSession, s: Sides
) -> None:
    draft = await make_draft(session, s.supplier_manager, incident(s, receivers=R.TIERA))
    await end_roles(session, RoleHeld.organisation_id == s.supplier.id)
    with pytest.raises(Refusal) as refused:
        await verbs.publish_bulletin(session, s.supplier_manager, bulletin_id=draft.id, now=NOW)
    assert refused.value.errors[0].rule == "H11.11-g"
    assert draft.number is None


async def test_what_was_published_is_never_written_over(session: AsyncSession, s: Sides) -> None:
    bulletin = await make_published(session, s.tiera, content(s))
    with pytest.raises(Refusal) as refused:
        await verbs.edit_bulletin(
            session, s.tiera, bulletin_id=bulletin.id, content=content(s, text="Toisin."), expected_version=1, now=NOW
        )
    assert refused.value.code is Code.WRONG_STATE
    with pytest.raises(Refusal):
        await verbs.publish_bulletin(session, s.tiera, bulletin_id=bulletin.id, now=NOW)


async def test_a_draft_that_two_change_is_changed_by_the_first(session: AsyncSession, s: Sides) -> None:
    draft = await make_draft(session, s.tiera, content(s))
    given: dict[str, Any] = {"bulletin_id": draft.id, "expected_version": 1, "now": NOW}
    await verbs.edit_bulletin(session, s.tiera, content=content(s, title="Ensimmäinen"), **given)
    with pytest.raises(Refusal) as refused:
        await verbs.edit_bulletin(session, s.tiera, content=content(s, title="Toinen"), **given)
    assert (refused.value.code, draft.title) == (Code.VERSION_CONFLICT, "Ensimmäinen")


async def test_a_follow_up_is_for_the_same_readers_whatever_it_says_and_stands_below_the_first(
    session: AsyncSession, s: Sides
) -> None:
    first = await make_published(
        session, s.tiera, content(s, receivers=R.ORGANISATIONS, organisation_ids=[s.nordby.id])
    )
    second = await make_published(session, s.tiera, content(s, title="Korjaus"), follows=first, at=NOW + HOUR)
    third = await make_published(session, s.tiera, content(s, title="Lisää"), follows=second, at=NOW + 2 * HOUR)
    assert third.follows_id == second.follows_id == first.id
    assert (third.receivers, third.organisation_ids) == (R.ORGANISATIONS, [s.nordby.id])
    assert await seen_by(session, s.in_mallila) == []
    assert await seen_by(session, s.in_nordby) == [first.id, second.id, third.id]


async def test_nobody_follows_up_what_another_side_said(session: AsyncSession, s: Sides) -> None:
    first = await make_published(session, s.supplier_manager, incident(s, receivers=R.TIERA))
    with pytest.raises(Refusal) as refused:
        await make_draft(session, s.tiera, content(s), follows=first)
    assert refused.value.code is Code.NOT_PERMITTED
    with pytest.raises(Refusal) as refused:
        await make_draft(session, s.stranger, incident(s, receivers=R.TIERA), follows=first)
    assert refused.value.errors[0].path == ("follows_id",)


async def test_one_that_is_withdrawn_has_a_reason_and_stays_to_be_read(session: AsyncSession, s: Sides) -> None:
    bulletin = await make_published(session, s.tiera, content(s))
    with pytest.raises(Refusal):
        await verbs.withdraw_bulletin(session, s.tiera, bulletin_id=bulletin.id, reason=" ", now=NOW)
    await verbs.withdraw_bulletin(session, s.tiera, bulletin_id=bulletin.id, reason="Väärä päivä.", now=NOW)
    assert (bulletin.state, bulletin.end_reason) == (S.WITHDRAWN, "Väärä päivä.")
    assert await seen_by(session, s.in_mallila) == [bulletin.id]


async def test_a_draft_that_was_discarded_no_reader_sees(session: AsyncSession, s: Sides) -> None:
    draft = await make_draft(session, s.tiera, content(s))
    await verbs.withdraw_bulletin(session, s.tiera, bulletin_id=draft.id, reason="Turha.", now=NOW)
    assert await seen_by(session, s.in_mallila) == []


async def test_tiera_takes_back_what_a_supplier_told_its_customers_but_not_what_it_told_tiera(
    session: AsyncSession, s: Sides
) -> None:
    await agree(session, s, supplier_informs=True, to_all_customers=True)
    told = await make_published(session, s.supplier_manager, incident(s, about=await make_incident(session, s)))
    await verbs.withdraw_bulletin(session, s.tiera, bulletin_id=told.id, reason="Ei pidä paikkaansa.", now=NOW)
    assert told.state is S.WITHDRAWN
    to_tiera = await make_published(session, s.supplier_manager, incident(s, receivers=R.TIERA))
    with pytest.raises(Refusal) as refused:
        await verbs.withdraw_bulletin(session, s.tiera, bulletin_id=to_tiera.id, reason="x", now=NOW)
    assert refused.value.code is Code.NOT_PERMITTED


@pytest.mark.parametrize("who", ["in_mallila", "stranger"])
async def test_who_may_not_inform_is_told_so(session: AsyncSession, s: Sides, who: str) -> None:
    with pytest.raises(Refusal) as refused:
        await make_draft(session, getattr(s, who), content(s, receivers=R.TIERA))
    assert refused.value.code in (Code.NOT_PERMITTED, Code.NOT_FOUND)


async def test_what_it_names_must_be_there_and_seen(session: AsyncSession, s: Sides) -> None:
    elsewhere = await make_service(session, await make_agreement(session))
    for by, wrong, field in (
        (s.supplier_manager, {"service_ids": [elsewhere.id], "receivers": R.TIERA}, "service_ids"),
        (s.tiera, {"service_ids": [0]}, "service_ids"),
        (s.tiera, {"about": Ref("Ticket", 0)}, "about"),
        (s.tiera, {"receivers": R.ORGANISATIONS, "organisation_ids": [s.supplier.id]}, "organisation_ids"),
    ):
        with pytest.raises(Refusal) as refused:
            await make_draft(session, by, content(s, **wrong))
        assert refused.value.errors[0].path == ("content", field)


async def test_it_reaches_somebody_and_is_shown_for_a_while(session: AsyncSession, s: Sides) -> None:
    for wrong, field in (
        (content(s, receivers=R.ORGANISATIONS), "organisation_ids"),
        (content(s, receivers=R.AS_PLANNED), "receivers"),
        (content(s, shown_until=NOW), "shown_until"),
        (a_break(s, starts_at=NOW - 5 * HOUR), "ends_at"),
    ):
        with pytest.raises(Refusal) as refused:
            await make_published(session, s.tiera, wrong)
        assert refused.value.errors[0].path == (field,)
        assert "draft" in str(refused.value.errors[0].message), "the page that publishes has no such field"
    with pytest.raises(Refusal, match="channel"):
        await make_draft(session, s.tiera, content(s, by_banner=False, by_mail=False))


async def test_customers_who_are_named_are_told_alone_or_nobody_is(session: AsyncSession, s: Sides) -> None:
    with pytest.raises(Refusal, match="You have named customers") as refused:
        await make_draft(session, s.tiera, content(s, organisation_ids=[s.nordby.id]))
    assert refused.value.errors[0].path == ("content", "organisation_ids")


@pytest.mark.rule("H11.11-a")
async def test_of_what_a_supplier_never_tells_customers_it_drafts_nothing_for_them(
    session: AsyncSession, s: Sides
) -> None:
    with pytest.raises(Refusal, match="of incidents alone") as refused:
        await make_draft(session, s.supplier_manager, a_break(s, receivers=R.AS_PLANNED))
    assert refused.value.errors[0].path == ("content", "receivers")


async def test_one_that_is_over_is_said_to_be_and_can_still_be_followed(session: AsyncSession, s: Sides) -> None:
    bulletin = await make_published(session, s.tiera, a_break(s))
    await verbs.end_bulletin(session, s.tiera, bulletin_id=bulletin.id, now=NOW + HOUR)
    assert bulletin.state is S.ENDED
    later = await make_draft(session, s.tiera, a_break(s), follows=bulletin)
    assert later.follows_id == bulletin.id
    found = (await session.scalars(sa.select(Bulletin.id).where(Bulletin.number.is_not(None)))).all()
    assert list(found) == [bulletin.id]


async def test_a_customer_organisation_sees_nothing_of_a_bulletin_to_another(session: AsyncSession, s: Sides) -> None:
    other = await make_organisation(session, s.in_mallila.kind)
    bulletin = await make_published(
        session, s.tiera, content(s, receivers=R.ORGANISATIONS, organisation_ids=[s.mallila.id])
    )
    in_other = await customer_representative(session, other)
    assert await seen_by(session, in_other) == []
    assert await seen_by(session, s.in_mallila) == [bulletin.id]
