"""Figures of complaints as SQL, for lists, desks and the register."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from backend.complaints.deadlines import ACKNOWLEDGEMENT, BEGINNING, JUDGEMENT, RESPONSE
from backend.complaints.model import Complaint, ComplaintResponse, Sanction
from backend.complaints.queries import is_time_running, lacks_proper, visible_complaints
from backend.complaints.rules import TERMS_OF_SANCTION
from backend.complaints.states import (
    MOST_DAYS,
    OPEN,
    SILENT,
    TO_BE_HANDLED,
    UNANSWERED,
    AnswerTime,
    ComplaintState,
    SanctionState,
)
from backend.kit.conditions import has_words, rows_of, there_is, when
from backend.kit.database import Condition, Row
from backend.kit.deadlines import Deadline
from backend.parties.days import end_of_day
from backend.parties.model import Organisation
from backend.rulebook.rules import rule
from backend.tickets.billing_queries import is_approved


def is_open(complaint: Row) -> Condition:
    """SQL: whether it was sent, and is neither handled nor withdrawn."""
    return complaint.state.in_(OPEN)  # type: ignore[no-any-return]


def is_unanswered(complaint: Row) -> Condition:
    """SQL: whether the supplier is to answer: also one that was handled, while its time runs (`rules.may_answer`)."""
    is_mendable = sa.and_(complaint.state == ComplaintState.HANDLED, is_time_running(complaint))
    return sa.or_(complaint.state.in_(UNANSWERED), is_mendable)


def _has_clock(complaint: Row, *conditions: Any) -> Condition:
    its = rows_of(Deadline)
    of_it = sa.and_(its.c.about_kind == Complaint.__name__, its.c.about_id == complaint.id)
    return there_is(its, of_it, its.c.met_at.is_(None), its.c.dropped_at.is_(None), *(c(its.c) for c in conditions))


def is_late(complaint: Row) -> Condition:
    """SQL: whether a time in which somebody was to act on it has ended, and they have not."""
    is_judged_late = sa.and_(complaint.state == ComplaintState.ANSWERED, _is_over(complaint, (JUDGEMENT,)))
    return sa.or_(is_suppliers_late(complaint), is_judged_late)


@rule("H11.10-b", "H11.10-j", "H11.10-c")
def is_suppliers_late(complaint: Row) -> Condition:
    """SQL: the same of the supplier, while it is the supplier's to act: what was answered late waits for Tiera."""
    return sa.and_(is_unanswered(complaint), _is_over(complaint, (ACKNOWLEDGEMENT, BEGINNING, RESPONSE)))


def _is_over(complaint: Row, kinds: Sequence[str]) -> Condition:
    return _has_clock(complaint, lambda clock: clock.breached_at.is_not(None), lambda clock: clock.kind.in_(kinds))


def is_due_soon(complaint: Row) -> Condition:
    """SQL: whether such a time was warned of and has not ended; of what was answered, that of Tiera's judgement."""
    return _has_clock(
        complaint,
        lambda clock: clock.warned_at.is_not(None),
        lambda clock: clock.breached_at.is_(None),
        lambda clock: sa.or_(complaint.state != ComplaintState.ANSWERED, clock.kind == JUDGEMENT),
    )


@rule("H11.10-f", "H11.10-i")
def is_to_be_handled(complaint: Row) -> Condition:
    """SQL: whether it is on the next agenda of the supplier's steering group, or of a meeting called for it."""
    is_alone = sa.or_(~is_time_running(complaint), complaint.called_for.is_not(None))
    return sa.or_(complaint.state.in_(TO_BE_HANDLED), sa.and_(complaint.state.in_(SILENT), is_alone))


@rule("H7.4-a")
def is_for_development_group(complaint: Row) -> Condition:
    """SQL: whether it goes to the development group as well: it touches the shared use, was sent and not withdrawn."""
    is_there = sa.and_(complaint.sent_at.is_not(None), complaint.state != ComplaintState.WITHDRAWN)
    return sa.and_(complaint.touches_shared_use, is_there)


def has_sanction(complaint: Row, state: Any) -> Condition:
    """SQL: whether a complaint's sanction stands so."""
    its = rows_of(Sanction)
    return there_is(its, its.c.complaint_id == complaint.id, sa.cast(its.c.state, sa.Text) == state)


@rule("H11.10-g")
def terms_of_sanction(sanction: Row) -> sa.ColumnElement[Any]:
    """SQL: the values of the terms that a sanction arose by, as its complaint has kept them, by their names."""
    its = rows_of(Complaint)
    pairs = (part for name in TERMS_OF_SANCTION for part in (sa.literal(name, sa.Text), its.c.terms_on[name]))
    kept = sa.select(sa.func.json_build_object(*pairs)).where(its.c.id == sanction.complaint_id)
    return kept.correlate_except(its).scalar_subquery()


def complaints_matching(_: None, complaint: Row, *, where: Any) -> Condition:
    """SQL: whether a complaint fits what a list is narrowed to."""
    return sa.and_(
        when(where.states, lambda states: sa.cast(complaint.state, sa.Text) == sa.any_(states)),
        when(where.causes, lambda causes: sa.cast(complaint.cause, sa.Text) == sa.any_(causes)),
        when(where.is_open, lambda wanted: is_open(complaint) if wanted else ~is_open(complaint)),
        when(where.is_unanswered, lambda wanted: is_unanswered(complaint) if wanted else ~is_unanswered(complaint)),
        when(
            where.is_to_be_handled,
            lambda wanted: is_to_be_handled(complaint) if wanted else ~is_to_be_handled(complaint),
        ),
        when(where.is_for_development_group, lambda wanted: is_for_development_group(complaint) == wanted),
        when(where.is_late, lambda wanted: is_late(complaint) if wanted else ~is_late(complaint)),
        when(
            where.is_suppliers_late,
            lambda wanted: is_suppliers_late(complaint) if wanted else ~is_suppliers_late(complaint),
        ),
        when(where.sanction, lambda state: has_sanction(complaint, state)),
        when(where.supplier_id, lambda of: complaint.supplier_id == of.of("Organisation")),
        when(where.sent_from, lambda day: complaint.sent_at >= end_of_day(sa.cast(day, sa.Date) - 1)),
        when(where.sent_until, lambda day: complaint.sent_at < end_of_day(day)),
        when(where.words, lambda words: _has_words(complaint, words)),
    )


def _has_words(complaint: Row, words: Any) -> Condition:
    supplier = rows_of(Organisation)
    name = sa.select(supplier.c.name).where(supplier.c.id == complaint.supplier_id).correlate_except(supplier)
    return has_words(
        words, complaint.number, complaint.title, complaint.description, complaint.meeting, name.scalar_subquery()
    )


def is_newest_sent(response: Row) -> Condition:
    """SQL: whether a response is the newest of its complaint that was sent."""
    its = rows_of(ComplaintResponse)
    newer = (its.c.ordinal > response.ordinal, its.c.sent_at.is_not(None))
    is_followed = there_is(its, its.c.complaint_id == response.complaint_id, *newer)
    return sa.and_(response.sent_at.is_not(None), ~is_followed)


def facts_of(complaint: Row) -> dict[str, Any]:
    """SQL: the facts that `policy.Facts` names."""
    return {
        "has_time": is_time_running(complaint),
        "was_called": complaint.called_for.is_not(None),
        "lacks_proper": lacks_proper(complaint),
        "was_sent": complaint.sent_at.is_not(None),
        "has_begun": complaint.begun_at.is_not(None),
        "tiera_has_said": complaint.tiera_says_suppliers.is_not(None),
        "supplier_has_said": complaint.supplier_says_suppliers.is_not(None),
        "can_be_billed": sa.and_(is_billable(complaint), ~is_approved("Complaint", complaint.id)),
    }


def is_billable(complaint: Row) -> Condition:
    """SQL: as `rules.is_billable` says."""
    return sa.and_(complaint.tiera_says_suppliers.is_(False), complaint.supplier_says_suppliers.is_(False))


def count_of_complaints(actor: Any, condition: Any) -> sa.ScalarSelect[int]:
    """SQL: how many of the complaints that an actor sees fit a condition."""
    its = rows_of(Complaint)
    counted = sa.select(sa.func.count()).where(visible_complaints(actor, its.c), condition(its.c))
    return counted.scalar_subquery()


def answer_time_of(business_days: Any) -> Any:
    """SQL: which answer time so many business days are; of nothing: no response."""
    bands = [(business_days <= most, time.value) for time, most in MOST_DAYS.items()]
    return sa.case((business_days.is_(None), AnswerTime.NONE.value), *bands, else_=AnswerTime.LONGER.value)


def awaits_decision(complaint: Row) -> Condition:
    """SQL: whether Tiera has something to decide: a response to judge, or a sanction."""
    return sa.or_(complaint.state == ComplaintState.ANSWERED, has_sanction(complaint, SanctionState.ENTITLED))
