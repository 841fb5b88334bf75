"""What the contract says of complaints: whom they reach, what a response covers, when a sanction arises."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from backend.complaints.states import SILENT, ComplaintState, ResponseTopic, SanctionState
from backend.kit.amounts import Euros, round_cents
from backend.kit.calendar import end_of_day, helsinki_date
from backend.kit.faults import Refusals, broken_rule, invalid, shows
from backend.kit.translation import Text, day
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

S = ComplaintState


@rule("H11.10-a")
def receiver_of(service_managers: Sequence[int]) -> int:
    """To whom a complaint goes: always the supplier's service manager, the first of them where there are several."""
    if not service_managers:
        raise broken_rule(
            "H11.10-a",
            Text(
                "A complaint goes to the supplier's service manager, and the supplier has named nobody for that role."
            ),
        )
    return service_managers[0]


@rule("H11.10-a")
def check_about(supplier_id: int | None, complained_to: int) -> None:
    """What a complaint is about is no other supplier's: its words would reach one whom they do not concern."""
    if supplier_id not in (None, complained_to):
        raise broken_rule("H11.10-a", Text("What it is about is another supplier's than the agreement."))


def missing_topics(response: Mapping[ResponseTopic, str]) -> list[ResponseTopic]:
    """The topics of a response that are empty still, in the contract's order."""
    return [topic for topic in ResponseTopic if not shows(response.get(topic, ""))]


@rule("H11.10-d")
def check_complete(response: Mapping[ResponseTopic, str]) -> None:
    """A response goes out with all six topics; each that is empty is told at once. How good it is, Tiera judges."""
    refusals = Refusals()
    for topic in missing_topics(response):
        message = Text("A response covers all six topics: “%(topic)s” is empty.", topic=topic)
        refusals.add(broken_rule("H11.10-d", message, "response", topic))
    refusals.raise_any()


@rule("H11.10-c")
def waits_for_judgement(state: ComplaintState) -> bool:
    """Whether the supplier has answered and Tiera has not said yet whether that is proper: nobody calls it late."""
    return state is S.ANSWERED


@rule("H11.10-g")
def sanction_at_deadline(state: ComplaintState) -> SanctionState | None:
    """What the end of the time to answer brings: nothing where a response was found proper or the matter is over.

    That the steering group has handled a complaint is no response; where one was proper, no time ends any more.
    """
    if state is S.ANSWERED:
        return SanctionState.WAITING
    return SanctionState.ENTITLED if state in (S.SENT, S.ACKNOWLEDGED, S.NOT_PROPER, S.HANDLED) else None


@rule("H11.10-c")
def may_answer(state: ComplaintState, *, has_time: bool) -> bool:
    """A complaint that was handled is answered only where no response was proper and the time has not ended."""
    return state is not S.HANDLED or has_time


@rule("H11.10-c")
def may_give_time(state: ComplaintState, *, lacks_proper: bool) -> bool:
    """A complaint that was handled is given more time where no response was proper, also when its time has ended."""
    return state is not S.HANDLED or lacks_proper


@rule("H11.10-g")
def sanction_after_judgement(*, is_proper: bool) -> SanctionState:
    """What becomes of a sanction that waited for Tiera's judgement of the response."""
    return SanctionState.LAPSED if is_proper else SanctionState.ENTITLED


@rule("H11.10-f", "H11.10-i")
def may_handle(state: ComplaintState, *, has_time: bool, was_called: bool) -> bool:
    """The steering group handles a complaint with its response, and one without when the time for it has ended, or when
    it was called together for it.
    """
    return state not in SILENT or not has_time or was_called


@rule("H11.10-f", "H11.10-i")
def handled_since(due_at: datetime, first_answered_at: datetime | None, called_for: date | None) -> date:
    """The first day of a meeting that can have handled a complaint: with its first response, with none in time, or the
    one that was called for it.
    """
    silent_since = helsinki_date(due_at) + timedelta(days=1)
    answered_on = helsinki_date(first_answered_at) if first_answered_at else silent_since
    return min(silent_since, answered_on, called_for or silent_since)


@rule("H11.10-i")
def check_called_for(called_for: date, now: datetime) -> None:
    """An extraordinary meeting is called for any day from today on: the notice of other meetings does not bind it."""
    today = helsinki_date(now)
    if not today <= called_for <= today + timedelta(days=MOST_DAYS_GIVEN):
        said = Text("A meeting is called for today or a later day, within a year.")
        raise broken_rule("H11.10-i", said, "called_for")


@rule("H11.10-f")
def check_handled_on(handled_on: date, since: date, last_on: date | None, now: datetime) -> None:
    """The meeting was not before what it handled, nor before the last that is on record; nor is it to come."""
    if not since <= handled_on <= helsinki_date(now):
        said = Text(
            "The meeting was after the response had come or the time for it had ended, or on the day for which it was "
            "called, not in the future."
        )
        raise invalid(said, "handled_on")
    if last_on is not None and handled_on < last_on:
        said = Text("Meetings are put on record in their order, and the last was on %(day)s.", day=last_on)
        raise invalid(said, "handled_on")


@rule("H11.10-f")
def was_answered_since(handled_on: date, answered_at: datetime | None) -> bool:
    """Whether the newest response came after the meeting: it is on the next agenda still."""
    return answered_at is not None and handled_on < helsinki_date(answered_at)


@rule("H11.10-f", "H11.10-c")
def said_again(earlier: str, earlier_on: date, said: str, said_on: date) -> str:
    """What was said several times, one below the other, each after its day: a meeting's, or the last of time given."""
    last = f"{day(earlier_on)}: "
    dated = earlier if f"\n\n{last}" in earlier else f"{last}{earlier}"
    return f"{dated}\n\n{day(said_on)}: {said}"


MOST_DAYS_GIVEN = 366
"""More time is given for so many days at most: no year that was typed wrong ends the supplier's time for good."""
MOST_EUROS = Decimal(1_000_000)
"""A sanction comes to so much at most, as the term that states it."""
TERMS_OF_SANCTION = ("complaint_response_days", "complaint_sanction_euros")
"""The terms that a sanction arises by: when a response is due, and the sum."""


@rule("H11.10-g")
def sanction_amount(terms: Terms) -> Decimal | None:
    """The agreed sanction, by the terms of the day on which the complaint was sent; None where they state no sum."""
    return terms.complaint_sanction_euros or None


@rule("H11.10-g")
def check_sum(agreed: Decimal | None, said: Decimal | None, *, applies: bool) -> None:
    """Tiera says what a sanction comes to where it applies one of which the agreement states no sum, and only there."""
    if not applies:
        if said is not None:
            raise invalid(Text("A sanction that is waived comes to nothing: leave the sum out."), "amount")
    elif agreed is not None:
        if said not in (None, agreed):
            message = Text("The agreement states the sum: %(agreed)s.", agreed=Euros(agreed))
            raise broken_rule("H11.10-g", message, "amount")
    elif said is None:
        message = Text("The agreement states no sum for the sanction: give the one that was agreed on.")
        raise broken_rule("H11.10-g", message, "amount")
    elif not 0 < said <= MOST_EUROS or round_cents(said) != said:
        raise invalid(Text("A sum is more than nothing, in whole cents."), "amount")


@rule("H11.10-h")
def may_say_cause(*, was_sent: bool, has_said: bool) -> bool:
    """Each side says it once, of what the supplier has got; a draft that was withdrawn was nobody's to handle."""
    return was_sent and not has_said


@rule("H11.10-h")
def is_billable(tiera_says_suppliers: bool | None, supplier_says_suppliers: bool | None) -> bool:
    """Handling is at the supplier's own cost, unless both sides have said that the cause was not the supplier's."""
    return tiera_says_suppliers is False and supplier_says_suppliers is False


@rule("H11.10-c")
def check_time_given(due_at: datetime, until: datetime, now: datetime) -> None:
    """More time to answer ends later than what there is, after the day on which it is given, and within a year."""
    if until <= due_at:
        raise broken_rule("H11.10-c", Text("Time that is given ends later than what there is already."), "until")
    if until <= end_of_day(helsinki_date(now)):
        message = Text("The day on which time is given does not count: give at least the next business day.")
        raise broken_rule("H11.10-c", message, "until")
    if helsinki_date(until) > helsinki_date(now) + timedelta(days=MOST_DAYS_GIVEN):
        raise invalid(Text("Time is given for a year at most: look at the year of the day."), "until")
