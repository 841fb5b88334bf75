"""Agreements: between Tiera and one other party, with days, options and a greatest total; services under them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from backend.files.queries import find_readable
from backend.kit import deadlines
from backend.kit.actor import SCHEDULE, Actor, ActorKind
from backend.kit.calendar import start_of_day
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.kit.refs import Ref
from backend.ledger import verbs as ledger
from backend.ledger.model import Unit
from backend.parties import agreement_verbs, queries, service_verbs
from backend.parties.agreement_model import Agreement, AgreementVersion, Service
from backend.parties.states import AgreementKind
from tests.files.making import make_file
from tests.making import (
    ALL_YEAR,
    NOW,
    customer_representative,
    make_agreement,
    make_organisation,
    make_service,
    supplier_manager,
    tiera_key_user,
    tiera_service_manager,
)
from tests.parties.making import events_of


async def refused(verb: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        await verb
    return found.value


def concluding(organisation_id: int, **changed: Any) -> dict[str, Any]:
    return {
        "organisation_id": organisation_id,
        "number": "SOP-2026-1",
        "name": "DigiOne palvelusopimus",
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2027, 12, 31),
        "option_until": date(2029, 12, 31),
        "greatest_total": Decimal("1000.00"),
        "model_version": "1.0",
        "now": NOW,
    } | changed


@pytest.mark.rule("H3-a")
async def test_tiera_agrees_with_a_supplier_and_with_a_customer_never_with_itself(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    for side in (ActorKind.SUPPLIER, ActorKind.CUSTOMER):
        party = await make_organisation(session, side)
        made = await agreement_verbs.conclude_agreement(session, key_user, **concluding(party.id, number=side.value))
        assert (made.kind, made.organisation_id) == (AgreementKind(side.value), party.id)
    attempt = agreement_verbs.conclude_agreement(session, key_user, **concluding(key_user.organisation_id or 0))
    assert (await refused(attempt)).errors[0].rule == "H3-a"


async def test_only_a_key_user_concludes_an_agreement(session: AsyncSession) -> None:
    party = await make_organisation(session)
    attempt = agreement_verbs.conclude_agreement(session, await tiera_service_manager(session), **concluding(party.id))
    assert (await refused(attempt)).code is Code.NOT_PERMITTED


@pytest.mark.rule("D3-a")
async def test_an_agreement_is_extended_as_far_as_its_options_reach(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    agreement = await make_agreement(session, option_until=date(2028, 12, 31))
    asked: dict[str, Any] = {"reason": "First option year.", "now": NOW}
    await agreement_verbs.extend_agreement(session, key_user, agreement.id, until=date(2027, 12, 31), **asked)
    assert agreement.valid.upper == date(2028, 1, 1)
    for until in (date(2027, 12, 31), date(2029, 1, 1)):
        attempt = agreement_verbs.extend_agreement(session, key_user, agreement.id, until=until, **asked)
        assert (await refused(attempt)).errors[0].rule == "D3-a"
    without = await make_agreement(session)
    attempt = agreement_verbs.extend_agreement(session, key_user, without.id, until=date(2027, 12, 31), **asked)
    assert str((await refused(attempt)).errors[0].limit) == "no option"


async def test_what_an_agreement_said_before_is_kept_with_the_reason_of_each_change(session: AsyncSession) -> None:
    key_user, party = await tiera_key_user(session), await make_organisation(session)
    made = await agreement_verbs.conclude_agreement(session, key_user, **concluding(party.id))
    await agreement_verbs.change_agreement(
        session,
        key_user,
        made.id,
        name=made.name,
        option_until=made.option_until,
        greatest_total=Decimal("2000.00"),
        model_version="1.1",
        reason="More is needed.",
        expected_version=1,
        now=NOW,
    )
    await agreement_verbs.end_agreement(
        session, key_user, made.id, last_day=date(2027, 6, 30), reason="Agreed with the supplier.", now=NOW
    )
    wanted = sa.select(AgreementVersion).where(AgreementVersion.agreement_id == made.id)
    kept = (await session.scalars(wanted.order_by(AgreementVersion.version))).all()
    assert [(v.version, v.greatest_total, v.model_version, v.valid.upper, v.reason) for v in kept] == [
        (1, Decimal("1000.00"), "1.0", date(2028, 1, 1), None),
        (2, Decimal("2000.00"), "1.1", date(2028, 1, 1), "More is needed."),
        (3, Decimal("2000.00"), "1.1", date(2027, 7, 1), "Agreed with the supplier."),
    ]


@pytest.mark.rule("D3-a")
async def test_no_option_stands_of_an_agreement_that_is_ended_earlier_or_has_used_it_all(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    ended, used = await make_agreement(session), await make_agreement(session)
    for agreement in (ended, used):
        agreement.option_until = date(2028, 12, 31)
    await agreement_verbs.end_agreement(
        session, key_user, ended.id, last_day=date(2026, 12, 15), reason="Agreed with the supplier.", now=NOW
    )
    more: dict[str, Any] = {"reason": "The option is used.", "now": NOW}
    await agreement_verbs.extend_agreement(session, key_user, used.id, until=date(2028, 12, 31), **more)
    assert (ended.option_until, used.option_until) == (None, None)
    attempt = agreement_verbs.extend_agreement(session, key_user, ended.id, until=date(2027, 12, 31), **more)
    assert (await refused(attempt)).errors[0].rule == "D3-a"


async def test_a_change_that_somebody_else_overtook_is_refused(session: AsyncSession) -> None:
    agreement = await make_agreement(session)
    attempt = agreement_verbs.change_agreement(
        session,
        await tiera_key_user(session),
        agreement.id,
        name="x",
        model_version="1",
        reason="x",
        expected_version=7,
        now=NOW,
    )
    assert (await refused(attempt)).code is Code.VERSION_CONFLICT


@pytest.mark.rule("D3-a")
async def test_the_greatest_total_does_not_fall_below_what_is_ordered_already(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    agreement = await make_agreement(session, greatest_total=Decimal("1000.00"))
    total = await ledger.open_account(session, agreement.ref, agreement_verbs.TOTAL, Unit.CENTS, limited=False)
    await ledger.commit_amount(session, total, 70_000, Ref("Order", 1), key="order:1", at=NOW)
    asked: dict[str, Any] = {"name": "x", "model_version": "1", "reason": "Less is needed.", "now": NOW}

    async def change(euros: str) -> None:
        await agreement_verbs.change_agreement(session, key_user, agreement.id, greatest_total=Decimal(euros), **asked)

    error = (await refused(change("699.99"))).errors[0]
    assert (error.path, error.rule, str(error.limit)) == (("greatest_total",), "D3-a", "700,00\u00a0€")
    await change("700.00")
    told = sa.select(Event.figures["percent"].astext).where(Event.name == "agreement.total_reached")
    assert set(await session.scalars(told)) == {"90"}
    await change("690000.00")
    await change("700.00")
    assert sorted(await session.scalars(told)) == ["70", "90", "90"]


@pytest.mark.rule("D3-a")
async def test_that_an_agreement_ends_is_told_before_and_after(session: AsyncSession) -> None:
    key_user, party = await tiera_key_user(session), await make_organisation(session)
    made = await agreement_verbs.conclude_agreement(session, key_user, **concluding(party.id))
    await agreement_verbs.extend_agreement(
        session, key_user, made.id, until=date(2028, 12, 31), reason="Option.", now=NOW + timedelta(days=1)
    )
    for day in (date(2027, 12, 15), date(2028, 11, 30), date(2028, 12, 1), date(2029, 1, 1), date(2029, 1, 2)):
        await deadlines.pass_deadlines(session, SCHEDULE, now=start_of_day(day) + timedelta(hours=6))
    told = [(event.name, event.at.date()) for event in (await events_of(session, made))[2:]]
    assert told == [("agreement.ends_soon", date(2028, 12, 1)), ("agreement.has_ended", date(2029, 1, 1))]


async def test_an_agreement_does_not_end_in_the_past_nor_later_than_agreed_nor_before_it_begins(
    session: AsyncSession,
) -> None:
    key_user, agreement = await tiera_key_user(session), await make_agreement(session)
    later = await make_agreement(session, valid=Range(date(2026, 12, 1), None))
    for its, last_day in (
        (agreement, date(2026, 11, 23)),
        (agreement, date(2027, 1, 1)),
        (later, date(2026, 11, 30)),
    ):
        attempt = agreement_verbs.end_agreement(session, key_user, its.id, last_day=last_day, reason="x", now=NOW)
        assert (await refused(attempt)).errors[0].path == ("last_day",)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"greatest_total": Decimal(0)}, "greatest_total"),
        ({"greatest_total": Decimal("0.001")}, "greatest_total"),
        ({"option_until": date(2027, 12, 31)}, "option_until"),
        ({"valid_until": None}, "option_until"),
        ({"valid_until": date(2025, 12, 31)}, "valid_until"),
        ({"number": ""}, "number"),
    ],
)
async def test_what_cannot_be_meant_is_refused_at_its_field(
    session: AsyncSession, changed: dict[str, Any], field: str
) -> None:
    party = await make_organisation(session)
    attempt = agreement_verbs.conclude_agreement(
        session, await tiera_key_user(session), **concluding(party.id, **changed)
    )
    assert (await refused(attempt)).errors[0].path == (field,)


async def test_services_belong_to_a_suppliers_agreement(session: AsyncSession) -> None:
    key_user, agreement = await tiera_key_user(session), await make_agreement(session)
    service = await service_verbs.add_service(session, key_user, agreement.id, code="P1", name="Edlevo", now=NOW)
    renamed = {"name": "Äly", "expected_version": 1, "now": NOW}
    await service_verbs.rename_service(session, key_user, service.id, **renamed)
    assert (service.name, service.sort_key) == ("Äly", "{bly")
    told = await session.scalar(sa.select(Event.figures).where(Event.name == "service.renamed"))
    assert told == {"former": "Edlevo", "called": "Äly"}
    overtaken = service_verbs.rename_service(session, key_user, service.id, **{**renamed, "name": "Edlevo 2"})
    assert (await refused(overtaken)).code is Code.VERSION_CONFLICT
    customers = await make_agreement(session, await make_organisation(session, ActorKind.CUSTOMER))
    attempt = service_verbs.add_service(session, key_user, customers.id, code="P1", name="x", now=NOW)
    assert (await refused(attempt)).code is Code.INVALID


@pytest.mark.rule("H11.7.2-a")
async def test_one_service_at_most_takes_mail_and_each_change_is_on_record(session: AsyncSession) -> None:
    key_user, agreement = await tiera_key_user(session), await make_agreement(session)
    first, second = [await make_service(session, agreement) for _ in range(2)]

    async def chosen(service: Service, *, takes_mail: bool = True) -> list[bool]:
        await service_verbs.choose_mail_service(session, key_user, service.id, takes_mail=takes_mail, now=NOW)
        return [first.takes_mail, second.takes_mail]

    assert await chosen(first) == await chosen(first) == [True, False]
    assert await chosen(second) == await chosen(first, takes_mail=False) == [False, True]
    assert await chosen(second, takes_mail=False) == [False, False]
    told = sa.select(Event.name, Event.subject_id).where(Event.name.like("service.mail%")).order_by(Event.id)
    assert [(row.name[13:], row.subject_id) for row in await session.execute(told)] == [
        ("begun", first.id), ("ended", first.id), ("begun", second.id), ("ended", second.id)
    ]  # fmt: skip
    attempt = service_verbs.choose_mail_service(session, await tiera_service_manager(session), first.id, now=NOW)
    assert (await refused(attempt)).code is Code.NOT_PERMITTED and not first.takes_mail


@pytest.mark.rule("H3-a")
async def test_nobody_sees_what_tiera_agreed_with_another(session: AsyncSession) -> None:
    supplier, other, customer = (
        await supplier_manager(session),
        await supplier_manager(session),
        await customer_representative(session),
    )
    of: dict[int | None, Agreement] = {}
    for actor in (supplier, other, customer):
        party = await queries.get_organisation(session, actor, actor.organisation_id or 0)
        of[party.id] = await make_agreement(session, party, valid=Range(ALL_YEAR.lower, None))
    services = [await make_service(session, of[actor.organisation_id]) for actor in (supplier, other)]

    async def seen(actor: Actor) -> set[int]:
        wanted = sa.select(Agreement.id).where(queries.visible_agreements(actor, Agreement))
        return set((await session.scalars(wanted)).all())

    async def seen_services(actor: Actor) -> list[bool]:
        wanted = sa.select(Service.id).where(queries.visible_services(actor, Service))
        ids = set((await session.scalars(wanted)).all())
        return [service.id in ids for service in services]

    for actor in (supplier, other, customer):
        assert await seen(actor) == {of[actor.organisation_id].id}
    assert [await seen_services(actor) for actor in (supplier, other, customer)] == [
        [True, False],
        [False, True],
        [True, True],
    ]


@pytest.mark.rule("H3-a")
async def test_the_papers_of_an_agreement_and_of_each_change_are_read_by_its_party_alone(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    town = await make_organisation(session, ActorKind.CUSTOMER)
    party, others = await customer_representative(session, town), await customer_representative(session)
    signed, annex = await make_file(session, key_user), await make_file(session, key_user)
    agreement = await agreement_verbs.conclude_agreement(session, key_user, **concluding(town.id), file_ids=[signed.id])
    await agreement_verbs.extend_agreement(
        session, key_user, agreement.id, until=date(2028, 12, 31), reason="Optio.", file_ids=[annex.id], now=NOW
    )
    rows = await session.scalars(sa.select(AgreementVersion).order_by(AgreementVersion.version))
    assert [version.ref for version in rows] == [signed.about, annex.about]
    for actor, reads in ((party, True), (others, False), (await supplier_manager(session), False)):
        for file in (signed, annex):
            assert (await find_readable(session, actor, file.id, now=NOW) is not None) is reads
