"""The orders of the loaded data before they are rows: what was wanted, who works on it, how far it has come."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from random import Random

from backend.demo.load.parties import Contact, Parties, Supplier
from backend.demo.load.scales import YEARS, Scale
from backend.kit.calendar import MONDAY_TO_FRIDAY, is_business_day
from backend.orders.states import OrderState, Pricing

FIXED = 0.12
"""Share of orders at a fixed price."""
EVERYDAY = (15, 30, 45, 60, 60, 90, 90, 120, 120, 150, 180, 180, 240, 300, 360, 450)
"""Minutes of an entry."""
MOST_A_DAY = 15 * 60
S = OrderState
SUBJECTS = (
    "Hakemuslomakkeen muutos", "Rajapinnan laajennus", "Raporttien tarkistus", "Kertakirjautumisen vianselvitys",
    "Saavutettavuuden korjaukset", "Tiedonsiirron testaus", "Käyttöoikeuksien uudistus", "Viestipohjien käännökset",
    "Arkistoinnin valmistelu", "Suorituskyvyn parannus", "Versiopäivitys", "Lomakkeiden yhdistäminen",
    "Päätösten jakelu", "Väestötietojen haku", "Maksupäätösten tarkistus", "Pääkäyttäjien koulutus",
)  # fmt: skip
TASKS = (
    "Määrittely ja työmääräarvion tarkennus", "Toteutus ja yksikkötestit", "Katselmointi ja korjaukset",
    "Testaus asiakkaan kanssa", "Havaintojen korjaus", "Rajapinnan kutsujen tarkistus", "Virheilmoitusten tekstit",
    "Tietokannan muutos ja siirto", "Käyttöönoton valmistelu", "Seuranta tuotannossa", "Näkymän oikeudet",
    "Saavutettavuuden tarkistus", "Dokumentointi", "Palaveri ja suunnittelu", "Lokien läpikäynti",
)  # fmt: skip
Ordinal = int
"""A day as `date.toordinal` counts; 0: not yet, or never."""


@dataclass(slots=True)
class Work:
    """One order; days are ordinals."""

    id: int
    supplier: Supplier
    contact: Contact
    customer: tuple[int, int] | None
    """Organisation and representative."""
    pricing: Pricing
    subject: int
    minute: int
    """Of the day, when things happen to it."""
    created: Ordinal
    weight: float
    team: tuple[tuple[int, int], ...]
    """Person and price group (0 to 2)."""
    is_asked: bool = False
    taken_up: Ordinal = 0
    requested: Ordinal = 0
    estimated: Ordinal = 0
    ordered: Ordinal = 0
    confirmed: Ordinal = 0
    started: Ordinal = 0
    finished: Ordinal = 0
    """When the work was to be done, reached or not."""
    delivered: Ordinal = 0
    accepted: Ordinal = 0
    ended: Ordinal = 0
    state: OrderState = OrderState.DRAFT
    entries: int = 0
    number: str | None = None
    account_id: int = 0
    """Of its minutes."""
    sums_id: int = 0
    booked: int = 0
    approved: int = 0
    billed: int = 0
    minutes: int = 0
    """Ordered at first."""
    cents: int = 0
    extra: int = 0
    """Minutes granted by an overrun."""
    extra_cents: int = 0
    asked_more: int = 0
    """Minutes of a request to go on that waits."""
    grant_id: int = 0
    extra_grant_id: int = 0
    estimate_id: int = 0
    option_id: int = 0
    """Of the estimate: the first, which is chosen where the work is ordered."""
    overrun_id: int = 0
    parts: int = 0
    """Milestones of a fixed price, and how many of them are accepted."""
    accepted_parts: int = 0

    @property
    def title(self) -> str:
        return f"{SUBJECTS[self.subject]} {self.id}"

    @property
    def service_id(self) -> int:
        return self.supplier.service_ids[self.id % len(self.supplier.service_ids)]


class Entry:
    """One person's work on one order on one day; two million of them are kept at once."""

    __slots__ = ("approval", "approved", "day", "group", "id", "minutes", "over", "person_id", "work")

    def __init__(self, work: Work, person_id: int, day: Ordinal, minutes: int, group: int) -> None:
        self.work, self.person_id, self.day, self.minutes, self.group = work, person_id, day, minutes, group
        self.id = 0
        self.approval = 0
        """Key of its approval; 0: it waits."""
        self.over = 0
        """Minutes of it that an overrun's grant covers."""


def plan_works(parties: Parties, scale: Scale, today: date, random: Random, ids: Iterator[int]) -> list[Work]:
    """Orders in the order of their making, the older the more; each as far as the time since has brought it."""
    weights = list(accumulate(supplier.weight for supplier in parties.suppliers))
    sizes = list(accumulate(1 / (n + 2) ** 0.7 for n in range(len(parties.customers))))
    first = today.toordinal() - 365 * YEARS
    works = []
    for created in sorted(random.uniform(first, today.toordinal() + 1) for _ in range(scale.orders)):
        (supplier,) = random.choices(parties.suppliers, cum_weights=weights)
        experts = random.sample(supplier.expert_ids, random.choices((1, 2, 3), (20, 45, 35))[0])
        has_customer = random.random() < 0.8
        work = Work(
            id=next(ids),
            supplier=supplier,
            contact=random.choice(parties.contacts),
            customer=random.choices(parties.customers, cum_weights=sizes)[0] if has_customer else None,
            pricing=Pricing.FIXED if random.random() < FIXED else Pricing.HOURS,
            subject=random.randrange(len(SUBJECTS)),
            minute=random.randrange(5 * 60, 13 * 60),
            created=int(created),
            weight=random.lognormvariate(0, 0.8),
            team=tuple((person_id, random.choices((0, 1, 2), (50, 35, 15))[0]) for person_id in experts),
        )
        work.is_asked = has_customer and random.random() < 0.4
        _advance(work, today.toordinal(), random)
        works.append(work)
    _share_entries(works, scale.entries, today.toordinal())
    return works


def _advance(work: Work, today: Ordinal, random: Random) -> None:
    """Let things happen to an order until today, or until it was given up."""
    steps = (
        ("taken_up", S.DRAFT, random.randint(2, 20) if work.is_asked else 0),
        ("requested", S.REQUESTED, random.randint(1, 4)),
        ("estimated", S.ESTIMATED, random.randint(2, 9)),
        ("ordered", S.ORDERED, random.randint(1, 9)),
        ("started", S.IN_PROGRESS, random.randint(2, 9)),
        ("delivered", S.DELIVERED, 10 + round(60 * work.weight * random.uniform(0.6, 1.6))),
        ("accepted", S.ACCEPTED, random.randint(2, 20)),
    )
    given_up_after = random.choices(("", "taken_up", "requested", "estimated"), (93, 2, 3, 2))[0]
    day, work.state = work.created, S.ASKED if work.is_asked else S.DRAFT
    for name, state, lasts in steps:
        day += lasts
        if name == "delivered":
            work.finished = day
        if day > today:
            break
        setattr(work, name, day)
        work.state = state
        if name == given_up_after:
            if day < today:
                work.ended = day + 1
                work.state = S.DECLINED if name == "requested" else S.CANCELLED
            break
    if not work.is_asked:
        work.taken_up = 0
    if work.ordered and work.ordered < today:
        work.confirmed = work.ordered + 1


def number_works(works: Sequence[Work], last: dict[int, int]) -> None:
    """Give Tiera's numbers in the order of placing, on from the last of each year."""
    for work in sorted((w for w in works if w.ordered), key=lambda w: (w.ordered, w.minute, w.id)):
        year = date.fromordinal(work.ordered).year
        last[year] = last.get(year, 0) + 1
        work.number = f"TIL-{year}-{last[year]:05}"


def _share_entries(works: Sequence[Work], entries: int, today: Ordinal) -> None:
    """Share the entries wanted among the orders whose work began, by their size and by how much of it is done."""
    done = []
    for work in works:
        share = 0.0
        if work.started and work.started < today:
            share = work.weight * min(1.0, (today - work.started) / max(1, work.finished - work.started))
        done.append(share)
    total, summed, given = sum(done), 0.0, 0
    for work, share in zip(works, done, strict=True):
        summed += share
        work.entries = round(entries * summed / total) - given
        given += work.entries


def plan_entries(works: Sequence[Work], today: date, random: Random) -> list[Entry]:
    """Everybody's entries in the order of their days; nobody works more than is believable in a day."""
    first = min(work.created for work in works)
    business_days = [
        day for day in range(first, today.toordinal()) if is_business_day(date.fromordinal(day), MONDAY_TO_FRIDAY)
    ]
    booked: dict[tuple[int, int], int] = {}
    entries = []
    for work in works:
        if not work.entries:
            continue
        begin = min(bisect_right(business_days, work.started - 1), len(business_days) - 1)
        end = max(begin + 1, bisect_right(business_days, min(work.delivered or work.finished, today.toordinal())))
        for _ in range(work.entries):
            person_id, group = random.choice(work.team)
            minutes = random.choice(EVERYDAY)
            for attempt in range(6):
                day = business_days[random.randrange(begin, end) if attempt < 5 else begin]
                already = booked.get((person_id, day), 0)
                if already + minutes <= MOST_A_DAY:
                    break
            else:
                minutes = 15 if already < 24 * 60 - 15 else 0
            if not minutes:
                continue
            booked[person_id, day] = already + minutes
            entries.append(Entry(work, person_id, day, minutes, group))
            work.booked += minutes
    entries.sort(key=lambda entry: entry.day)
    return entries
