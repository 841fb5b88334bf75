"""What happened, business day by business day: orders on their way, hours booked, approved, and what waits today."""

from datetime import date
from random import Random

import sqlalchemy as sa

from backend.demo import billing, complaining, informing, shelf, starting
from backend.demo.ordering import CONFIRMED, STEPS, take_steps
from backend.demo.papers import paper
from backend.demo.stage import Stage
from backend.demo.works import WORKS, End, Work
from backend.hours import approval_verbs
from backend.hours.model import TimeEntry
from backend.hours.states import EntryState, OwnCost
from backend.hours.target_verbs import define_target
from backend.hours.verbs import Booking, book_hours
from backend.kit.actor import SCHEDULE
from backend.kit.calendar import MONDAY_TO_FRIDAY, Month, month_of, nth_business_day
from backend.kit.deadlines import pass_deadlines
from backend.orders import delivery_verbs, forecast_verbs, overrun_verbs
from backend.orders.model import Order

FIRST_DAY = -88
"""Business days before today on which everything begins."""
WAYS = ("suunnittelu", "toteutus", "toteutus ja testit", "katselmoinnin korjaukset", "testaus", "viimeistely")


def _nth(day: date, n: int) -> date:
    """The n-th business day of the month of a day."""
    return nth_business_day(day.year, day.month, n, MONDAY_TO_FRIDAY)


class Story:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.dice = Random(20261124)  # noqa: S311  # the same past at every start
        self.booked: dict[str, int] = {}
        self.done: set[str] = set()
        self.invoices: list[int] = []
        """Sent, and not yet approved."""

    async def play(self) -> None:
        """From the first day to yesterday evening, and this morning."""
        for n in range(FIRST_DAY, 0):
            day = self.stage.day(n)
            if n == FIRST_DAY + 1:
                await self._define_targets(day)
                await complaining.agree_on_sanction(self.stage, day)
                await informing.agree(self.stage)
                await starting.start(self.stage)
                await shelf.fill(self.stage)
            for work in WORKS:
                await take_steps(self.stage, work, n + work.began, day)
            await self._approve_month_before(day)
            await self._bill_month_before(day)
            for work in WORKS:
                await self._book(work, n + work.began, day)
            await complaining.go_on(self.stage, n)
            self.stage.at(day, 23, 30)
            await self.stage.entrance.enter(SCHEDULE, pass_deadlines)
        await self._leave_things_waiting()

    # Hours

    async def _book(self, work: Work, step: int, day: date) -> None:
        """The experts' afternoon on one order: as much as brings it to where it should be by this day."""
        worked = step - CONFIRMED + 1
        if worked < 1 or work.end in STEPS or work.key in self.done:
            return
        days = work.lasts or work.began - CONFIRMED
        if worked > days:
            await self._deliver(work, day)
            return
        for place, expert in enumerate(work.experts):
            share = work.spent * work.estimated_minutes * min(1.0, worked / days) / len(work.experts)
            key = f"{work.key}:{expert}"
            minutes = min(450, 15 * round((share - self.booked.get(key, 0)) / 15 + self.dice.uniform(-1.2, 0.8)))
            if worked == days:
                minutes = min(540, 15 * round((share - self.booked.get(key, 0)) / 15))
            if minutes < 30:
                continue
            self.booked[key] = self.booked.get(key, 0) + minutes
            code = work.rows[min(place, len(work.rows) - 1)][0]
            task = work.tasks[(worked + 2 * place) // 4 % len(work.tasks)]
            self.stage.at(day, 15, 30 + 5 * place)
            await self.stage.act(
                expert,
                book_hours,
                booking=Booking(
                    target_id=self.stage.ids[f"{work.key}:target"],
                    day=day,
                    minutes=minutes,
                    description=f"{task}, {WAYS[worked % len(WAYS)]}",
                    price_group_id=self.stage.ids[f"{work.deal}:{code}"],
                ),
            )
        await self._follow(work, day)

    async def _follow(self, work: Work, day: date) -> None:
        """At the warning the supplier renews its forecast; once, on the same afternoon."""
        booked, ceiling = self._booked(work), work.estimated_minutes
        if work.overrun_at and booked >= work.overrun_at * ceiling:
            await self._overrun_granted(work, day)
        elif booked >= 0.8 * ceiling and f"{work.key}:forecast" not in self.stage.ids:
            self.stage.ids[f"{work.key}:forecast"] = 1
            await self._forecast(work, max(15, ceiling - booked), "Jäljellä viimeistely ja testaus.")

    async def _forecast(self, work: Work, remaining: int, note: str) -> None:
        await self.stage.act(
            work.manager,
            forecast_verbs.give_forecast,
            order_id=self.stage.ids[work.key],
            remaining_minutes=remaining // 15 * 15,
            note=note,
        )

    def _booked(self, work: Work) -> int:
        return sum(self.booked.get(f"{work.key}:{expert}", 0) for expert in work.experts)

    async def _overrun_granted(self, work: Work, day: date) -> None:
        """An earlier request to go on, granted in part."""
        if f"{work.key}:overrun" in self.stage.ids:
            return
        stage, order_id = self.stage, self.stage.ids[work.key]
        stage.at(day, 16)
        remaining = work.estimated_minutes - self._booked(work) + 16 * 60
        await self._forecast(work, remaining, "Suurten koulujen haut vaativat oman indeksin.")
        asked = await stage.act(
            work.manager,
            overrun_verbs.request_overrun,
            order_id=order_id,
            minutes=16 * 60,
            reason="Suurissa kouluissa haku on liian hidas; nopeutus ei ollut arviossa.",
        )
        stage.ids[f"{work.key}:overrun"] = asked.id
        stage.at(day, 16, 20)
        await stage.act(
            "service_manager",
            overrun_verbs.decide_overrun,
            overrun_id=asked.id,
            minutes=12 * 60,
            reason="Nopeutus tarvitaan; ulkoasun viimeistely siirretään seuraavaan tilaukseen.",
            covers_work_done=True,
        )
        stage.at(day, 16, 40)
        await self._forecast(work, work.estimated_minutes + 12 * 60 - self._booked(work), "Viimeistely jää pois.")

    async def _deliver(self, work: Work, day: date) -> None:
        self.done.add(work.key)
        stage = self.stage
        stage.at(day, 14)
        await self._forecast(work, 0, "Työ on valmis.")
        said = paper("Luovutusraportti", "", work.title, "Kaikki on testattu ja dokumentoitu.")
        report = await stage.bring(work.manager, "luovutusraportti.pdf", said, "application/pdf")
        await stage.act(work.manager, delivery_verbs.deliver_work, order_id=stage.ids[work.key], file_ids=[report.id])
        if work.end is End.ACCEPTED:
            stage.at(day, 15)
            await stage.act("service_manager", delivery_verbs.accept_work, order_id=stage.ids[work.key])

    async def _define_targets(self, day: date) -> None:
        """What suppliers book at their own cost."""
        for deal in ("deal_a", "deal_b"):
            for kind, title in (
                (OwnCost.FAMILIARISATION, "Uuden henkilön perehdytys"),
                (OwnCost.BODIES, "Ohjaus- ja tuotantoryhmän kokoukset"),
            ):
                self.stage.at(day, 9)
                await self.stage.act(
                    "service_manager",
                    define_target,
                    agreement_id=self.stage.ids[deal],
                    kind=kind,
                    title=title,
                    instructions="Kirjataan toimittajan omalla kustannuksella.",
                )

    async def _approve_month_before(self, day: date) -> None:
        """On the second business day of a month Tiera approves what was booked in the month before."""
        if day != _nth(day, 2):
            return
        month = month_of(day)
        for supplier in ("koodipaja", "pohjanlumi"):
            waiting = await self.stage.ask(
                sa.select(TimeEntry.id)
                .where(
                    TimeEntry.state == EntryState.BOOKED,
                    TimeEntry.day < month.first_day,
                    TimeEntry.supplier_id == self.stage.ids[supplier],
                )
                .order_by(TimeEntry.id)
            )
            if waiting:
                self.stage.at(day, 11)
                await self.stage.act("service_manager", approval_verbs.approve_hours, entry_ids=waiting)

    # Invoices

    async def _bill_month_before(self, day: date) -> None:
        """On the third business day suppliers bill; on the fifth Tiera approves. The newest file waits for today."""
        month = billing.month_before(day)
        if day == _nth(day, 3):
            self.stage.at(day, 10)
            invoices = [await billing.send_typed(self.stage, billing.deal_of("deal_a"), month, "manager_a")]
            if month != self._newest():
                self.stage.at(day, 13)
                invoices.append(await billing.send_file(self.stage, billing.deal_of("deal_b"), month, "manager_b"))
            self.invoices = [invoice for invoice in invoices if invoice is not None]
        elif day == _nth(day, 5):
            self.stage.at(day, 12)
            for invoice in self.invoices:
                await billing.approve(self.stage, invoice)
            self.invoices = []

    def _newest(self) -> Month:
        """The last month whose hours are approved by yesterday evening."""
        yesterday = self.stage.day(-1)
        month = billing.month_before(yesterday)
        return month if yesterday >= _nth(yesterday, 2) else month - 1

    # Today

    async def _leave_things_waiting(self) -> None:
        """What each of the people finds on the desk this morning."""
        stage = self.stage
        stage.at(stage.day(-1), 16, 20)
        deal = billing.deal_of("deal_b")
        await billing.send_file(stage, deal, self._newest(), "manager_b", with_faults=True)
        stage.at(stage.day(-1), 16, 30)
        for work in WORKS:
            booked, ceiling = self._booked(work), work.estimated_minutes
            if work.end is End.OVERRUN_ASKED:
                await self._forecast(work, 44 * 60, "Liitteiden siirto on arvioitua laajempi.")
                kinds = paper("Liitteet tyypeittäin", "", "PDF: 12 400", "Kuvat: 3 150", "Taulukot: 870")
                counted = await stage.bring(work.manager, "liitteiden määrät.pdf", kinds, "application/pdf")
                await stage.act(
                    work.manager,
                    overrun_verbs.request_overrun,
                    order_id=stage.ids[work.key],
                    minutes=booked + 44 * 60 - ceiling,
                    reason="Asianhallinta ottaa liitteet vastaan vain yksi kerrallaan, ja jokainen tiedostotyyppi on "
                    "tarkistettava erikseen.",
                    file_ids=[counted.id],
                )
            elif work.end is End.IN_PROGRESS:
                await self._forecast(work, ceiling - booked - 120, "Etenee arvion mukaan.")
        newest = await stage.ask(
            sa.select(TimeEntry.id)
            .join(Order, Order.id == TimeEntry.order_id)
            .where(TimeEntry.state == EntryState.BOOKED, Order.id == stage.ids["lomakkeet"])
            .order_by(TimeEntry.day.desc(), TimeEntry.id.desc())
            .limit(1)
        )
        if newest:
            stage.at(stage.day(-1), 16, 45)
            await stage.act(
                "service_manager",
                approval_verbs.return_hours,
                entry_ids=newest,
                reason="Selitteestä ei selviä, mitä lomaketta työ koski.",
            )
