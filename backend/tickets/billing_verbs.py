"""Tiera approves incidents and service requests for billing, and takes that back while nothing came of it (H11.9-c)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.amounts import Minutes, round_cents
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.faults import Refusal, broken_rule, invalid, needed, not_permitted, optional, required
from backend.kit.refs import Ref
from backend.kit.translation import Text
from backend.ledger import verbs as ledger
from backend.ledger.model import Unit
from backend.parties import price_queries
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.tickets import billing_queries, catalogue_queries, merged_queries, policy, queries
from backend.tickets.billing_model import BILLING, BillingApproval, BillingRound
from backend.tickets.billing_states import BILLING as MOVES
from backend.tickets.billing_states import BillingAction, BillingLeftOut
from backend.tickets.clock_verbs import recount
from backend.tickets.model import Ticket
from backend.tickets.states import DONE, TicketAction

MOST_TICKETS = 200
MOST_LETTERS = 2000
MOST_MINUTES = 6_000_000
MOST_EUROS = Decimal(10_000_000)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What may be billed: effort at a price group up to a ceiling, or a fixed sum in euros without VAT."""

    minutes: Minutes | None = None
    price_group_id: int | None = None
    euros: Decimal | None = None

    @property
    def is_sum(self) -> bool:
        return self.euros is not None


@dataclass(frozen=True, kw_only=True)
class Billable:
    """A thing to be approved for billing, as the account and the invoice know it."""

    about: Ref
    number: str
    title: str
    agreement_id: int
    supplier_id: int
    opens_on: date
    """From which day on work on it can be booked."""


@rule("H11.9-c")
async def approve_for_billing(
    session: Session,
    actor: Actor,
    *,
    ticket_ids: Sequence[int],
    figure: Figure | None = None,
    note: str | None = None,
    now: datetime,
) -> BillingRound:
    """Approve tickets for billing, each by the same figure, or (where none is given) for the price of what was ordered
    from the catalogue; what does not go is left out, with the reason on record.

    Refused when none of them goes.
    """
    if not actor.may(Right.APPROVE_BILLING):
        raise not_permitted("H11.9-c")
    if not ticket_ids:
        raise required("ticket_ids", rule="H11.9-c")
    if len(ticket_ids) > MOST_TICKETS:
        raise invalid(Text("At most %(most)s at once.", most=MOST_TICKETS), "ticket_ids")
    if figure is not None:
        check_figure(figure)
    said = optional(note, "note", most=MOST_LETTERS)
    tickets = [await queries.get_ticket_for_change(session, actor, id) for id in sorted(set(ticket_ids))]
    act = BillingRound(approved_by_id=actor.person_id, approved_at=now, left_out={})
    session.add(act)
    await session.flush()
    left_out: dict[str, str] = {}
    for ticket in tickets:
        own = figure or await _catalogue_price(session, ticket)
        reason = await _why_not(session, actor, ticket, own, now)
        if reason is not None:
            left_out[str(ticket.id)] = reason
        elif own is not None:
            await open_billing(session, actor, _billable(ticket), own, note=said, round_id=act.id, now=now)
            await recount(session, ticket, now=now)
    if len(left_out) == len(tickets):
        raise _none_goes(set(left_out.values()))
    act.left_out = left_out
    return act


async def open_billing(
    session: Session,
    actor: Actor,
    thing: Billable,
    figure: Figure,
    *,
    note: str | None = None,
    round_id: int | None = None,
    now: datetime,
) -> BillingApproval:
    """Put the approval on record and open its account; the thing is locked, and may be approved.

    Effort is granted and still to be booked and approved; a fixed sum is for what was done, and can be billed at once.
    """
    approval = BillingApproval(
        about_kind=thing.about.kind,
        about_id=thing.about.id,
        number=thing.number,
        agreement_id=thing.agreement_id,
        supplier_id=thing.supplier_id,
        round_id=round_id,
        minutes=figure.minutes,
        price_group_id=figure.price_group_id,
        euros=figure.euros,
        note=note,
        approved_by_id=actor.person_id,
        approved_at=now,
    )
    session.add(approval)
    await session.flush()
    amount = int(figure.euros * 100) if figure.euros is not None else int(figure.minutes or 0)
    account = await ledger.open_account(
        session,
        approval.ref,
        BILLING,
        Unit.CENTS if figure.is_sum else Unit.MINUTES,
        holder_id=thing.supplier_id,
        title=thing.title,
    )
    account.opens_on = thing.opens_on
    await ledger.grant(session, account, amount, approval.ref, key=f"{approval.ref}:grant", at=now)
    if figure.is_sum:
        await ledger.book(session, account, amount, approval.ref, key=f"{approval.ref}:book", at=now)
        day = helsinki_date(now)
        await ledger.approve(session, account, amount, approval.ref, day=day, key=f"{approval.ref}:approve", at=now)
    await events.record(
        session,
        actor,
        "billing.sum_approved" if figure.is_sum else "billing.effort_approved",
        approval,
        at=now,
        rule="H11.9-c",
        within=thing.about,
        to=approval.state,
        minutes=figure.minutes,
        amount=figure.euros,
    )
    return approval


@rule("H11.9-c")
async def raise_billing(
    session: Session, actor: Actor, *, approval_id: int, minutes: Minutes, reason: str, now: datetime
) -> BillingApproval:
    """Let more effort be billed than was approved first."""
    approval, account = await billing_queries.get_billing_for_change(session, actor, approval_id)
    move = MOVES.take(actor, approval.state, BillingAction.RAISE)
    await _refuse_own_request(session, actor, approval)
    if approval.minutes is None:
        raise broken_rule("H11.9-c", Text("A fixed sum is not raised: take the approval back and give another."))
    if not 0 < minutes <= MOST_MINUTES:
        raise invalid(Text("This is too large, or nothing."), "minutes")
    approval.note = needed(reason, "reason", most=MOST_LETTERS)
    key = f"{approval.ref}:raise:{account.granted}"
    await ledger.grant(session, account, minutes, approval.ref, key=key, at=now)
    await events.record(
        session, actor, "billing.raised", approval, at=now, rule=move.rule, within=approval.about,
        minutes=minutes, granted=account.granted,
    )  # fmt: skip
    return approval


@rule("H11.9-c")
async def take_billing_back(
    session: Session, actor: Actor, *, approval_id: int, reason: str, now: datetime
) -> BillingApproval:
    """Undo an approval while no hours are booked on it, and no invoice line holds or has billed anything of it."""
    approval, account = await billing_queries.get_billing_for_change(session, actor, approval_id)
    move = MOVES.take(actor, approval.state, BillingAction.TAKE_BACK)
    said = needed(reason, "reason", most=MOST_LETTERS)
    granted = account.granted or 0
    key = f"{approval.ref}:back"
    if approval.euros is not None:
        if await ledger.withdraw_approval(session, account, approval.ref, key=key, at=now) != granted:
            raise broken_rule("H11.9-c", Text("An invoice line holds or has billed it already: dispute the line."))
        await ledger.book(session, account, -granted, approval.ref, key=f"{key}:book", at=now)
    elif account.booked:
        message = Text("%(booked)s is booked on it already.", booked=Minutes(account.booked))
        raise broken_rule("H11.9-c", message, actual=Text("%(minutes)s", minutes=Minutes(account.booked)))
    await ledger.grant(session, account, -granted, approval.ref, key=f"{key}:grant", at=now)
    approval.taken_back_at, approval.taken_back_by_id, approval.take_back_reason = now, actor.person_id, said
    await events.record(
        session, actor, "billing.taken_back", approval, at=now, rule=move.rule, within=approval.about,
        from_=move.source, to=move.target,
    )  # fmt: skip
    return approval


def check_figure(figure: Figure) -> None:
    """Effort at a price group, or a sum: one of them, more than nothing, in whole cents."""
    is_effort = figure.minutes is not None or figure.price_group_id is not None
    if is_effort and figure.is_sum:
        raise invalid(Text("Give effort or a fixed sum, not both."), "figure", "euros", rule="H11.9-c")
    if figure.euros is not None:
        if not 0 < figure.euros <= MOST_EUROS or round_cents(figure.euros) != figure.euros:
            raise invalid(Text("A sum is more than nothing, in whole cents."), "figure", "euros", rule="H11.9-c")
        return
    if figure.minutes is None:
        raise required("figure", "minutes", rule="H11.9-c")
    if not 0 < figure.minutes <= MOST_MINUTES:
        raise invalid(Text("This is too large, or nothing."), "figure", "minutes", rule="H11.9-c")
    if figure.price_group_id is None:
        raise required("figure", "price_group_id", rule="H11.9-c")


async def is_priced(session: Session, figure: Figure, agreement_id: int, day: date) -> bool:
    """Whether effort has a price in an agreement on a day; a sum needs none."""
    return figure.is_sum or figure.price_group_id in await price_queries.price_groups_on(session, agreement_id, day)


async def _why_not(
    session: Session, actor: Actor, ticket: Ticket, figure: Figure | None, now: datetime
) -> BillingLeftOut | None:
    """Why a ticket cannot be approved for billing by this actor and figure; None where it can."""
    try:
        policy.take(actor, ticket.kind, ticket.state, TicketAction.BILL, ticket.holder)
    except Refusal:
        return BillingLeftOut.NOT_BILLABLE
    if ticket.reached_supplier_at is None:
        return BillingLeftOut.NOT_BILLABLE
    if await billing_queries.find_standing(session, ticket.ref) is not None:
        return BillingLeftOut.APPROVED_ALREADY
    if policy.is_own_request(actor, await merged_queries.askers_of(session, ticket.id)):
        return BillingLeftOut.OWN_REQUEST
    if figure is None:
        return BillingLeftOut.NO_FIGURE
    if figure.is_sum and ticket.state not in DONE:
        return BillingLeftOut.NOT_RESOLVED
    if not await is_priced(session, figure, ticket.agreement_id, helsinki_date(now)):
        return BillingLeftOut.OTHER_AGREEMENT
    return None


async def _catalogue_price(session: Session, ticket: Ticket) -> Figure | None:
    """The price of the product by which a ticket was ordered."""
    version = await catalogue_queries.ordered_version(session, ticket)
    return None if version is None or version.euros is None else Figure(euros=version.euros)


@rule("D0-f")
async def _refuse_own_request(session: Session, actor: Actor, approval: BillingApproval) -> None:
    """Who asked for the work lets no more of it be billed either."""
    is_ticket = approval.about_kind == Ticket.__name__
    if is_ticket and policy.is_own_request(actor, await merged_queries.askers_of(session, approval.about_id)):
        raise broken_rule("D0-f", Text("%(reason)s", reason=BillingLeftOut.OWN_REQUEST))


def _billable(ticket: Ticket) -> Billable:
    assert ticket.reached_supplier_at is not None
    return Billable(
        about=ticket.ref,
        number=ticket.number,
        title=ticket.title,
        agreement_id=ticket.agreement_id,
        supplier_id=ticket.supplier_id,
        opens_on=helsinki_date(ticket.reached_supplier_at),
    )


def _none_goes(reasons: set[str]) -> Refusal:
    if len(reasons) == 1:
        (reason,) = reasons
        return broken_rule("H11.9-c", Text("%(reason)s", reason=BillingLeftOut(reason)), "ticket_ids")
    return broken_rule("H11.9-c", Text("None of these can be approved for billing."), "ticket_ids")
