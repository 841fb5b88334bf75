"""What Tiera pays and where to: price groups, dated prices, bank accounts, what an invoice must carry."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import strawberry

from backend.graphql.inputs import key, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.parties import Person
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    described,
    everyone,
    many,
    newest,
    oldest,
    one,
    root,
    shape,
    sql,
)
from backend.graphql.relay import Connection, Node, Subject
from backend.kit.actor import Actor
from backend.kit.conditions import when
from backend.kit.database import Condition, Row
from backend.parties import agreement_model as model
from backend.parties import figures, policy, price_queries, price_verbs
from backend.parties.states import AccountState, PartyAction, ReferenceKey
from backend.rulebook.roles import Right

described(
    ReferenceKey,
    "Reference data that a line of an invoice must carry when Tiera has announced it.",
    ORDER_NUMBER="Tiera's number of the order.",
    PERIOD="The month that is billed.",
    PRICE_GROUP="The code of the price group.",
    AGREEMENT_NUMBER="The number of the agreement.",
    BUYER_REFERENCE="The buyer's reference.",
    SUPPLIER_NUMBER="The supplier's number of the order.",
)
described(
    AccountState,
    "Whether invoices may be paid to an account.",
    PROPOSED="Not yet: somebody else than who proposed it confirms it first.",
    CONFIRMED="They may.",
    ENDED="They may not any more.",
)


@shape(model.Price, price_queries.visible_prices, sort=newest("recorded_at", "id"))
class Price(Node):
    """Euros an hour, for work done from one day to another."""

    unit_price: Decimal = column("Euros an hour, without tax.")
    valid_from: dt.date = sql(figures.first_day, "The first day.")
    valid_until: dt.date | None = sql(figures.last_day, "The last day; null until another is agreed.")
    reason: str | None = column("Why it was set.")
    recorded_at: dt.datetime = column("When it was set.")
    ended_at: dt.datetime | None = column("When another took its place; null while it holds.")


@shape(model.PriceGroup, price_queries.visible_price_groups, sort=oldest("code", "id"))
class PriceGroup(Subject):
    """A group of work with one price. Its code is what an invoice's line names."""

    code: str = column("Its code.")
    name: str = column("What it is called.")
    price: Decimal | None = sql(
        lambda g, on: figures.price_of_day(g.id, on=on),
        "Euros an hour on a day; null where none is agreed.",
        on=argument(dt.date, "The day of the work."),
    )
    prices: list[Price] = many(
        lambda g, p, past: sa.and_(
            p.price_group_id == g.id, sa.true() if past is None else sa.or_(past, p.ended_at.is_(None))
        ),
        "All its prices, the newest first.",
        with_parent=True,
        past=argument(bool | None, "False: only what holds, not what another price took the place of."),
    )


class BankAccountSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"


described(
    BankAccountSort, "In which order accounts stand.", NEWEST="The newest proposal first.", OLDEST="The oldest first."
)


@shape(
    model.BankAccount,
    price_queries.visible_bank_accounts,
    sort={BankAccountSort.NEWEST: newest("proposed_at", "id"), BankAccountSort.OLDEST: oldest("proposed_at", "id")},
)
class BankAccount(Subject):
    """An account that invoices may be paid to once somebody else has confirmed it."""

    iban: str = column("Its number.")
    state: AccountState = sql(
        lambda a: sa.case(
            (a.ended_at.is_not(None), AccountState.ENDED.value),
            (a.confirmed_at.is_not(None), AccountState.CONFIRMED.value),
            else_=AccountState.PROPOSED.value,
        ),
        "Whether invoices may be paid to it.",
    )
    proposed_at: dt.datetime = column("When it was proposed.")
    proposed_by: Person | None = one(lambda a, p: p.id == a.proposed_by_id, "Who proposed it.", with_parent=True)
    confirmed_at: dt.datetime | None = column("When it was confirmed.")
    confirmed_by: Person | None = one(lambda a, p: p.id == a.confirmed_by_id, "Who confirmed it.", with_parent=True)
    ended_at: dt.datetime | None = column("When it ended.")
    end_reason: str | None = column("Why it ended.")
    agreement_id: strawberry.ID = sql(
        lambda a: sa.func.concat("Agreement:", a.agreement_id), "The identifier of the agreement it belongs to."
    )
    available_actions: list[PartyAction] = computed(
        policy.actions_on_account,
        lambda a: {
            "proposed_by_id": a.proposed_by_id,
            "is_confirmed": a.confirmed_at.is_not(None),
            "is_ended": a.ended_at.is_not(None),
        },
        "What you may do to it now.",
    )


@shape(model.InvoicingProcess, price_queries.visible_invoicing_processes, sort=newest("valid_from", "id"))
class InvoicingProcess(Subject):
    """What Tiera has announced that an invoice must carry, from a day on."""

    valid_from: dt.date = column("The first day.")
    required_references: list[ReferenceKey] = column("What every line must carry.")
    description: str = column("The process in words.")
    announced_at: dt.datetime = column("When it was announced.")
    announced_by: Person | None = one(lambda i, p: p.id == i.announced_by_id, "Who announced it.", with_parent=True)


def _accounts(_: None, row: Row, actor: Actor, *, waits_for_me: Any) -> Condition:
    may_confirm = sa.true() if actor.may(Right.CONFIRM_BANK_ACCOUNTS) else sa.false()
    others = row.proposed_by_id.is_distinct_from(actor.person_id)
    waits = sa.and_(may_confirm, row.confirmed_at.is_(None), row.ended_at.is_(None), others)
    return when(waits_for_me, lambda wanted: waits == wanted)


@root
class PricesQuery:
    """Accounts that invoices are paid to."""

    bank_accounts: Connection[BankAccount] | None = connection(
        _accounts,
        "Accounts of the agreements you may see; a customer sees none.",
        by_actor=True,
        seen_by=everyone,
        order=BankAccountSort,
        waits_for_me=argument(bool | None, "Waiting for a confirmation that you may give, or not."),
    )


@mutation(price_verbs.add_price_group, price_group=PriceGroup, by=Right.ADMINISTER)
class AddPriceGroup:
    """Add a group of work with one price."""

    agreement_id: strawberry.ID = key("Agreement", "To which.")
    code: str = value("The code that invoice lines name.")
    name: str = value("What it is called.")


@mutation(price_verbs.set_price, price_group=PriceGroup, by=Right.ADMINISTER, rule="D0-c")
class SetPrice:
    """Set the price of work done from a day on."""

    price_group_id: strawberry.ID = key("PriceGroup", "Of which group.")
    unit_price: Decimal = value("Euros an hour, without tax.")
    valid_from: dt.date = value("The first day.")
    reason: str | None = value("Why; needed for a day that is past.", default=None)


PROPOSES = (Right.ADMINISTER, Right.SEND_INVOICES)


@mutation(price_verbs.propose_bank_account, bank_account=BankAccount, by=PROPOSES, rule="D0-f")
class ProposeBankAccount:
    """Propose an account that invoices are to be paid to."""

    agreement_id: strawberry.ID = key("Agreement", "Of which agreement.")
    iban: str = value("Its number, with or without spaces.")


@mutation(price_verbs.confirm_bank_account, bank_account=BankAccount, by=Right.CONFIRM_BANK_ACCOUNTS, rule="D0-f")
class ConfirmBankAccount:
    """Confirm an account that somebody else proposed."""

    bank_account_id: strawberry.ID = key("BankAccount", "Which.")


@mutation(price_verbs.end_bank_account, bank_account=BankAccount, by=(*PROPOSES, Right.CONFIRM_BANK_ACCOUNTS))
class EndBankAccount:
    """Let nothing be paid to an account any more."""

    bank_account_id: strawberry.ID = key("BankAccount", "Which.")
    reason: str = value("Why.")


@mutation(
    price_verbs.announce_invoicing_process, invoicing_process=InvoicingProcess, by=Right.ADMINISTER, rule="H11.9-i"
)
class AnnounceInvoicingProcess:
    """Announce what every line of an invoice must carry, from a later day on."""

    agreement_id: strawberry.ID = key("Agreement", "Of which agreement.")
    valid_from: dt.date = value("The first day: tomorrow or later.")
    required_references: list[ReferenceKey] = value("What every line must carry; may be empty.")
    description: str = value("The process in words.")


PricesMutation = mutations(
    AddPriceGroup, SetPrice, ProposeBankAccount, ConfirmBankAccount, EndBankAccount, AnnounceInvoicingProcess
)
