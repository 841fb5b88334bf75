"""The main job in its roles, from a draft to a disputed line: without JavaScript, and by keyboard alone."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from backend.invoices.reading import DocumentKind, EInvoice, Line, Origin, Party, Syntax, Totals, VatRate
from backend.invoices.writing import write
from backend.kit import clock
from backend.kit.amounts import vat
from backend.kit.calendar import Month
from tests.browsers import chromium, visit
from tests.databases import Server
from tests.web.demo_portal import Demo, copied
from tests.web.hands import Hands, Pointing, Typing

pytestmark = pytest.mark.browser

TITLE = "Hakemuksen tila tekstiviestillä"
AGREEMENT, SELLER, BUYER = "SOP-2026-014", "1000003-9", "1000002-0"
PRICE, VAT = Decimal("95.00"), Decimal("25.5")
HOURS = Decimal("7.50")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def demo(test_server: Server, filled: tuple[str, Path]) -> Iterator[Demo]:
    with copied(test_server, filled) as demo:
        yield demo


class Desk:
    """One person at their browser, and how they use it."""

    def __init__(self, demo: Demo, page: Page, hands: Hands) -> None:
        self.demo, self.page, self.hands = demo, page, hands

    def named(self, name: str) -> Locator:
        return self.page.locator(f"main [name='{name}']:visible")

    def write(self, name: str, text: str) -> None:
        self.hands.write(self.named(name), text)

    def choose(self, name: str, words: str) -> None:
        """The first choice with these words in it."""
        field = self.named(name)
        self.hands.choose(field, next(text for text in field.locator("option").all_inner_texts() if words in text))

    def follow(self, text: str) -> None:
        """A link of the page's own part, by its words."""
        address = self.page.url
        self.hands.press(self.page.locator("main").get_by_role("link", name=text, exact=True).first)
        self.page.wait_for_url(lambda now: now != address)

    def send(self, text: str) -> None:
        """A form by its button, whose words are a pattern; what happened is said on the page."""
        self.hands.press(self.page.locator("main").get_by_role("button", name=re.compile(text)).first)
        self.page.locator("#flash:not(:empty)").wait_for()

    def reads(self, text: str) -> None:
        self.page.locator("main").get_by_text(text).filter(visible=True).first.wait_for()


def today() -> date:
    return clock.now().astimezone(clock.HELSINKI).date()


def a_file(number: str) -> bytes:
    """A Finvoice of what is booked on the order, with a line that asks too much an hour: the month is not over yet."""
    month = Month(today().year, today().month)
    prices = (PRICE, PRICE + 10)
    amounts = [HOURS * price for price in prices]
    net = sum(amounts, Decimal(0))
    tax = vat(net, VAT)
    lines = tuple(
        Line(
            position=position, id=str(position), text=f"Tekstiviestit, osa {position}", quantity=HOURS, unit="HUR",
            raw_unit="h", unit_price=price, net_amount=amount, gross_amount=amount + vat(amount, VAT), vat_rate=VAT,
            vat_category="S", vat_amount=vat(amount, VAT), order_id=number, seller_item_id="ASI",
            period_start=month.first_day, period_end=month.last_day,
        )
        for position, (price, amount) in enumerate(zip(prices, amounts, strict=True), 1)
    )  # fmt: skip
    document = EInvoice(
        syntax=Syntax.FINVOICE, version="3.0", kind=DocumentKind.INVOICE, origin=Origin.ORIGINAL,
        number=f"L{number[-5:]}", issued_on=today(), due_on=today() + timedelta(days=30), currency="EUR",
        seller=Party(identifier=SELLER, name="Koodipaja Oy", vat_id="FI10000039"),
        buyer=Party(identifier=BUYER, name="Kuntien Tiera Oy", vat_id="FI10000020"),
        agreement_id=AGREEMENT, period_start=month.first_day, period_end=month.last_day,
        accounts=("FI2112345600000785",), payment_reference="RF18539007547034",
        totals=Totals(gross=net + tax, net=net, vat=tax, payable=net + tax, lines=net),
        vat_rates=(VatRate(category="S", rate=VAT, base=net, amount=tax),), lines=lines,
    )  # fmt: skip
    return write(document)


def main_job(at: Callable[[str], Desk], demo: Demo, folder: Path) -> None:
    """Each role does its part at its own browser; `at` gives the desk of a person."""
    contact, supplier, expert, tiera = at("ordering_contact"), at("manager_a"), at("expert_a"), at("service_manager")

    contact.page.goto("/tilaukset/uusi")
    contact.write("content.title", TITLE)
    contact.write("content.description", "Huoltaja saa viestin, kun hakemuksen tila muuttuu.")
    contact.choose("agreementId", AGREEMENT)
    contact.send("Tallenna luonnos")
    order = contact.page.url.removeprefix(demo.address)
    contact.follow("Pyydä työmääräarvio")
    contact.send("Pyydä työmääräarvio")

    supplier.page.goto(order)
    supplier.follow("Anna työmääräarvio")
    supplier.choose("options.0.rows.0.priceGroupId", "Asiantuntija")
    supplier.write("options.0.rows.0.minutes", "20")
    supplier.write("noneBetterStatement", "Sähköposti olisi halvempi, mutta sitä ei lueta ajoissa.")
    supplier.send("Anna arvio")

    contact.page.goto(order)
    contact.hands.tick(contact.named("optionId").first)
    contact.send("Tee tilaus")
    number = contact.page.locator(".crumbs [aria-current]").inner_text()
    assert number.startswith("TIL-")

    supplier.page.goto(order)
    supplier.follow("Vahvista tilaus")
    supplier.write("supplierNumber", f"KP-{number[-5:]}")
    supplier.send("Vahvista tilaus")
    supplier.follow("Aloita työ")
    supplier.send("Aloita työ")

    expert.page.goto("/tunnit/uusi")
    expert.hands.press(expert.page.locator(".pick-link", has_text=number))
    expert.page.wait_for_url("**/tunnit/uusi/*")
    expert.write("booking.minutes", "7,5")
    expert.write("booking.description", "Yhdyskäytävän rajapinnan kokeilu")
    if expert.named("booking.priceGroupId").count():
        expert.choose("booking.priceGroupId", "Asiantuntija")
    expert.send("Kirjaa tunnit")

    supplier.page.goto(order)
    supplier.follow("Päivitä ennuste")
    supplier.write("remainingMinutes", "17:30")
    supplier.send("Päivitä ennuste")
    supplier.follow("Pyydä lupa jatkaa katon yli")
    supplier.write("reason", "Viestit tarvitaan kahdella kielellä.")
    supplier.send("Pyydä lupa jatkaa katon yli")

    tiera.page.goto(order)
    tiera.write("minutes", "4")
    tiera.write("reason", "Kaksi kieltä riittää.")
    tiera.hands.tick(tiera.named("coversWorkDone").last)
    tiera.send("Hyväksy")
    tiera.reads("hyväksytty 4 h")

    supplier_id = demo.row("select supplier_id as id from orders where title = %(title)s", title=TITLE)["id"]
    tiera.page.goto(f"/tunnit/hyvaksynta?supplier={supplier_id}&month={today():%Y-%m}")
    tiera.reads(TITLE)
    tiera.send("Hyväksy")

    file = folder / "lasku.xml"
    file.write_bytes(a_file(number))
    supplier.page.goto("/laskut/tuonti")
    supplier.hands.attach(supplier.page.locator("main input[name=fileId][type=file]"), file)
    supplier.send("Lähetä lasku")
    supplier.reads("Jakso on kesken")
    supplier.reads("Sopimuksen hinta on 95,00 €/h")

    waiting = demo.row("select id from invoices where state = 'received' and number like 'PL-%%'")["id"]
    tiera.page.goto(f"/laskut/{waiting}")
    tiera.send(r"^Hyväksy \d+ riv")
    tiera.follow("Kiistä rivejä")
    tiera.write("reason", "Tuntihinta on sopimuksen mukaan toinen, ja yksi rivi ei kuulu tilaukseen.")
    tiera.send("^Kiistä rivit")
    decided = (
        "select string_agg(distinct state, ' ' order by state) as found from invoice_lines where invoice_id = %(id)s"
    )
    assert demo.row(decided, id=waiting)["found"] == "approved disputed"


@contextmanager
def desks(demo: Demo, browser: Browser, javascript: bool) -> Iterator[Callable[[str], Desk]]:
    """A browser for each person, signed in."""
    with ExitStack() as stack:

        def at(who: str) -> Desk:
            page = stack.enter_context(
                visit(browser, demo.address, java_script_enabled=javascript, locale="fi-FI", reduced_motion="reduce")
            )
            page.set_default_timeout(15_000)
            demo.sign_in(page, who)
            return Desk(demo, page, Typing(page) if javascript else Pointing())

        yield at


def test_the_main_job_without_javascript(demo: Demo, browser: Browser, tmp_path: Path) -> None:
    with desks(demo, browser, javascript=False) as at:
        main_job(at, demo, tmp_path)


def test_the_main_job_by_keyboard_alone(demo: Demo, browser: Browser, tmp_path: Path) -> None:
    with desks(demo, browser, javascript=True) as at:
        main_job(at, demo, tmp_path)
