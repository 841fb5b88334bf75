"""What a naming of an ordering contact says, and what is checked when it is entered (11.8.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from backend.kit.actor import ActorKind
from backend.kit.amounts import CENT
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.faults import Refusals, broken_rule, invalid, required
from backend.kit.translation import Text
from backend.parties import queries, rules
from backend.parties.agreement_model import Agreement
from backend.parties.role_queries import works_for
from backend.parties.states import AgreementKind
from backend.rulebook.rules import rule
from backend.rulebook.sizes import SizeClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far an ordering right reaches (H11.8.1-b); None means no such limit. Effort in minutes, sums in euros."""

    supplier_id: int | None = None
    agreement_id: int | None = None
    largest_class: SizeClass | None = None
    most_minutes: int | None = None
    most_euros: Decimal | None = None
    most_euros_a_year: Decimal | None = None
    for_organisation_ids: Sequence[int] | None = None
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The naming in writing: its number, its date, and the file itself."""

    number: str
    on: date
    file_id: int | None = None


def check_limits(limits: Limits) -> None:
    """Every limit that is given is more than nothing."""
    refused = Refusals()
    for name in ("most_minutes", "most_euros", "most_euros_a_year"):
        limit = getattr(limits, name)
        if limit is not None and (limit <= 0 or (isinstance(limit, Decimal) and limit != limit.quantize(CENT))):
            refused.add(invalid(Text("Give more than zero, or leave it empty for no limit."), "limits", name))
    if limits.for_organisation_ids is not None and not limits.for_organisation_ids:
        refused.add(required("limits", "for_organisation_ids", rule="H11.8.1-b"))
    refused.check(lambda: rules.days(limits.valid_from, limits.valid_until, "limits", "valid_until"))
    refused.raise_any()


@rule("H11.8.1-a")
def check_document(document: Document, *, today: date) -> None:
    """A naming in writing has a number and a date that is not to come."""
    refused = Refusals()
    refused.check(lambda: rules.read_line(document.number, "document", "number", most=100))
    if document.on > today:
        refused.add(broken_rule("H11.8.1-a", Text("The document's date is still to come."), "document", "on"))
    refused.raise_any()


@rule("H11.8.1-a")
async def require_role(
    session: Session, person_id: int, organisation_id: int, begins_on: date | None, *path: str, now: datetime
) -> None:
    """Who orders for an organisation, Tiera or a customer, belongs to it on the first day on which they may."""
    day = max(begins_on or date.min, helsinki_date(now))
    if not await works_for(session, person_id, organisation_id, day):
        message = Text("This person holds no role in that organisation on %(day)s.", day=day)
        raise broken_rule("H11.8.1-a", message, *path)


async def supplier_of(session: Session, limits: Limits) -> int | None:
    """With an agreement, its supplier; both may be named if they agree."""
    if limits.agreement_id is not None:
        agreement = await session.get(Agreement, limits.agreement_id)
        if agreement is None or agreement.kind is not AgreementKind.SUPPLIER:
            raise invalid(Text("Choose an agreement with a supplier."), "limits", "agreement_id")
        if limits.supplier_id not in (None, agreement.organisation_id):
            raise invalid(Text("The agreement is another supplier's."), "limits", "agreement_id")
        return agreement.organisation_id
    if limits.supplier_id is not None:
        await _require_side(session, [limits.supplier_id], ActorKind.SUPPLIER, "supplier_id")
    return limits.supplier_id


async def customers_of(session: Session, limits: Limits, customer_id: int | None) -> list[int] | None:
    """Whom they may order for: all, some customers, or (named at a customer) that customer alone."""
    wanted = None if limits.for_organisation_ids is None else sorted(set(limits.for_organisation_ids))
    if customer_id is not None:
        if wanted not in (None, [customer_id]):
            message = Text("Whoever is named at a customer orders for that customer alone.")
            raise broken_rule("H11.8.1-i", message, "limits", "for_organisation_ids")
        return [customer_id]
    if wanted is not None:
        await _require_side(session, wanted, ActorKind.CUSTOMER, "for_organisation_ids")
    return wanted


async def _require_side(session: Session, ids: Sequence[int], side: ActorKind, name: str) -> None:
    if not await queries.are_of_side(session, ids, side):
        message = Text("Choose suppliers.") if side is ActorKind.SUPPLIER else Text("Choose customers.")
        raise invalid(message, "limits", name)
