"""Rows of orders and of what belongs to them."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from backend.demo.load.copying import Loader, Row, instant
from backend.demo.load.figures import Part, estimate_rows
from backend.demo.load.parties import Parties
from backend.demo.load.works import Ordinal, Work
from backend.kit.calendar import end_of_day
from backend.kit.deadlines import Deadline
from backend.orders import deadlines, rules
from backend.orders.estimate_model import Estimate, EstimateOption, EstimatePart, EstimateRow
from backend.orders.model import Forecast, Milestone, Order
from backend.orders.overrun_model import Overrun
from backend.orders.states import MilestoneState, OverrunState, Pricing
from backend.rulebook.sizes import SizeClass
from backend.rulebook.terms import Terms

NAME_MANAGERS_ABOVE = 50 * 450
"""Minutes: a project has managers."""


def euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def on(day: Ordinal) -> str | None:
    return date.fromordinal(day).isoformat() if day else None


def at(work: Work, day: Ordinal, later: int = 0) -> Any:
    """When something happened to an order on a day: at its own time of the day, or some minutes later."""
    return instant(date.fromordinal(day), work.minute + later) if day else None


def load_orders(loader: Loader, works: Sequence[Work], parts: Sequence[Part], parties: Parties) -> None:
    terms = Terms()
    kept = json.dumps(terms.as_json())
    first = next(loader.keys(EstimateOption))
    estimated = [work for work in works if work.estimated]
    for id, (work, position, _) in enumerate(_all_options(estimated, parties), first):
        if position == 1:
            work.option_id = id
    with loader.unindexed(Order):  # an order and the option it chose name each other
        loader.copy(
            Order,
            "id number supplier_number supplier_description agreement_id supplier_id service_id customer_id "
            "title description goal limits pricing state size_class due_on asked_by_id taken_up_by_id "
            "taken_up_at created_by_id created_at requested_at estimate_due_at estimated_at ordered_at "
            "ordered_by_id ordering_right_id ordered_minutes ordered_euros committed_euros confirmed_at "
            "started_at delivered_at accepted_at accepted_by_id chosen_option_id ended_at end_reason "
            "tiera_manager_id supplier_manager_id forecast_minutes forecast_at covered_minutes terms_on",
            (_order(work, parties, terms, kept) for work in works),
        )
        _load_estimates(loader, estimated, parties, first)
    loader.copy(
        Milestone,
        "id order_id position title amount due_on state delivered_at accepted_at accepted_by_id supplier_id "
        "customer_id",
        (
            (p.id, p.work.id, p.position, f"Osa {p.position}", euros(p.cents), on(p.due),
             MilestoneState.ACCEPTED if p.accepted else MilestoneState.OPEN, at(p.work, p.delivered),
             at(p.work, p.accepted), p.work.contact.person_id if p.accepted else None, p.work.supplier.id,
             p.work.customer and p.work.customer[0])
            for p in parts
        ),
    )  # fmt: skip
    loader.copy(
        Forecast,
        "order_id booked_minutes remaining_minutes given_by_id given_at supplier_id",
        (
            (w.id, w.booked, forecast_of(w) - w.booked, w.supplier.manager_ids[0], at(w, _forecast_day(w)),
             w.supplier.id)
            for w in works
            if _forecast_day(w)
        ),
    )  # fmt: skip
    _load_overruns(loader, works)
    loader.copy(
        Deadline,
        "about_kind about_id kind owner_id started_at due_at met_at dropped_at rule",
        (row for work in works for row in _deadlines(work)),
    )


def _size(work: Work, terms: Terms) -> SizeClass | None:
    return rules.size_class(work.minutes + work.extra, terms) if work.ordered else None


def forecast_of(work: Work) -> int:
    """What the supplier expects in all: more than is granted where it asks for more."""
    return work.minutes + work.asked_more if work.asked_more else max(work.booked, work.minutes + work.extra)


def _forecast_day(work: Work) -> Ordinal:
    """When the newest forecast was given: of work by the hour that has been going on."""
    return work.started if work.pricing is Pricing.HOURS and work.booked else 0


def _order(w: Work, parties: Parties, terms: Terms, kept: str) -> Row:
    is_hourly, orderer = w.pricing is Pricing.HOURS, w.contact.person_id
    has_managers = w.ordered and w.minutes > NAME_MANAGERS_ABOVE
    forecast = forecast_of(w) if _forecast_day(w) else None
    return (
        w.id, w.number, f"KP{w.supplier.id}-{w.id}" if w.confirmed else None, "Teemme työn sovitusti." if w.confirmed
        else None, w.supplier.agreement_id, w.supplier.id, w.service_id, w.customer and w.customer[0], w.title,
        "Muutos tehdään sovitussa laajuudessa ja testataan ennen käyttöönottoa.", "Käyttäjä pääsee tavoitteeseensa.",
        "Muut näkymät eivät kuulu tilaukseen.", w.pricing, w.state, _size(w, terms), on(w.finished and w.finished + 5),
        w.customer[1] if w.is_asked and w.customer else None, orderer if w.taken_up else None, at(w, w.taken_up),
        None if w.is_asked else orderer, at(w, w.created), at(w, w.requested),
        end_of_day(date.fromordinal(w.requested + 14)) if w.requested else None, at(w, w.estimated), at(w, w.ordered),
        orderer if w.ordered else None, w.contact.right_id if w.ordered else None, w.minutes if w.ordered else None,
        euros(w.cents) if w.ordered else None, euros(w.cents + w.extra_cents) if w.ordered else None,
        at(w, w.confirmed), at(w, w.started), at(w, w.delivered), at(w, w.accepted), orderer if w.accepted else None,
        w.option_id if w.ordered else None, at(w, w.ended), "Tarve poistui." if w.ended else None,
        parties.approver_ids[0] if has_managers else None, w.supplier.manager_ids[2] if has_managers else None,
        forecast, at(w, _forecast_day(w)),
        w.minutes + w.extra if w.ordered and is_hourly else None, kept,
    )  # fmt: skip


def _load_estimates(loader: Loader, estimated: Sequence[Work], parties: Parties, first: int) -> None:
    """One answer to each request, sometimes with a second option; what was ordered chose the first."""
    for work, id in zip(estimated, loader.keys(Estimate), strict=False):
        work.estimate_id = id
    loader.copy(
        Estimate,
        "id order_id ordinal none_better_statement given_by_id given_at is_late supplier_id",
        (
            (w.estimate_id, w.id, 1, None if _options(w) > 1 else "Emme tiedä parempaa tapaa.",
             w.supplier.manager_ids[1], at(w, w.estimated), False, w.supplier.id)
            for w in estimated
        ),
    )  # fmt: skip
    loader.copy(
        EstimateOption,
        "id estimate_id position title minutes euros",
        (
            (id, w.estimate_id, position, "Koko työ" if position == 1 else "Suppea toteutus",
             sum(m for _, m, _ in rows), euros(sum(c for _, _, c in rows)))
            for id, (w, position, rows) in enumerate(_all_options(estimated, parties), first)
        ),
    )  # fmt: skip
    loader.copy(
        EstimateRow,
        "option_id price_group_id minutes unit_price amount",
        (
            (id, w.supplier.group_ids[group], minutes, parties.price(group, date.fromordinal(w.estimated)),
             euros(cents))
            for id, (w, _, rows) in enumerate(_all_options(estimated, parties), first)
            if w.pricing is Pricing.HOURS
            for group, minutes, cents in rows
        ),
    )  # fmt: skip
    loader.copy(
        EstimatePart,
        "option_id position title amount due_on",
        (
            (id, 1, "Osa 1", euros(sum(c for _, _, c in rows)), on(w.finished))
            for id, (w, _, rows) in enumerate(_all_options(estimated, parties), first)
            if w.pricing is Pricing.FIXED
        ),
    )


def _options(work: Work) -> int:
    return 2 if work.id % 7 == 0 else 1


def _all_options(estimated: Sequence[Work], parties: Parties) -> Iterator[tuple[Work, int, list[tuple[int, int, int]]]]:
    """Options in the order of their keys: order, position, its rows."""
    for work in estimated:
        for position in range(1, _options(work) + 1):
            minutes = work.minutes if position == 1 else max(15, work.minutes // 30 * 15)
            yield work, position, estimate_rows(work, minutes, parties)


def _load_overruns(loader: Loader, works: Sequence[Work]) -> None:
    asked = [work for work in works if work.ordered and (work.extra or work.asked_more)]
    for work, id in zip(asked, loader.keys(Overrun), strict=False):
        work.overrun_id = id
    loader.copy(
        Overrun,
        "id order_id ordinal state ceiling_minutes forecast_minutes asked_minutes asked_euros reason asked_by_id "
        "asked_at granted_minutes granted_euros covers_work_done decision_reason decided_by_id decided_at supplier_id",
        (
            (w.overrun_id, w.id, 1, OverrunState.APPROVED if w.extra else OverrunState.REQUESTED, w.minutes,
             w.minutes + (w.extra or w.asked_more), w.extra or w.asked_more,
             euros(w.extra_cents or w.cents * w.asked_more // w.minutes), "Työtä oli enemmän kuin arvioitiin.",
             w.supplier.manager_ids[0], at(w, w.started, 10), w.extra or None,
             euros(w.extra_cents) if w.extra else None, True if w.extra else None, "Perusteltu." if w.extra else None,
             w.contact.person_id if w.extra else None, at(w, w.started, 20) if w.extra else None, w.supplier.id)
            for w in asked
        ),
    )  # fmt: skip


def _deadlines(w: Work) -> Iterator[Row]:
    """When the estimate and the delivery were due."""
    about, owner = ("Order", w.id), w.supplier.id
    if w.requested:
        due_at = end_of_day(date.fromordinal(w.requested + 14))
        gone = at(w, w.ended) if not w.estimated else None
        yield (*about, deadlines.ESTIMATE, owner, at(w, w.requested), due_at, at(w, w.estimated), gone, "H11.3.1-a")
    if w.ordered and w.finished:
        due_at = end_of_day(date.fromordinal(w.finished + 5))
        yield (*about, deadlines.DELIVERY, owner, at(w, w.ordered), due_at, at(w, w.delivered), None, "H11.8.3-c")
