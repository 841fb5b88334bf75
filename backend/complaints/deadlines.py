"""By when a complaint is acknowledged, taken up and answered."""

from datetime import datetime

from backend.kit.calendar import count_business_days, due_in_business_days, helsinki_date
from backend.kit.working_time import MINUTES_A_DAY, ServiceHours, service_time, used_up
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

ACKNOWLEDGEMENT = "complaint.acknowledgement"
BEGINNING = "complaint.beginning"
RESPONSE = "complaint.response"
JUDGEMENT = "complaint.judgement"
"""Tiera's: to say whether a response is proper."""
KINDS = (ACKNOWLEDGEMENT, BEGINNING, RESPONSE, JUDGEMENT)


@rule("H11.10-b")
def acknowledge_due_at(sent_at: datetime, terms: Terms) -> datetime:
    """When the supplier must have acknowledged a complaint."""
    return due_in_business_days(sent_at, terms.complaint_acknowledge_days, terms.counting)


@rule("H11.10-j")
def begin_due_at(acknowledged_at: datetime, terms: Terms) -> datetime:
    """When the first action must be on record: without delay, which a term says in days."""
    return due_in_business_days(acknowledged_at, terms.complaint_begin_days, terms.counting)


@rule("H11.10-c")
def response_due_at(sent_at: datetime, terms: Terms) -> datetime:
    """When a proper response must have arrived at Tiera, counted from the complaint's arrival."""
    return due_in_business_days(sent_at, terms.complaint_response_days, terms.counting)


@rule("H11.10-d")
def judge_due_at(answered_at: datetime, terms: Terms) -> datetime:
    """When Tiera has judged a response, counted from its arrival."""
    return due_in_business_days(answered_at, terms.complaint_judgement_days, terms.counting)


@rule("H11.10-b", "H11.10-j", "H11.10-c", "H11.10-d")
def warn_at(started_at: datetime, due_at: datetime, terms: Terms) -> datetime:
    """When those who must keep such a time are told that it nears its end.

    Where it is too short for a warning so many days before, they are told when a share of its business days is used up.
    """
    before = terms.warn_at(due_at, started_at)
    if before is not None:
        return before
    hours = ServiceHours(0, MINUTES_A_DAY, terms.counting)
    share = service_time(hours, started_at, due_at) * int(terms.clock_warning_percent) / 100
    return used_up(hours, started_at, share)


@rule("H11.10-c")
def business_days_to(answered_at: datetime, sent_at: datetime, terms: Terms) -> int:
    """How many business days a response took; the day on which the complaint was sent does not count."""
    return count_business_days(helsinki_date(sent_at), helsinki_date(answered_at), terms.counting)
