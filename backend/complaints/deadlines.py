"""By when a complaint is acknowledged, taken up and answered."""

from datetime import datetime

from backend.kit.calendar import count_business_days, due_in_business_days, helsinki_date
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


@rule("H11.10-c")
def business_days_to(answered_at: datetime, sent_at: datetime, terms: Terms) -> int:
    """How many business days a response took; the day on which the complaint was sent does not count."""
    return count_business_days(helsinki_date(sent_at), helsinki_date(answered_at), terms.counting)
