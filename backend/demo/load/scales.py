"""How much is made, and the figures that its distributions are drawn with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """About how many rows; orders, entries and tickets are met exactly, the rest follows from them."""

    orders: int
    entries: int
    tickets: int
    """Three messages each, about."""
    suppliers: int
    customers: int
    experts: int
    """People of all suppliers together who book hours."""


SCALES = {
    "small": Scale(orders=1_000, entries=20_000, tickets=10_000, suppliers=4, customers=20, experts=24),
    "medium": Scale(orders=10_000, entries=200_000, tickets=100_000, suppliers=12, customers=80, experts=130),
    "large": Scale(orders=100_000, entries=2_000_000, tickets=1_000_000, suppliers=40, customers=300, experts=1_100),
}

YEARS = 3
"""How long a past the data has."""
RECENT_DAYS = 90
"""Entries of so many days have their events on record, and what happened in them was told."""
TIMED_DAYS = 30
"""Tickets of so many days, and all that are open, have their clocks on record."""
LONGEST_INVOICE = 60
"""Lines."""
