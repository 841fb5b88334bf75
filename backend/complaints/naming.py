"""What a text names that a complaint may be about, and whose it is: by numbers, and by the names of suppliers."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from backend.complaints import queries
from backend.invoices.model import Invoice
from backend.invoices.states import InvoiceState
from backend.kit.actor import Actor, ActorKind
from backend.kit.database import Session
from backend.kit.faults import invalid
from backend.kit.refs import KINDS, Kind, Ref, is_visible
from backend.kit.said_numbers import invoice_numbers_in, numbers_in, order_numbers_in
from backend.kit.translation import Text
from backend.orders.model import Order
from backend.parties.agreement_model import Agreement, Service
from backend.parties.days import is_valid_on
from backend.parties.model import Organisation, Person, RoleHeld
from backend.parties.states import AgreementKind
from backend.rulebook.rules import rule
from backend.tickets.model import Ticket

MOST_FOUND: Final = 10
"""Of things that are called the same."""
LEAST_LETTERS: Final = 3
"""Of a supplier's name without its legal form."""

_OWN: Final = re.compile(r"(?<![\w-])REK-\d{4}-\d{4,9}(?![\w-])", re.ASCII)
_LEGAL_FORM: Final = re.compile(r"(?:\s+(?:oyj?|abp?|ltd|inc|gmbh|as|a/s))+\.?$", re.IGNORECASE)
_ENDING: Final = r"(?::?[^\W\d_]{1,4})?(?!\w)"
"""A case's, as a name has it in Finnish and Swedish."""


@dataclass(frozen=True)
class Named:
    """A thing that a text names, whose it is, and the agreement with that supplier that it is under, where one is."""

    about: Ref
    supplier_id: int
    agreement_id: int | None


def names_complaint(text: str) -> bool:
    """Whether the number of a complaint stands in a text."""
    return _OWN.search(text.upper()) is not None


def those_named(names: Iterable[tuple[int, str]], text: str) -> set[int]:
    """Whose names stand in a text; a longer name hides a shorter one that is a part of it.

    With its legal form a name is one in small letters too; without, as it is written, for it may be a word as well.
    """
    found: set[int] = set()
    for key, name in sorted(names, key=lambda each: -len(each[1])):
        whole = re.compile(rf"(?<!\w){re.escape(name)}{_ENDING}", re.IGNORECASE)
        short = _LEGAL_FORM.sub("", name)
        short_one = re.compile(rf"(?<!\w){re.escape(short)}{_ENDING}") if len(short) >= LEAST_LETTERS else whole
        left = short_one.sub("\n", whole.sub("\n", text))
        if left != text:
            found.add(key)
            text = left
    return found


async def named_in(session: Session, text: str) -> list[Named]:
    """The tickets, orders and invoices that a text names by their numbers, each once; for Tiera, which sees all.

    A number that several things have, of several suppliers, names none of them.
    """
    of_tickets = (
        sa.select(Ticket.id, Agreement.organisation_id, Agreement.id)
        .join(Service, Service.id == Ticket.service_id)
        .join(Agreement, Agreement.id == Service.agreement_id)
    )
    of_orders = sa.select(Order.id, Order.supplier_id, Order.agreement_id)
    is_there = Invoice.state.not_in((InvoiceState.DRAFT, InvoiceState.WITHDRAWN))
    of_invoices = sa.select(Invoice.id, Invoice.supplier_id, Invoice.agreement_id).where(is_there)
    asked: list[tuple[str, Any, Any, list[str]]] = [
        ("Ticket", of_tickets, Ticket.number, numbers_in(text)),
        ("Order", of_orders, Order.number, numbers_in(text)),
        ("Order", of_orders, Order.supplier_number, order_numbers_in(text)),
        ("Invoice", of_invoices, Invoice.number, invoice_numbers_in(text)),
    ]
    found: dict[Ref, Named] = {}
    for kind, wanted, column, numbers in asked:
        for number in numbers:
            rows = (await session.execute(wanted.where(column == number).limit(2))).all()
            if len(rows) == 1:
                about = Ref(kind, rows[0][0])
                found.setdefault(about, Named(about, rows[0][1], rows[0][2]))
    return list(found.values())


async def agreements_named_in(session: Session, text: str, named: Sequence[Named], day: date) -> set[int]:
    """Ids of the agreements with suppliers that a text leads to.

    Those that what it names is under; else those in force that day with the suppliers whose names stand in it; else,
    where it names none, all that are in force.
    """
    wanted = (
        sa.select(Agreement.id, Agreement.organisation_id, Organisation.name)
        .join(Organisation, Organisation.id == Agreement.organisation_id)
        .where(Agreement.kind == AgreementKind.SUPPLIER, is_valid_on(Agreement, day))
    )
    in_force = (await session.execute(wanted)).all()

    def of(has: Callable[[int], bool]) -> set[int]:
        return {row.id for row in in_force if has(row.organisation_id)}

    if named:
        under = {each.agreement_id for each in named if each.agreement_id is not None}
        without = {each.supplier_id for each in named if each.agreement_id is None}
        known = {row.organisation_id for row in in_force if row.id in under}
        return under | of(lambda supplier_id: supplier_id in without - known)
    suppliers = those_named({row.organisation_id: row.name for row in in_force}.items(), text)
    return of(lambda supplier_id: supplier_id in suppliers or not suppliers)


NUMBERED: Final = ("Order", "Ticket", "Invoice", "Service")
"""The kinds of things that people say by their numbers; a service by its name too, and a role by its holder's."""


@rule("H11.10-a")
async def find_thing(session: Session, actor: Actor, said: str, supplier_id: int, day: date) -> Ref:
    """What a complaint to a supplier is about, as a person says it, of what they see.

    By its number, the name of a service or of whoever has a role at the supplier, the address of its page, or its
    identifier. What is another supplier's is refused as `rules.check_about` says.
    """
    said = " ".join(said.split())
    shown = Ref.parse(said) or _shown_at(said)
    called = await _called(session, actor, said, shown, day)
    found = [about for about in called if await is_visible(session, actor, about)]
    if not found:
        message = Text(
            "You see nothing that is called “%(said)s”. Say the number of an order, a ticket or an invoice, the name "
            "of a service or of whoever has a role at the supplier, or the address of the page of what it is about.",
            said=said,
        )
        if shown is not None and shown.kind == Person.__name__:
            message = Text(
                "“%(said)s” leads to no role at a supplier today: say the address of the page of the role.", said=said
            )
        raise invalid(message, rule="H11.10-a")
    its = [about for about in found if await queries.supplier_of(session, about) in (None, supplier_id)]
    if len(its) > 1:
        message = Text("Several things are called “%(said)s”: say the address of the page of the one.", said=said)
        if all(about.kind == RoleHeld.__name__ for about in its):
            message = Text("“%(said)s” leads to several roles: say the address of the page of the one.", said=said)
        raise invalid(message, rule="H11.10-a")
    return (its or found)[0]


async def _called(session: Session, actor: Actor, said: str, shown: Ref | None, day: date) -> list[Ref]:
    """What people may mean by such words, each once; a person stands for the roles that they hold at suppliers."""
    roles = (
        sa.select(RoleHeld.id)
        .join(Person, Person.id == RoleHeld.person_id)
        .join(Organisation, Organisation.id == RoleHeld.organisation_id)
        .where(is_valid_on(RoleHeld, day), Organisation.side == ActorKind.SUPPLIER)
        .order_by(RoleHeld.id)
        .limit(MOST_FOUND)
    )
    if shown is not None:
        if shown.kind != Person.__name__:
            return [shown]
        return [Ref("RoleHeld", id) for id in (await session.scalars(roles.where(Person.id == shown.id))).all()]
    found = [
        Ref(name, id) for name in NUMBERED for id in (await session.scalars(_of_number(KINDS[name], actor, said))).all()
    ]
    services = sa.select(Service.id).where(sa.func.lower(Service.name) == said.lower()).limit(MOST_FOUND)
    for name, wanted in (("Service", services), ("RoleHeld", roles.where(sa.func.lower(Person.name) == said.lower()))):
        found += [Ref(name, id) for id in (await session.scalars(wanted)).all()]
    return list(dict.fromkeys(found))


def _of_number(kind: Kind, actor: Actor, said: str) -> sa.Select[Any]:
    row = kind.table.alias().c
    columns = [row[name] for name in (kind.number, kind.other_number) if name]
    is_called = sa.or_(*(column.in_({said, said.upper()}) for column in columns))
    return sa.select(row.id).where(is_called, kind.visible_to(actor, row)).limit(MOST_FOUND)


def _shown_at(address: str) -> Ref | None:
    """Whose page such an address, or path, is of."""
    path = re.sub(r"^https?://[^/]+|[?#].*$", "", address).rstrip("/")
    for kind in KINDS.values():
        start, _, place = (kind.url or "").partition("{")
        if kind.thing is not None and place == "id}" and re.fullmatch(rf"{re.escape(start)}\d{{1,18}}", path, re.ASCII):
            return Ref(kind.name, int(path.removeprefix(start)))
    return None
