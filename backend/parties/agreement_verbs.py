"""Agreements between Tiera and one other party: their days, options and greatest total."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from backend.files.verbs import attach_files
from backend.kit import deadlines, events
from backend.kit.actor import Actor
from backend.kit.amounts import CENT, Euros
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.deadlines import Deadline, DeadlineKind
from backend.kit.events import Audience
from backend.kit.faults import broken_rule, constraint, invalid
from backend.kit.translation import Text
from backend.ledger import verbs as ledger
from backend.ledger.model import Unit
from backend.parties import policy, queries, rules
from backend.parties.agreement_model import Agreement, AgreementVersion
from backend.parties.deadlines import warning_day_bounds
from backend.parties.states import AgreementKind
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

TOTAL = "total"
"""Purpose of an agreement's account in cents: what all its orders come to."""
ENDING = "agreement.ending"

constraint("uq_agreements_number", invalid(Text("There is an agreement with this number already."), "number"))


@rule("H3-a", "D3-a")
async def conclude_agreement(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    number: str,
    name: str,
    valid_from: date,
    valid_until: date | None = None,
    option_until: date | None = None,
    greatest_total: Decimal | None = None,
    model_version: str,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Agreement:
    """An agreement of Tiera's with a supplier or a customer, its days and its greatest total (euros)."""
    organisation = await queries.get_organisation(session, actor, organisation_id)
    policy.require(actor, Right.ADMINISTER)
    rules.check_party(organisation.side)
    agreement = Agreement(
        number=rules.read_line(number, "number", most=50),
        name=rules.read_line(name, "name"),
        kind=AgreementKind(organisation.side.value),
        organisation_id=organisation.id,
        valid=rules.days(valid_from, valid_until),
        option_until=_option(valid_until, option_until),
        greatest_total=_total(greatest_total),
        model_version=rules.read_line(model_version, "model_version", most=50),
        created_at=now,
        version=1,
    )
    session.add(agreement)
    await _keep_version(session, actor, agreement, None, file_ids, now=now)
    await events.record(
        session,
        actor,
        "agreement.concluded",
        agreement,
        at=now,
        rule="H3-a",
        within=organisation,
        audience=Audience.ALL,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    await _watch_end(session, agreement, now=now)
    return agreement


async def change_agreement(
    session: Session,
    actor: Actor,
    agreement_id: int,
    *,
    name: str,
    option_until: date | None = None,
    greatest_total: Decimal | None = None,
    model_version: str,
    reason: str,
    expected_version: int | None = None,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Agreement:
    """Change what was agreed, for a reason. The greatest total does not fall below what is ordered already (D3-a)."""
    agreement = await queries.get_agreement_for_change(session, actor, agreement_id, expected_version)
    policy.require(actor, Right.ADMINISTER)
    total = _total(greatest_total)
    ordered = await _ordered(session, agreement)
    if total is not None and total < ordered:
        raise broken_rule(
            "D3-a",
            Text("More is ordered already."),
            "greatest_total",
            limit=Text("%(value)s", value=Euros(ordered)),
            actual=Text("%(value)s", value=Euros(total)),
        )
    before = agreement.greatest_total
    agreement.name = rules.read_line(name, "name")
    agreement.option_until = _option(rules.last_day(agreement.valid), option_until)
    agreement.greatest_total = total
    agreement.model_version = rules.read_line(model_version, "model_version", most=50)
    await _keep_version(session, actor, agreement, reason, file_ids, now=now)
    await events.record(
        session,
        actor,
        "agreement.changed",
        agreement,
        at=now,
        rule="D3-a",
        audience=Audience.ALL,
        greatest_total=total,
        greatest_total_before=before,
        option_until=agreement.option_until,
        version=agreement.version,
    )
    terms = await queries.terms_on(session, agreement.id, helsinki_date(now))
    await tell_shares(session, actor, agreement, rules.Share(ordered, before), ordered, terms, now=now)
    return agreement


@rule("D3-a")
async def extend_agreement(
    session: Session,
    actor: Actor,
    agreement_id: int,
    *,
    until: date,
    reason: str,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Agreement:
    """Use an option: the agreement's last day moves, as far as the options reach."""
    agreement = await queries.get_agreement_for_change(session, actor, agreement_id)
    policy.require(actor, Right.ADMINISTER)
    rules.check_option(agreement.valid, agreement.option_until, until)
    if until == agreement.option_until:
        agreement.option_until = None
    await _move_end(session, actor, agreement, until, "agreement.extended", reason, file_ids, now=now)
    return agreement


async def end_agreement(
    session: Session,
    actor: Actor,
    agreement_id: int,
    *,
    last_day: date,
    reason: str,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Agreement:
    """The agreement ends earlier than was agreed: nothing is ordered after its last day, and no option stands."""
    agreement = await queries.get_agreement_for_change(session, actor, agreement_id)
    policy.require(actor, Right.ADMINISTER)
    before = rules.last_day(agreement.valid)
    if before is not None and last_day > before:
        raise broken_rule("D3-a", Text("The agreement ends before that day already."), "last_day")
    if last_day < helsinki_date(now):
        raise invalid(Text("That day is past."), "last_day")
    agreement.option_until = None
    await _move_end(session, actor, agreement, last_day, "agreement.ended", reason, file_ids, now=now)
    return agreement


async def _move_end(
    session: Session,
    actor: Actor,
    agreement: Agreement,
    last: date,
    event: str,
    reason: str,
    file_ids: Sequence[int] | None,
    *,
    now: datetime,
) -> None:
    before = rules.last_day(agreement.valid)
    assert agreement.valid.lower is not None
    agreement.valid = rules.days(agreement.valid.lower, last, "last_day")
    await _keep_version(session, actor, agreement, reason, file_ids, now=now)
    await events.record(
        session,
        actor,
        event,
        agreement,
        at=now,
        rule="D3-a",
        audience=Audience.ALL,
        last_day=last,
        last_day_before=before,
        version=agreement.version,
    )
    await _watch_end(session, agreement, now=now)


async def _keep_version(
    session: Session,
    actor: Actor,
    agreement: Agreement,
    reason: str | None,
    file_ids: Sequence[int] | None,
    *,
    now: datetime,
) -> None:
    """Keep what the agreement says from now on as a row that is never changed, with its papers.

    Only its conclusion needs no reason.
    """
    if reason is not None:
        agreement.version += 1
    await session.flush()
    version = AgreementVersion(
        agreement_id=agreement.id,
        version=agreement.version,
        name=agreement.name,
        valid=agreement.valid,
        option_until=agreement.option_until,
        greatest_total=agreement.greatest_total,
        model_version=agreement.model_version,
        reason=None if reason is None else rules.read_line(reason, "reason", most=2_000),
        recorded_at=now,
        recorded_by_id=actor.person_id,
    )
    session.add(version)
    await session.flush()
    await attach_files(session, actor, file_ids, version, "file_ids")


async def _watch_end(session: Session, agreement: Agreement, *, now: datetime) -> None:
    """Both sides are told before an agreement ends; the days of warning are a term."""
    await deadlines.drop_deadline(session, agreement.ref, ENDING, at=now)
    last = rules.last_day(agreement.valid)
    if last is not None:
        terms = await queries.terms_on(session, agreement.id, helsinki_date(now))
        warn_at, due_at = warning_day_bounds(last, terms.agreement_ending_warning_days)
        if due_at > now:
            await deadlines.open_deadline(
                session, agreement.ref, ENDING, started_at=now, warn_at=warn_at, due_at=due_at, rule="D3-a"
            )


async def _ordered(session: Session, agreement: Agreement) -> Decimal:
    """Euros of all its orders so far; no order is placed until commit."""
    total = await ledger.open_account(session, agreement.ref, TOTAL, Unit.CENTS, limited=False, title=agreement.number)
    return Decimal(total.booked) / 100


@rule("D3-a")
async def tell_shares(
    session: Session,
    actor: Actor,
    agreement: Agreement,
    before: rules.Share,
    ordered: Decimal,
    terms: Terms,
    *,
    now: datetime,
) -> None:
    """Tell the shares of the greatest total that are reached by what is ordered now (euros) and were not before."""
    for share in rules.shares_passed(before, rules.Share(ordered, agreement.greatest_total), terms):
        await events.record(
            session,
            actor,
            "agreement.total_reached",
            agreement,
            at=now,
            rule="D3-a",
            percent=share,
            euros=ordered,
            greatest_total=agreement.greatest_total,
        )


async def warn_of_ending(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """The clock's own: an agreement ends soon."""
    agreement = await session.get_one(Agreement, deadline.about_id)
    last = rules.last_day(agreement.valid)
    await events.record(
        session, actor, "agreement.ends_soon", agreement, at=now, rule="D3-a", audience=Audience.ALL, last_day=last
    )


async def note_ending(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """The clock's own: an agreement has ended."""
    agreement = await session.get_one(Agreement, deadline.about_id)
    deadline.met_at = now
    await events.record(session, actor, "agreement.has_ended", agreement, at=now, rule="D3-a", audience=Audience.ALL)


deadlines.register(DeadlineKind(ENDING, warn=warn_of_ending, breach=note_ending))


def _option(last: date | None, option_until: date | None) -> date | None:
    if option_until is not None and (last is None or option_until <= last):
        raise invalid(
            Text("Give a day after the last day of the agreement: to that day Tiera may extend it."), "option_until"
        )
    return option_until


def _total(euros: Decimal | None) -> Decimal | None:
    if euros is not None and (euros <= 0 or euros != euros.quantize(CENT)):
        raise invalid(Text("Give euros and cents, more than zero."), "greatest_total")
    return euros
