"""Invoices of the demo: typed by one supplier, sent as files by the other; most right, the newest one not quite."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa

from backend.demo.cast import DEALS, PARTIES, TIERA, Deal
from backend.demo.stage import Stage
from backend.invoices import deciding_verbs, sending_verbs
from backend.invoices.drafting import Draft, DraftLine
from backend.invoices.reading import DocumentKind, EInvoice, Line, Origin, Party, Syntax, Totals, VatRate
from backend.invoices.states import Ground
from backend.invoices.writing import write
from backend.kit.amounts import Minutes, line_amount, round_cents, vat
from backend.kit.calendar import Month
from backend.ledger.model import Account, Portion, Reservation
from backend.orders.model import WORK, Order
from backend.parties.agreement_model import PriceGroup

VAT = Decimal("25.5")


@dataclass(frozen=True)
class Bill:
    """Approved minutes of one order and price group, as one line of an invoice."""

    order: str
    code: str
    text: str
    minutes: int
    price: Decimal
    month: Month

    @property
    def amount(self) -> Decimal:
        return line_amount(self.minutes, self.price)

    @property
    def hours(self) -> Decimal:
        return Decimal(self.minutes) / 60


async def unbilled(stage: Stage, deal: Deal, month: Month) -> list[Bill]:
    """What of a month is approved and held by no line, by order and price group."""
    held = sa.exists().where(Reservation.portion_id == Portion.id, Reservation.released_at.is_(None))
    async with stage.sessions() as session:
        rows = await session.execute(
            sa.select(Order.number, Order.title, PriceGroup.code, Portion.amount)
            .join(Account, Account.id == Portion.account_id)
            .join(Order, sa.and_(Account.about_kind == "Order", Account.about_id == Order.id))
            .join(PriceGroup, PriceGroup.id == Portion.price_group_id)
            .where(
                Account.purpose == WORK,
                Order.agreement_id == stage.ids[deal.key],
                Portion.ended_at.is_(None),
                Portion.day.between(month.first_day, month.last_day),
                ~held,
            )
            .order_by(Order.id, PriceGroup.code)
        )
        sums: dict[tuple[str, str, str], int] = defaultdict(int)
        for number, title, code, amount in rows.all():
            sums[str(number), title, code] += amount
    prices = {code: price for code, _, price in deal.prices}
    names = {code: name for code, name, _ in deal.prices}
    return [
        Bill(number, code, f"{title}: {names[code].lower()}", minutes, prices[code], month)
        for (number, title, code), minutes in sums.items()
    ]


async def send_typed(stage: Stage, deal: Deal, month: Month, who: str) -> int | None:
    """Type the month's invoice in the portal and send it; its id, None where there is nothing to bill."""
    bills = await unbilled(stage, deal, month)
    if not bills:
        return None
    day = stage.clock.date()
    draft = Draft(
        number=f"K{month.year}{month.number:02}",
        issued_on=day,
        due_on=day + timedelta(days=30),
        period_first=month.first_day,
        period_last=month.last_day,
        agreement_reference=deal.number,
        iban=deal.iban,
        lines=[
            DraftLine(
                text=bill.text,
                ground=Ground.HOURS,
                order_reference=bill.order,
                period_first=month.first_day,
                period_last=month.last_day,
                price_group_code=bill.code,
                minutes=Minutes(bill.minutes),
                unit_price=bill.price,
                vat_rate=VAT,
            )
            for bill in bills
        ],
    )
    invoice = await stage.act(who, sending_verbs.draft_invoice, draft=draft)
    await stage.act(who, sending_verbs.send_invoice, invoice_id=invoice.id)
    return invoice.id


async def send_file(stage: Stage, deal: Deal, month: Month, who: str, *, with_faults: bool = False) -> int | None:
    """Send the month's invoice as a Finvoice file; with faults: a wrong price, too many hours, a line of nowhere."""
    bills = await unbilled(stage, deal, month)
    if not bills:
        return None
    number = f"PL-{month.year}-{month.number:02}"
    content = write(_document(stage, deal, month, number, _faulty(bills) if with_faults else bills))
    file = await stage.bring(who, f"{number}.xml", content, "application/xml")
    invoice = await stage.act(who, sending_verbs.receive_invoice, file_id=file.id)
    return invoice.id


def _faulty(bills: list[Bill]) -> list[Bill]:
    first, *others = bills
    wrong = [first]
    if others:
        wrong.append(replace(others[0], price=others[0].price + Decimal("6.50")))
        wrong.extend(others[1:])
    wrong.append(replace(first, text="Lisätunnit, sovittu puhelimessa", minutes=450))
    wrong.append(replace(first, order="", text="Matkakulut Helsinki–Oulu", minutes=60, price=Decimal("184.60")))
    return wrong


def _document(stage: Stage, deal: Deal, month: Month, number: str, bills: list[Bill]) -> EInvoice:
    seller = next(party for party in PARTIES if party.key == deal.party)
    issued = stage.clock.date()
    net = sum((bill.amount for bill in bills), Decimal(0))
    tax = vat(net, VAT)
    return EInvoice(
        syntax=Syntax.FINVOICE,
        version="3.0",
        kind=DocumentKind.INVOICE,
        origin=Origin.ORIGINAL,
        number=number,
        issued_on=issued,
        due_on=issued + timedelta(days=30),
        currency="EUR",
        seller=_party(seller.business_id, seller.name),
        buyer=_party(TIERA.business_id, TIERA.name),
        agreement_id=deal.number,
        period_start=month.first_day,
        period_end=month.last_day,
        accounts=(deal.iban,),
        payment_reference="RF18539007547034",
        totals=Totals(gross=net + tax, net=net, vat=tax, payable=net + tax, lines=net),
        vat_rates=(VatRate(category="S", rate=VAT, base=net, amount=tax),),
        lines=tuple(_line(place, bill) for place, bill in enumerate(bills, 1)),
    )


def _party(business_id: str, name: str) -> Party:
    return Party(identifier=business_id, name=name, vat_id="FI" + business_id.replace("-", ""))


def _line(position: int, bill: Bill) -> Line:
    tax = vat(bill.amount, VAT)
    return Line(
        position=position,
        id=str(position),
        text=bill.text,
        quantity=round_cents(bill.hours),
        unit="HUR",
        raw_unit="h",
        unit_price=bill.price,
        net_amount=bill.amount,
        gross_amount=bill.amount + tax,
        vat_rate=VAT,
        vat_category="S",
        vat_amount=tax,
        order_id=bill.order or None,
        seller_item_id=bill.code,
        period_start=bill.month.first_day,
        period_end=bill.month.last_day,
    )


async def approve(stage: Stage, invoice_id: int) -> None:
    """Tiera approves every line that is right."""
    await stage.act("service_manager", deciding_verbs.approve_lines, invoice_id=invoice_id)


def deal_of(key: str) -> Deal:
    return next(deal for deal in DEALS if deal.key == key)


def month_before(day: date) -> Month:
    return Month(day.year, day.month) - 1
