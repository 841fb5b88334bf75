"""What happened, on record: every order's and invoice's acts, entries of the last months, and who was told."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from heapq import merge
from operator import itemgetter
from typing import Any

from backend.demo.load.copying import Loader, Row, instant
from backend.demo.load.figures import Figures
from backend.demo.load.invoices import arrived_at, decided_at
from backend.demo.load.ledger import booked_at
from backend.demo.load.orders import at, euros
from backend.demo.load.parties import Parties
from backend.demo.load.scales import RECENT_DAYS
from backend.demo.load.works import Entry, Work
from backend.hours.states import EntryState
from backend.invoices.states import InvoiceState, LineState
from backend.kit.actor import Channel
from backend.kit.events import Audience, Event
from backend.notices.model import Delivery
from backend.notices.states import Way
from backend.orders.states import OrderState

S = OrderState
TOLD = ("Order", "Invoice", "ticket.handed_over")
"""Of what somebody is told: all that happens to a kind of things, or one event."""
UNREAD_DAYS = 10
"""Notices of so many days are not read yet."""


def load_record(
    loader: Loader,
    works: Sequence[Work],
    entries: Sequence[Entry],
    figures: Figures,
    parties: Parties,
    of_tickets: Iterable[Row],
    today: date,
) -> None:
    """Events in the order of their instants (as those of tickets are), and the notices of the recent ones."""
    since = today - timedelta(days=RECENT_DAYS)
    found = [event for work in works for event in _of_order(work, parties)]
    found += _of_hours(entries, figures, parties, since.toordinal())
    found += _of_invoices(figures, parties)
    found.sort(key=itemgetter(1))
    recent: list[tuple[int, Row]] = []
    loader.copy(
        Event,
        "id name at subject_kind subject_id within_kind within_id person_id organisation_id channel audience "
        "supplier_id customer_id from_state to_state rule figures",
        _numbered(merge(found, of_tickets, key=itemgetter(1)), loader.keys(Event), recent, str(since)),
    )
    loader.copy(
        Delivery,
        "event_id person_id organisation_id way is_required told_at read_at done_at next_at",
        _deliveries(recent, works, parties, str(today - timedelta(days=UNREAD_DAYS))),
    )


def _numbered(events: Iterable[Row], ids: Iterator[int], recent: list[tuple[int, Row]], since: str) -> Iterator[Row]:
    """Events with their keys; the recent ones that somebody is told of are kept."""
    for id, event in zip(ids, events, strict=False):
        if event[1] >= since and (event[2] in TOLD or event[0] in TOLD):
            recent.append((id, event))
        yield id, *event


def _event(
    name: str, when: Any, subject: tuple[str, int], person_id: int, organisation_id: int, supplier_id: int, *,
    within: tuple[str | None, int | None] = (None, None), customer_id: int | None = None, from_: Any = None,
    to: Any = None, rule: str, audience: Audience = Audience.BOTH, **told: Any,
) -> Row:  # fmt: skip
    return (name, when, *subject, *within, person_id, organisation_id, Channel.PORTAL, audience, supplier_id,
            customer_id, from_, to, rule, json.dumps(told))  # fmt: skip


def _of_order(w: Work, parties: Parties) -> Iterator[Row]:
    tiera, supplier, orderer = parties.tiera_id, w.supplier.id, w.contact.person_id
    manager = w.supplier.manager_ids[0]
    customer_id = w.customer and w.customer[0]

    def happened(name: str, day: int, later: int, by_supplier: bool, to: Any, rule: str, **told: Any) -> Row:
        who = (manager, supplier) if by_supplier else (orderer, tiera)
        return _event(name, at(w, day, later), ("Order", w.id), *who, supplier, customer_id=customer_id, to=to,
                      rule=rule, audience=Audience.ALL, **told)  # fmt: skip

    if w.customer and w.is_asked:
        yield _event("order.asked", at(w, w.created), ("Order", w.id), w.customer[1], w.customer[0], supplier,
                     customer_id=customer_id, to=S.ASKED, rule="H11.8.1-i", audience=Audience.ALL)  # fmt: skip
        if w.taken_up:
            yield happened("order.taken_up", w.taken_up, 1, False, S.DRAFT, "H11.8.1-i")
    else:
        yield happened("order.drafted", w.created, 0, False, S.DRAFT, "H11.8.1-e")
    if w.requested:
        due_at = f"{date.fromordinal(w.requested + 14)}T21:59:59+00:00"
        yield happened("order.estimate_requested", w.requested, 2, False, S.REQUESTED, "H11.3.1-a", due_at=due_at)
    if w.estimated:
        yield happened("order.estimated", w.estimated, 3, True, S.ESTIMATED, "H11.8.1-g")
    if w.ended:
        name = "order.declined" if w.state is S.DECLINED else "order.cancelled"
        yield happened(name, w.ended, 4, w.state is S.DECLINED, w.state, "D0-b")
    if w.ordered:
        yield happened("order.ordered", w.ordered, 5, False, S.ORDERED, "H11.8.1-a", number=w.number,
                       euros=euros(w.cents), right=f"OrderingRight:{w.contact.right_id}")  # fmt: skip
    if w.confirmed:
        number = f"KP{supplier}-{w.id}"
        yield happened("order.confirmed", w.confirmed, 6, True, None, "H11.8.1-f", number=w.number,
                       supplier_number=number)  # fmt: skip
    if w.started:
        yield happened("order.started", w.started, 7, True, S.IN_PROGRESS, "H11.8.2-d")
    if w.delivered:
        yield happened("order.delivered", w.delivered, 8, True, S.DELIVERED, "H11.8.3-b")
    if w.accepted:
        yield happened("order.accepted", w.accepted, 9, False, S.ACCEPTED, "D0-f", by_who_ordered=True)


def _of_hours(entries: Sequence[Entry], figures: Figures, parties: Parties, since: int) -> Iterator[Row]:
    """Approvals, and what happened to entries of the last months."""
    when = {approval.id: instant(date.fromordinal(approval.day), 9 * 60) for approval in figures.approvals}
    approver = parties.approver_ids[0]
    for approval in figures.approvals:
        yield _event("hours.approved", when[approval.id], ("HourApproval", approval.id), approver, parties.tiera_id,
                     approval.supplier.id, rule="H11.7.3-g", minutes=approval.minutes,
                     entries=approval.entries)  # fmt: skip
    for entry in entries:
        if entry.day < since:
            continue
        supplier_id, subject, within = entry.work.supplier.id, ("TimeEntry", entry.id), ("Order", entry.work.id)
        yield _event("time_entry.booked", booked_at(entry), subject, entry.person_id, supplier_id, supplier_id,
                     within=within, to=EntryState.BOOKED, rule="H11.7.3-d", minutes=entry.minutes,
                     day=str(date.fromordinal(entry.day)), is_late=False)  # fmt: skip
        if entry.approval:
            yield _event("time_entry.approved", when[entry.approval], subject, approver, parties.tiera_id, supplier_id,
                         within=within, from_=EntryState.BOOKED, to=EntryState.APPROVED, rule="H11.7.3-g",
                         minutes=entry.minutes)  # fmt: skip


def _of_invoices(figures: Figures, parties: Parties) -> Iterator[Row]:
    for bill in figures.bills:
        subject, supplier = ("Invoice", bill.id), bill.supplier
        who = (supplier.manager_ids[1], supplier.id)
        yield _event("invoice.received", arrived_at(bill), subject, *who, supplier.id, to=InvoiceState.RECEIVED,
                     rule="D11.9-d", lines=len(bill.lines), net=euros(bill.net))  # fmt: skip
        approved = [line for line in bill.lines if line.state is LineState.APPROVED]
        if approved:
            yield _event("invoice.lines_approved", decided_at(bill), subject, parties.approver_ids[0],
                         parties.tiera_id, supplier.id, from_=InvoiceState.RECEIVED, to=bill.state, rule="D11.9-e",
                         lines=[line.position for line in approved], amount=euros(sum(x.cents for x in approved)),
                         minutes=sum(line.minutes for line in approved))  # fmt: skip


def _deliveries(
    events: Sequence[tuple[int, Row]], works: Sequence[Work], parties: Parties, unread: str
) -> Iterator[Row]:
    """In the bell and by mail, to the side that did not act."""
    orderers = {work.id: work.contact.person_id for work in works}
    managers = {supplier.id: supplier.manager_ids[0] for supplier in parties.suppliers}
    for id, event in events:
        when, kind, subject_id, organisation_id, supplier_id = str(event[1]), event[2], event[3], event[7], event[10]
        if organisation_id == parties.tiera_id:
            person_id, reads_for = managers[supplier_id], supplier_id
        else:
            person_id = orderers[subject_id] if kind == "Order" else parties.approver_ids[0]
            reads_for = parties.tiera_id
        read_at = when if when < unread else None
        yield id, person_id, reads_for, Way.BELL, True, when, read_at, None, None
        yield id, person_id, reads_for, Way.MAIL, True, when, None, when, when
