"""What Tiera pays and where to: price groups, dated prices, bank accounts, what an invoice must carry."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.dialects.postgresql import Range

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import broken_rule, constraint, invalid, required, shows
from backend.kit.translation import Text
from backend.parties import policy, price_queries, queries, rules
from backend.parties.agreement_model import Agreement, BankAccount, InvoicingProcess, Price, PriceGroup
from backend.parties.states import AgreementKind, ReferenceKey
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule

LONGEST_TEXT = 2_000
SMALLEST_PART = Decimal("0.000001")

constraint(
    "uq_price_groups_agreement_id_code",
    invalid(Text("The agreement has a price group with this code already."), "code"),
)
constraint("uq_bank_accounts_open", invalid(Text("The agreement has this account already."), "iban"))
constraint(
    "uq_invoicing_processes_agreement_id_valid_from",
    invalid(Text("A process is announced from this day on already: choose another day."), "valid_from"),
)


async def add_price_group(
    session: Session, actor: Actor, agreement_id: int, *, code: str, name: str, now: datetime
) -> PriceGroup:
    """A group of work with one price. Its code is what invoice lines name: capitals and digits."""
    agreement = await _suppliers_agreement(session, actor, agreement_id)
    policy.require(actor, Right.ADMINISTER)
    code = rules.read_line(code, "code", most=30).upper()
    group = PriceGroup(agreement_id=agreement.id, code=code, name=rules.read_line(name, "name"))
    session.add(group)
    concerns = agreement.concerns
    await events.record(session, actor, "price_group.added", group, at=now, within=agreement, concerns=concerns)
    return group


@rule("D0-c")
async def set_price(
    session: Session,
    actor: Actor,
    price_group_id: int,
    *,
    unit_price: Decimal,
    valid_from: date,
    reason: str | None = None,
    now: datetime,
) -> PriceGroup:
    """Euros an hour for work done from a day on, up to the next price that is agreed already.

    A day that is past needs a reason: work of that day that nothing has billed yet is billed by the new price.
    """
    group = await price_queries.get_price_group_for_change(session, actor, price_group_id)
    policy.require(actor, Right.ADMINISTER)
    if unit_price <= 0 or unit_price != unit_price.quantize(SMALLEST_PART):
        raise invalid(Text("Give euros an hour, more than zero, with six decimals at most."), "unit_price")
    if valid_from < helsinki_date(now) and not shows(reason or ""):
        raise required("reason", rule="D0-c")
    why = rules.read_line(reason, "reason", most=LONGEST_TEXT) if reason and shows(reason) else None
    until = await _make_room(session, group, valid_from, now=now)
    price = Price(
        price_group_id=group.id,
        valid=Range(valid_from, until),
        unit_price=unit_price,
        reason=why,
        recorded_at=now,
    )
    session.add(price)
    agreement = await session.get_one(Agreement, group.agreement_id)
    await events.record(
        session,
        actor,
        "price.set",
        group,
        at=now,
        rule="D0-c",
        within=agreement,
        concerns=agreement.concerns,
        unit_price=unit_price,
        valid_from=valid_from,
    )
    return group


async def _make_room(session: Session, group: PriceGroup, valid_from: date, *, now: datetime) -> date | None:
    """End the price in force on a day, keeping the days before it; the day on which the next price begins, if any."""
    prices = await price_queries.live_prices(session, group.id)
    until: date | None = None
    for price in reversed(prices):
        begins = price.valid.lower
        assert begins is not None
        if begins > valid_from:
            until = begins
            continue
        if price.valid.upper is None or price.valid.upper > valid_from:
            until = price.valid.upper
            price.ended_at = now
            await session.flush()
            if begins < valid_from:
                session.add(
                    Price(
                        price_group_id=group.id,
                        valid=Range(begins, valid_from),
                        unit_price=price.unit_price,
                        reason=price.reason,
                        recorded_at=now,
                    )
                )
        break
    return until


# Bank accounts


async def propose_bank_account(
    session: Session, actor: Actor, agreement_id: int, *, iban: str, now: datetime
) -> BankAccount:
    """An account that the supplier, or Tiera's key user, says invoices are to be paid to; nothing is paid there yet."""
    agreement = await _suppliers_agreement(session, actor, agreement_id)
    policy.require(actor, Right.ADMINISTER, Right.SEND_INVOICES, rule="D11.9-d")
    account = BankAccount(
        agreement_id=agreement.id, iban=rules.read_iban(iban), proposed_by_id=actor.person_id, proposed_at=now
    )
    session.add(account)
    await events.record(
        session,
        actor,
        "bank_account.proposed",
        account,
        at=now,
        rule="D0-f",
        within=agreement,
        concerns=agreement.concerns,
    )
    return account


@rule("D0-f")
async def confirm_bank_account(session: Session, actor: Actor, bank_account_id: int, *, now: datetime) -> BankAccount:
    """Somebody at Tiera who did not propose the account confirms it, having asked the supplier (D0-f)."""
    account = await price_queries.get_bank_account_for_change(session, actor, bank_account_id)
    policy.require(actor, Right.CONFIRM_BANK_ACCOUNTS, rule="D0-f")
    policy.require_other_eyes(actor, account.proposed_by_id)
    if account.confirmed_at is not None or account.ended_at is not None:
        raise broken_rule("D0-f", Text("The account is confirmed already, or it has ended."))
    account.confirmed_at, account.confirmed_by_id = now, actor.person_id
    await _record_account(session, actor, "bank_account.confirmed", account, now=now)
    return account


async def end_bank_account(
    session: Session, actor: Actor, bank_account_id: int, *, reason: str, now: datetime
) -> BankAccount:
    """Nothing is paid to an account any more."""
    account = await price_queries.get_bank_account_for_change(session, actor, bank_account_id)
    policy.require(actor, Right.ADMINISTER, Right.CONFIRM_BANK_ACCOUNTS, Right.SEND_INVOICES, rule="D0-f")
    if account.ended_at is not None:
        raise broken_rule("D0-f", Text("The account has ended already."))
    account.ended_at, account.end_reason = now, rules.read_line(reason, "reason", most=LONGEST_TEXT)
    await _record_account(session, actor, "bank_account.ended", account, now=now)
    return account


async def _record_account(session: Session, actor: Actor, name: str, account: BankAccount, *, now: datetime) -> None:
    agreement = await session.get_one(Agreement, account.agreement_id)
    concerns = agreement.concerns
    await events.record(session, actor, name, account, at=now, rule="D0-f", within=agreement, concerns=concerns)


# Invoicing


@rule("H11.9-i")
async def announce_invoicing_process(
    session: Session,
    actor: Actor,
    agreement_id: int,
    *,
    valid_from: date,
    required_references: Sequence[ReferenceKey],
    description: str,
    now: datetime,
) -> InvoicingProcess:
    """Announce what every line of an invoice must carry from a day on, which is later than today (H11.9-i)."""
    agreement = await _suppliers_agreement(session, actor, agreement_id)
    policy.require(actor, Right.ADMINISTER, rule="H11.9-i")
    earliest = helsinki_date(now) + timedelta(days=1)
    if valid_from < earliest:
        raise broken_rule(
            "H11.9-i",
            Text("What an invoice must carry is announced before it holds."),
            "valid_from",
            limit=Text("%(value)s", value=earliest),
            actual=Text("%(value)s", value=valid_from),
        )
    process = InvoicingProcess(
        agreement_id=agreement.id,
        valid_from=valid_from,
        required_references=[key.value for key in ReferenceKey if key in required_references],
        description=rules.read_line(description, "description", most=LONGEST_TEXT),
        announced_at=now,
        announced_by_id=actor.person_id,
    )
    session.add(process)
    await events.record(
        session,
        actor,
        "invoicing_process.announced",
        process,
        at=now,
        rule="H11.9-i",
        within=agreement,
        audience=Audience.BOTH,
        concerns=agreement.concerns,
        valid_from=valid_from,
        required_references=process.required_references,
    )
    return process


async def _suppliers_agreement(session: Session, actor: Actor, agreement_id: int) -> Agreement:
    agreement = await queries.get_agreement_for_change(session, actor, agreement_id)
    if agreement.kind is not AgreementKind.SUPPLIER:
        raise invalid(Text("This belongs to an agreement with a supplier."), "agreement_id")
    return agreement
