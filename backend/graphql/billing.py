"""What Tiera approved for billing, and what came of it. A customer sees nothing of it (D2.1-c)."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import sqlalchemy as sa
import strawberry

from backend.graphql.agreements import Agreement
from backend.graphql.events import Event, timeline_of
from backend.graphql.inputs import filter_input, key, value
from backend.graphql.parties import Organisation, Person
from backend.graphql.prices import PriceGroup
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    described,
    many,
    newest,
    one,
    ref,
    root,
    shape,
    sql,
)
from backend.graphql.relay import Connection, Subject
from backend.graphql.scalars import Money, money
from backend.kit.actor import Actor, ActorKind
from backend.kit.amounts import Minutes
from backend.kit.database import Condition, Row
from backend.tickets import billing_figures as figures
from backend.tickets import billing_model as model
from backend.tickets import billing_queries as queries
from backend.tickets.billing_states import BillingAction, BillingLeftOut, BillingState

described(
    BillingState,
    "Where an approval for billing stands.",
    STANDS="Hours may be booked and lines may bill it.",
    TAKEN_BACK="Tiera took it back before anything came of it.",
)
described(
    BillingAction,
    "What can be done with an approval for billing.",
    RAISE="Let more effort be billed.",
    TAKE_BACK="Take it back, while nothing came of it.",
)
described(
    BillingLeftOut,
    "Why a ticket was not approved for billing.",
    NOT_BILLABLE="It is not a request or an incident that the supplier has worked on.",
    APPROVED_ALREADY="It is approved already.",
    NOT_RESOLVED="A fixed sum is approved for what was done, and it is not resolved.",
    OWN_REQUEST="Whoever approves asked for it.",
    OTHER_AGREEMENT="The price group has no price in its agreement today.",
    NO_FIGURE="Neither effort nor a sum was given.",
)


class BillingSort(StrEnum):
    NEWEST = "newest"


described(BillingSort, "In which order approvals for billing stand.", NEWEST="The newest first.")


def _actions(
    actor: Actor, is_standing: bool, is_effort: bool, is_untouched: bool, asker_ids: list[int | None] | None
) -> list[BillingAction]:
    return figures.available_actions(
        actor, is_standing=is_standing, is_effort=is_effort, is_untouched=is_untouched, asker_ids=asker_ids
    )


@shape(model.BillingApproval, queries.visible_billing_approvals, sort={BillingSort.NEWEST: newest("id")})
class BillingApproval(Subject):
    """That Tiera approved a ticket (or work on a complaint) for billing: effort up to a ceiling, or a fixed sum."""

    number: str = column("Of what it is about: what an invoice's line refers to.")
    state: BillingState = sql(figures.state, "Where it stands.")
    about: Subject | None = ref(lambda b: (b.about_kind, b.about_id), "What was approved, where you may see it.")
    title: str | None = sql(lambda b: figures.account_of(b, "title"), "What it is about, in words.")
    granted_minutes: Minutes | None = sql(
        lambda b: figures.minutes_of(b, "granted"), "Of effort: the ceiling, with what it was raised by."
    )
    booked_minutes: Minutes | None = sql(lambda b: figures.minutes_of(b, "booked"), "Of effort: what is booked.")
    approved_minutes: Minutes | None = sql(
        lambda b: figures.minutes_of(b, "approved"), "Of effort: what of the hours is approved."
    )
    billed_minutes: Minutes | None = sql(
        lambda b: figures.minutes_of(b, "billed"), "Of effort: what is billed and approved."
    )
    amount: Money | None = money(lambda b: b.euros, "The fixed sum, without VAT.")
    billed_amount: Money | None = money(figures.billed_euros, "Of a fixed sum: what is billed and approved.")
    note: str | None = column("What Tiera said with it.")
    price_group: PriceGroup | None = one(
        lambda b, g: g.id == b.price_group_id, "Of effort: at which price.", with_parent=True
    )
    agreement: Agreement | None = one(lambda b, a: a.id == b.agreement_id, "Under which agreement.")
    supplier: Organisation = one(lambda b, o: o.id == b.supplier_id, "Whose work it is.", with_parent=True)
    approved_at: dt.datetime = column("When it was approved.")
    approved_by: Person | None = one(lambda b, p: p.id == b.approved_by_id, "By whom.", with_parent=True)
    taken_back_at: dt.datetime | None = column("When it was taken back.")
    taken_back_by: Person | None = one(lambda b, p: p.id == b.taken_back_by_id, "By whom.", with_parent=True)
    take_back_reason: str | None = column("Why.")
    timeline: Connection[Event] = timeline_of("BillingApproval")
    available_actions: list[BillingAction] = computed(
        _actions,
        lambda b: {
            "is_standing": b.taken_back_at.is_(None),
            "is_effort": b.minutes.is_not(None),
            "is_untouched": figures.is_untouched(b),
            "asker_ids": figures.askers_of(b),
        },
        "What you may do with it now.",
    )


@strawberry.type(description="A ticket that was left out of an approval of many.")
class LeftOutTicket:
    ticket_id: strawberry.ID = strawberry.field(description="Which ticket.")
    reason: BillingLeftOut = strawberry.field(description="Why.")


def _left_out(actor: Actor, left_out: Mapping[str, str]) -> list[LeftOutTicket]:
    return [
        LeftOutTicket(ticket_id=strawberry.ID(f"Ticket:{id}"), reason=BillingLeftOut(reason))
        for id, reason in sorted(left_out.items(), key=lambda pair: int(pair[0]))
    ]


@shape(model.BillingRound, queries.visible_rounds, sort=newest("id"))
class BillingRound(Subject):
    """One act by which tickets were approved for billing; what did not go, and why."""

    approved_at: dt.datetime = column("When.")
    approved_by: Person | None = one(lambda r, p: p.id == r.approved_by_id, "By whom.", with_parent=True)
    approvals: list[BillingApproval] = many(lambda r, b: b.round_id == r.id, "What was approved.")
    left_out: list[LeftOutTicket] = computed(
        _left_out, lambda r: {"left_out": r.left_out}, "What could not be approved, and why."
    )
    left_out_tickets: list[Annotated["Ticket", strawberry.lazy("backend.graphql.tickets")]] = many(  # type: ignore[name-defined]  # noqa: F821
        lambda r, t: t.id == sa.any_(queries.left_out_ids(r)), "The tickets that were left out."
    )


@filter_input
class BillingFilter:
    """Which approvals for billing."""

    is_standing: bool | None = value("That stand, or were taken back.", default=None)
    supplier_id: strawberry.ID | None = key("Organisation", "Of this supplier's work.", default=None)


def _matching(_: None, approval: Row, *, where: Any) -> Condition:
    return figures.matching(approval, where)


def is_party(actor: Any) -> bool:
    """Who sees billing, clocks, hands and people: Tiera and the supplier."""
    return actor.kind is not ActorKind.CUSTOMER


@root
class BillingQuery:
    """What was approved for billing."""

    billing_approvals: Connection[BillingApproval] | None = connection(
        _matching,
        "What was approved for billing, the newest first.",
        order=BillingSort,
        seen_by=is_party,
        where=argument(BillingFilter | None, "Which."),
    )
    billing_approval: BillingApproval | None = one(
        lambda _, b, id: b.id == id.of("BillingApproval"),
        "An approval for billing by its identifier.",
        seen_by=is_party,
        id=argument(strawberry.ID, "Which."),
    )
    billing_round: BillingRound | None = one(
        lambda _, r, id: r.id == id.of("BillingRound"),
        "An act of approving for billing by its identifier.",
        seen_by=is_party,
        id=argument(strawberry.ID, "Which."),
    )
