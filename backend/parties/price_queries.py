"""Prices and what else is agreed on invoicing: who sees it, what held on which day, loads for verbs."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa

from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import is_among, is_seen
from backend.kit.database import Condition, Row, Session
from backend.kit.exchanges import Answer
from backend.kit.refs import register_thing
from backend.kit.statements import Statement, together
from backend.parties.agreement_model import Agreement, BankAccount, InvoicingProcess, Price, PriceGroup
from backend.parties.days import is_valid_on
from backend.parties.queries import TERMS, in_own_agreement, load_for_change, sees_all, terms_of
from backend.parties.role_queries import WORKS
from backend.parties.states import ReferenceKey
from backend.rulebook.terms import Terms

# Who sees which rows


def visible_price_groups(actor: Actor, row: Row) -> Condition:
    """Tiera's and the supplier's business: a customer sees no unit price (D2.1-c)."""
    if sees_all(actor):
        return sa.true()
    return in_own_agreement(actor, row.agreement_id) if actor.kind is ActorKind.SUPPLIER else sa.false()


def visible_prices(actor: Actor, row: Row) -> Condition:
    """Those of the price groups seen."""
    if sees_all(actor):
        return sa.true()
    return is_seen(actor, PriceGroup.__name__, row.price_group_id)


def visible_bank_accounts(actor: Actor, row: Row) -> Condition:
    """As prices: Tiera's and the supplier's."""
    return visible_price_groups(actor, row)


def visible_invoicing_processes(actor: Actor, row: Row) -> Condition:
    """What Tiera announced to the supplier (H11.9-i)."""
    return visible_price_groups(actor, row)


# What held on a day


async def price_on(session: Session, price_group_id: int, day: date) -> Decimal | None:
    """Euros an hour of a price group on the day of the work (D0-c); None where none was agreed."""
    wanted = sa.select(Price.unit_price).where(
        Price.price_group_id == price_group_id, Price.ended_at.is_(None), is_valid_on(Price, day)
    )
    return (await session.scalars(wanted)).first()


async def prices_on(session: Session, agreement_id: int, day: date) -> list[Decimal]:
    """Euros an hour of each price group of an agreement that has a price on a day."""
    wanted = (
        sa.select(Price.unit_price)
        .join(PriceGroup, PriceGroup.id == Price.price_group_id)
        .where(PriceGroup.agreement_id == agreement_id, Price.ended_at.is_(None), is_valid_on(Price, day))
    )
    return list((await session.scalars(wanted)).all())


async def confirmed_ibans(session: Session, agreement_ids: Collection[int]) -> dict[str, frozenset[str]]:
    """Agreement's number → the accounts that its invoices may be paid to now; one without any is there too."""
    is_its = sa.and_(
        BankAccount.agreement_id == Agreement.id,
        BankAccount.confirmed_at.is_not(None),
        BankAccount.ended_at.is_(None),
    )
    wanted = sa.select(Agreement.number, sa.func.array_agg(BankAccount.iban)).outerjoin(BankAccount, is_its)
    found = await session.execute(wanted.where(is_among(Agreement.id, agreement_ids)).group_by(Agreement.number))
    return {number: frozenset(ibans) - {None} for number, ibans in sorted(found.all())}


async def required_references_on(
    session: Session, agreement_ids: Collection[int], day: date
) -> dict[int, frozenset[ReferenceKey]]:
    """Agreement → what a line of an invoice sent on a day must carry, by the newest process announced (H11.9-i)."""
    wanted = (
        sa.select(InvoicingProcess.agreement_id, InvoicingProcess.required_references)
        .where(is_among(InvoicingProcess.agreement_id, agreement_ids), InvoicingProcess.valid_from <= day)
        .order_by(InvoicingProcess.valid_from)
    )
    return {id: frozenset(map(ReferenceKey, keys)) for id, keys in (await session.execute(wanted)).all()}


async def live_prices(session: Session, price_group_id: int) -> list[Price]:
    """The prices of a group, past and to come, by their first day; without those that others took the place of."""
    wanted = sa.select(Price).where(Price.price_group_id == price_group_id, Price.ended_at.is_(None))
    return list((await session.scalars(wanted.order_by(sa.func.lower(Price.valid)))).all())


# Loads for verbs


async def get_price_group_for_change(session: Session, actor: Actor, id: int) -> PriceGroup:
    return await load_for_change(session, PriceGroup, visible_price_groups(actor, PriceGroup), id)


async def get_bank_account_for_change(session: Session, actor: Actor, id: int) -> BankAccount:
    return await load_for_change(session, BankAccount, visible_bank_accounts(actor, BankAccount), id)


register_thing(
    PriceGroup,
    visible_price_groups,
    number="code",
    title="name",
    url="/sopimukset/{agreement_id}/hinnat",
    part_of=("Agreement",),
)
register_thing(Price, visible_prices, part_of=("Agreement",))
register_thing(
    BankAccount, visible_bank_accounts, number="iban", url="/sopimukset/{agreement_id}/tilit", part_of=("Agreement",)
)
register_thing(
    InvoicingProcess, visible_invoicing_processes, url="/sopimukset/{agreement_id}/viitteet", part_of=("Agreement",)
)


PRICED = Statement(
    sa.select(PriceGroup.id)
    .join(Price, Price.price_group_id == PriceGroup.id)
    .where(
        PriceGroup.agreement_id == sa.bindparam("agreement_id", type_=sa.BigInteger),
        Price.ended_at.is_(None),
        is_valid_on(Price, sa.bindparam("day", type_=sa.Date)),
    )
    .order_by(PriceGroup.id)
)
_WORK = together(TERMS, WORKS, PRICED)


async def price_groups_on(session: Session, agreement_id: int, day: date) -> list[int]:
    """Price groups of an agreement that have a price on a day."""
    return [id for (id,) in await PRICED.run(session, agreement_id=agreement_id, day=day)]


class WorkOn(NamedTuple):
    """What holds for somebody's work under an agreement on a day."""

    terms: Terms
    is_theirs: bool
    """Whether the person works for the organisation then."""
    price_groups: list[int]
    """Those that have a price then."""


async def ask_work_on(
    session: Session, agreement_id: int, person_id: int, organisation_id: int | None, day: date
) -> Answer:
    """Ask what `terms_on`, `works_for` and `price_groups_on` say, all together with the next statement."""
    return await _WORK.ahead(
        session, agreement_id=agreement_id, person_id=person_id, organisation_id=organisation_id, day=day
    )


def work_on(answer: Answer) -> WorkOn:
    """What came of `ask_work_on`."""
    ((values, roles, groups),) = answer.rows
    return WorkOn(terms_of(values), bool(roles), [id for (id,) in groups])
