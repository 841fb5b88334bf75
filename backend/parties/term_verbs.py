"""Terms: dated values of an agreement or of the installation, changed with a reason, never overwritten."""

from datetime import date, datetime
from typing import Any

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import Refusal, broken_rule, invalid
from backend.kit.translation import Text
from backend.parties import policy, queries, rules
from backend.parties.agreement_model import Agreement, TermValue
from backend.parties.states import AgreementKind
from backend.rulebook.definitions import Definition
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.rulebook.terms import ASCENDING, DEFINITIONS


@rule("D0-c")
async def change_term(
    session: Session,
    actor: Actor,
    *,
    name: str,
    value: object,
    valid_from: date,
    reason: str,
    agreement_id: int | None = None,
    now: datetime,
) -> TermValue:
    """Say what a term is from a day on: of one agreement, or (None) wherever an agreement says nothing else.

    `value` is text as people type it, or of the term's own type. The day is today or later: an old case keeps the
    term of its day (D0-c). Refused where two terms would contradict each other on that day or a later one.
    """
    agreement = None
    if agreement_id is not None:
        agreement = await queries.get_agreement_for_change(session, actor, agreement_id)
    policy.require(actor, Right.ADMINISTER)
    definition = _definition(name)
    if agreement is not None:
        check_override(definition, agreement)
    today = helsinki_date(now)
    if valid_from < today:
        raise broken_rule(
            "D0-c",
            Text("A term changes from today on at the earliest: what was done keeps the term of its day."),
            "valid_from",
            limit=Text("%(value)s", value=today),
            actual=Text("%(value)s", value=valid_from),
        )
    term = TermValue(
        agreement_id=agreement_id,
        name=name,
        value=definition.write(_read(definition, value)),
        valid_from=valid_from,
        reason=rules.read_line(reason, "reason", most=2_000),
        recorded_at=now,
        recorded_by_id=actor.person_id,
    )
    session.add(term)
    await session.flush()
    await _refuse_contradictions(session, agreement_id, valid_from)
    await events.record(
        session,
        actor,
        "term.changed",
        term,
        at=now,
        rule=definition.rule,
        within=agreement,
        audience=Audience.ALL,
        concerns=agreement.concerns if agreement else None,
        term=name,
        value=term.value,
        valid_from=valid_from,
    )
    return term


def check_override(definition: Definition, agreement: Agreement) -> None:
    """A customer's agreement says otherwise only where the term allows it."""
    if agreement.kind is AgreementKind.CUSTOMER and not definition.may_override:
        raise invalid(Text("An agreement with a customer may not say otherwise of this term."), "name")


def _definition(name: str) -> Definition:
    definition = DEFINITIONS.get(name)
    if definition is None:
        raise invalid(Text("There is no such term."), "name")
    return definition


def _read(definition: Definition, value: object) -> Any:
    try:
        return definition.parse(value) if isinstance(value, str) else definition.read(value)
    except Refusal as refusal:
        raise refusal.at("value") from None


async def _refuse_contradictions(session: Session, agreement_id: int | None, valid_from: date) -> None:
    """Ask on the day itself and on each later day on which a value begins, for every agreement that it reaches."""
    values = await queries.values_of(session, {name for pair in ASCENDING for name in pair})
    days = sorted({valid_from, *(row.valid_from for row in values if row.valid_from > valid_from)})
    reached = {agreement_id} if agreement_id is not None else {None, *(row.agreement_id for row in values)}
    for agreement in reached:
        for day in days:
            (await queries.terms_on(session, agreement, day)).refuse_contradictions()
