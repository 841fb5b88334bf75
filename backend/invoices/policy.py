"""Who may do what with invoices, beyond what the table of moves says."""

from collections.abc import Collection

from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.states import LINE, InvoiceAction, InvoiceKind, InvoiceState, Key, LineAction, LineState
from backend.kit.actor import Actor, ActorKind
from backend.kit.faults import Refusal, broken_rule, not_permitted
from backend.kit.translation import Text
from backend.orders.model import Order
from backend.orders.states import Pricing
from backend.rulebook.choices import FourEyes
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms


@rule("H11.9-b")
def require_may_send(actor: Actor) -> int:
    """Only the supplier invoices, by whoever may send its invoices; its organisation."""
    if actor.kind is not ActorKind.SUPPLIER or actor.organisation_id is None or not actor.may(Right.SEND_INVOICES):
        raise not_permitted("H11.9-b")
    return actor.organisation_id


@rule("D0-f")
def require_other_than_sender(actor: Actor, invoice: Invoice) -> None:
    """Nobody decides on an invoice of their own, for whichever organisation they act now."""
    if invoice.sent_by_id in actor.deciding_person_ids:
        raise not_permitted("D0-f", Text("Nobody decides on an invoice of their own."))


@rule("D0-f")
def refuses_alone(terms: Terms) -> bool:
    """Whether the approval of a line by who ordered its work, and nobody else, is refused; else it is shown."""
    return terms.four_eyes is FourEyes.REFUSED


def alone(line: InvoiceLine, order: Order, *path: str | int) -> Refusal:
    """Says which line of which order."""
    message = Text(
        "Line %(line)s: you placed the order %(order)s, and nobody else has accepted its work. Somebody else must "
        "approve the line, or accept the work first.",
        line=line.position,
        order=order.number or order.title,
    )
    return broken_rule("D0-f", message, *path)


def line_actions(
    actor: Actor,
    line: LineState,
    invoice: InvoiceState,
    kind: InvoiceKind,
    *,
    has_credit: bool = False,
    is_answered: bool = False,
) -> list[LineAction]:
    """What this actor may do with a line now.

    A credit note is not credited, nor what a credit took of withdrawn; a dispute is answered once.
    """
    if invoice in (InvoiceState.DRAFT, InvoiceState.WITHDRAWN):
        return []
    impossible = {
        LineAction.CREDIT: kind is InvoiceKind.CREDIT_NOTE,
        LineAction.WITHDRAW: has_credit,
        LineAction.ANSWER: is_answered,
    }
    return [action for action in LINE.open_to(actor, line) if not impossible.get(action)]


def invoice_actions(
    actor: Actor, state: InvoiceState, kind: InvoiceKind, lines: Collection[LineState]
) -> list[InvoiceAction]:
    """What this actor may do with an invoice as a whole now."""
    may_send = actor.kind is ActorKind.SUPPLIER and actor.may(Right.SEND_INVOICES)
    may_judge = actor.may(Right.JUDGE_INVOICES)
    if state is InvoiceState.DRAFT:
        return [InvoiceAction.SEND, InvoiceAction.EDIT, InvoiceAction.DISCARD] if may_send else []
    has_open = LineState.OPEN in lines
    undecided = has_open or LineState.DISPUTED in lines
    can_be_credited = kind is InvoiceKind.INVOICE and bool(
        {LineState.APPROVED, LineState.DISPUTED, LineState.OPEN} & set(lines)
    )
    offered = {
        InvoiceAction.APPROVE: may_judge and has_open,
        InvoiceAction.JUDGE: (may_judge or may_send) and has_open,
        InvoiceAction.CREDIT: may_send and can_be_credited,
        InvoiceAction.WITHDRAW: may_send and undecided,
    }
    return [action for action, is_open in offered.items() if is_open]


def open_keys(
    kind: InvoiceKind,
    pricing: Pricing | None,
    pointed: Collection[str],
    *,
    has_order: bool,
    has_period: bool,
    has_price_group: bool,
    has_milestone: bool,
    has_credited_line: bool,
) -> list[Key]:
    """What of a judged line a person may say, because the line itself does not or it was pointed before."""
    given = {Key(key) for key in pointed}
    if kind is InvoiceKind.CREDIT_NOTE:
        return [Key.CREDITED_LINE] if not has_credited_line or Key.CREDITED_LINE in given else []
    lacking = {
        Key.ORDER: not has_order,
        Key.PERIOD: not has_period,
        Key.PRICE_GROUP: not has_price_group and pricing is not Pricing.FIXED,
        Key.MILESTONE: not has_milestone and pricing is Pricing.FIXED,
    }
    return [key for key, lacks in lacking.items() if lacks or key in given]
