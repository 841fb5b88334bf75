"""Accounts, postings, portions and reservations, with the keys that the verbs would have given them."""

from collections.abc import Iterator, Sequence
from datetime import date

from backend.demo.load.copying import Loader, Row, instant
from backend.demo.load.figures import Figures, Part, month_of
from backend.demo.load.orders import at
from backend.demo.load.parties import Parties
from backend.demo.load.works import Entry, Work
from backend.hours.model import TimeEntry
from backend.invoices.queries import LINE_KIND
from backend.invoices.states import LineState
from backend.ledger.model import Account, Portion, Posting, PostingKind, Reservation, Unit
from backend.orders.commitment_verbs import year_purpose
from backend.orders.model import SUMS, TOTAL, WORK
from backend.orders.states import Pricing

GRANT, BOOK, APPROVE, BILL = PostingKind


class Books:
    """The ledger of the loaded data; `portion` keys are given in the order of entries, then of milestones."""

    def __init__(
        self, loader: Loader, works: Sequence[Work], entries: Sequence[Entry], figures: Figures, parties: Parties
    ) -> None:
        self.loader, self.entries, self.figures, self.parties = loader, entries, figures, parties
        self.works = [work for work in works if work.ordered]
        ids = loader.keys(Account)
        self.totals = {supplier.agreement_id: next(ids) for supplier in parties.suppliers}
        self.years: dict[tuple[int, int], int] = {}
        """Ordering right and year → account."""
        for work in self.works:
            key = _year(work)
            if key not in self.years:
                self.years[key] = next(ids)
            work.account_id = next(ids)
            if work.pricing is Pricing.FIXED:
                work.sums_id = next(ids)
        self.days: dict[tuple[int, int], list[int]] = {}
        """Person and day → account, minutes."""
        for entry in entries:
            day = self.days.get((entry.person_id, entry.day))
            if day is None:
                self.days[entry.person_id, entry.day] = [next(ids), entry.minutes]
            else:
                day[1] += entry.minutes
        self.first_portion = next(loader.keys(Portion))

    def load_accounts(self) -> None:
        self.loader.copy(
            Account,
            "id about_kind about_id purpose unit holder_id title rule closes_on billable granted booked approved "
            "billed",
            self._accounts(),
        )

    def _accounts(self) -> Iterator[Row]:
        bound: dict[int, int] = {}
        for work in self.works:
            cents = work.cents + work.extra_cents
            for account_id in (self.totals[work.supplier.agreement_id], self.years[_year(work)]):
                bound[account_id] = bound.get(account_id, 0) + cents
        none = None
        for supplier in self.parties.suppliers:
            id = self.totals[supplier.agreement_id]
            cents = bound.get(id, 0)
            yield (id, "Agreement", supplier.agreement_id, TOTAL, Unit.CENTS, none, supplier.agreement_number, none,
                   none, True, none, cents, cents, 0)  # fmt: skip
        for (right_id, year), id in self.years.items():
            yield (id, "OrderingRight", right_id, year_purpose(year), Unit.CENTS, none, none, none, none, True, none,
                   bound[id], bound[id], 0)  # fmt: skip
        for w in self.works:
            closes, fixed = w.accepted and date.fromordinal(w.accepted), w.pricing is Pricing.FIXED
            yield (w.account_id, "Order", w.id, WORK, Unit.MINUTES, w.supplier.id, w.title, "H11.9-b" if fixed else
                   none, closes or none, not fixed, none if fixed else w.minutes + w.extra, w.booked, w.approved,
                   0 if fixed else w.billed)  # fmt: skip
        accepted: dict[int, int] = {}
        for part in self.figures.parts:
            if part.accepted:
                accepted[part.work.id] = accepted.get(part.work.id, 0) + part.cents
        for w in self.works:
            if w.sums_id:
                cents = accepted.get(w.id, 0)
                yield (w.sums_id, "Order", w.id, SUMS, Unit.CENTS, w.supplier.id, w.title, none, none, True, w.cents,
                       cents, cents, w.billed)  # fmt: skip
        for (person_id, day), (id, minutes) in self.days.items():
            yield (id, "Person", person_id, f"day:{date.fromordinal(day)}", Unit.MINUTES, none, none, none, none, True,
                   none, minutes, minutes, 0)  # fmt: skip

    def load_postings(self) -> None:
        self.loader.copy(
            Posting,
            "id account_id kind amount key at source_kind source_id grant_id",
            self._postings(self.loader.keys(Posting)),
        )

    def _postings(self, ids: Iterator[int]) -> Iterator[Row]:
        for w in self.works:
            ref = ("Order", w.id)
            for account_id in (self.totals[w.supplier.agreement_id], self.years[_year(w)]):
                for n, cents in enumerate((w.cents, w.extra_cents)):
                    if cents:
                        key, when = f"order:{w.id}:{account_id}:{2 * n}", at(w, w.started if n else w.ordered)
                        yield next(ids), account_id, BOOK, cents, f"{key}:book", when, *ref, None
                        yield next(ids), account_id, APPROVE, cents, f"{key}:approve", when, *ref, None
            when = at(w, w.ordered)
            if w.pricing is Pricing.FIXED:
                w.grant_id = next(ids)
                yield w.grant_id, w.sums_id, GRANT, w.cents, f"order:{w.id}:price", when, *ref, None
                continue
            w.grant_id = next(ids)
            yield w.grant_id, w.account_id, GRANT, w.minutes, f"order:{w.id}:ceiling", when, *ref, None
            if w.extra:
                w.extra_grant_id, ref = next(ids), ("Overrun", w.overrun_id)
                when, key = at(w, w.started, 20), f"Overrun:{w.overrun_id}:ceiling"
                yield w.extra_grant_id, w.account_id, GRANT, w.extra, key, when, *ref, None
        kind = TimeEntry.__name__
        for entry in self.entries:
            key, when, minutes = f"{kind}:{entry.id}", booked_at(entry), entry.minutes
            day_id = self.days[entry.person_id, entry.day][0]
            yield next(ids), entry.work.account_id, BOOK, minutes, f"{key}:book", when, kind, entry.id, None
            yield next(ids), day_id, BOOK, minutes, f"{key}:day:book", when, kind, entry.id, None
            yield next(ids), day_id, APPROVE, minutes, f"{key}:day:approve", when, kind, entry.id, None
        days = {approval.id: instant(date.fromordinal(approval.day), 9 * 60) for approval in self.figures.approvals}
        for entry in self.entries:
            if entry.approval:
                when = days[entry.approval]
                for n, (grant_id, minutes) in enumerate(_parts(entry)):
                    key = f"{kind}:{entry.id}:approve:1:{n}"
                    yield (next(ids), entry.work.account_id, APPROVE, minutes, key, when, kind, entry.id, grant_id)
        for part in self.figures.parts:
            if part.accepted:
                key, when, ref = f"milestone:{part.id}:accepted", at(part.work, part.accepted), ("Milestone", part.id)
                yield next(ids), part.work.sums_id, BOOK, part.cents, f"{key}:book", when, *ref, None
                yield next(ids), part.work.sums_id, APPROVE, part.cents, f"{key}:0", when, *ref, part.work.grant_id
        yield from self._bills(ids)

    def _bills(self, ids: Iterator[int]) -> Iterator[Row]:
        for line in self.figures.lines.values():
            if line.state is LineState.APPROVED and line.invoice is not None:
                account_id = line.work.sums_id if line.part else line.work.account_id
                key = f"approved:{line.invoice.id}:1:{line.id}:{account_id}"
                when = instant(date.fromordinal(line.invoice.day + 3), 10 * 60)
                amount = line.cents if line.part else line.minutes
                yield next(ids), account_id, BILL, amount, key, when, LINE_KIND, line.id, None

    def load_portions(self) -> None:
        self.loader.copy(
            Portion,
            "id account_id source_kind source_id grant_id amount day price_group_id recorded_at",
            self._portions(),
        )

    def _portions(self) -> Iterator[Row]:
        kind = TimeEntry.__name__
        days = {approval.id: instant(date.fromordinal(approval.day), 9 * 60) for approval in self.figures.approvals}
        for id, source, grant_id, amount in self._numbered():
            if isinstance(source, Entry):
                w = source.work
                group_id = w.supplier.group_ids[source.group] if w.pricing is Pricing.HOURS else None
                yield (id, w.account_id, kind, source.id, grant_id, amount, date.fromordinal(source.day), group_id,
                       days[source.approval])  # fmt: skip
            else:
                yield (id, source.work.sums_id, "Milestone", source.id, grant_id, amount,
                       date.fromordinal(source.delivered), None, at(source.work, source.accepted))  # fmt: skip

    def _numbered(self) -> Iterator[tuple[int, Entry | Part, int | None, int]]:
        """Portions in the order of their keys: key, what they are of, the grant used up, how much."""
        id = self.first_portion
        for entry in self.entries:
            if entry.approval:
                for grant_id, amount in _parts(entry):
                    yield id, entry, grant_id, amount
                    id += 1
        for part in self.figures.parts:
            if part.accepted:
                yield id, part, part.work.grant_id, part.cents
                id += 1

    def load_reservations(self) -> None:
        self.loader.copy(Reservation, "portion_id line_kind line_id reserved_at taken_at", self._reservations())

    def _reservations(self) -> Iterator[Row]:
        months: dict[int, int] = {}
        moments: dict[int, str] = {}
        for id, source, _, _ in self._numbered():
            if isinstance(source, Entry):
                day, place = source.day, source.group
            else:
                day, place = source.delivered, -source.position
            month = months.get(day)
            if month is None:
                month = months[day] = month_of(day)
            line = self.figures.lines.get((source.work.id, month, place))
            if line is None or line.invoice is None or (isinstance(source, Entry) and line.part is not None):
                continue
            for when in (line.invoice.day, line.invoice.day + 3):
                if when not in moments:
                    moments[when] = str(instant(date.fromordinal(when), 10 * 60))
            taken = moments[line.invoice.day + 3] if line.state is LineState.APPROVED else None
            yield id, LINE_KIND, line.id, moments[line.invoice.day], taken


def booked_at(entry: Entry) -> str:
    """In the afternoon of the day of the work."""
    return f"{date.fromordinal(entry.day)} {13 + entry.id % 3}:{entry.id % 60:02}:00+00"


def _parts(entry: Entry) -> list[tuple[int | None, int]]:
    """The grants that an approved entry used up, the first one first."""
    work = entry.work
    if work.pricing is Pricing.FIXED:
        return [(None, entry.minutes)]
    parts: list[tuple[int | None, int]] = []
    if entry.minutes > entry.over:
        parts.append((work.grant_id, entry.minutes - entry.over))
    if entry.over:
        parts.append((work.extra_grant_id, entry.over))
    return parts


def _year(work: Work) -> tuple[int, int]:
    return work.contact.right_id, date.fromordinal(work.ordered).year
