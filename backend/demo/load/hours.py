"""Rows of time entries and of their approvals."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import cycle

from backend.demo.load.copying import Loader, Row, instant
from backend.demo.load.figures import Figures
from backend.demo.load.ledger import booked_at
from backend.demo.load.parties import Parties
from backend.demo.load.works import TASKS, Entry
from backend.hours.model import HourApproval, TimeEntry
from backend.hours.states import EntryState
from backend.kit.actor import Channel
from backend.orders.states import Pricing


def load_hours(loader: Loader, entries: Sequence[Entry], figures: Figures, parties: Parties) -> None:
    approvers = cycle(parties.approver_ids)
    loader.copy(
        HourApproval,
        "id approved_by_id approved_at revocable_until is_late minutes entries left_out supplier_id",
        (
            (a.id, next(approvers), instant(date.fromordinal(a.day), 9 * 60),
             instant(date.fromordinal(a.day), 9 * 60 + 1), False, a.minutes, a.entries, "{}", a.supplier.id)
            for a in figures.approvals
        ),
    )  # fmt: skip
    loader.copy(
        TimeEntry,
        "id account_id order_id supplier_id person_id price_group_id day minutes description state is_late "
        "first_booked_at booked_at booked_by_id channel approval_id returned_at return_reason version",
        _entries(entries, figures),
    )


def _entries(entries: Sequence[Entry], figures: Figures) -> Iterator[Row]:
    for n, e in enumerate(entries):
        w, day, when = e.work, date.fromordinal(e.day), booked_at(e)
        is_returned = n in figures.returned
        state = EntryState.RETURNED if is_returned else EntryState.APPROVED if e.approval else EntryState.BOOKED
        group_id = w.supplier.group_ids[e.group] if w.pricing is Pricing.HOURS else None
        yield (
            e.id, w.account_id, w.id, w.supplier.id, e.person_id, group_id, day, e.minutes,
            f"{TASKS[(e.id + w.id) % len(TASKS)]} ({w.subject}.{e.id % 9})", state, False, when, when, e.person_id,
            Channel.IMPORT if w.supplier.id % 2 else Channel.PORTAL, e.approval or None,
            instant(day + timedelta(days=2), 600) if is_returned else None,
            "Kuvaus ei kerro, mitä tehtiin." if is_returned else None, 2 if e.approval or is_returned else 1,
        )  # fmt: skip
