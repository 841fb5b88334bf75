"""The demo's tickets: what municipalities report, Tiera's desk and the suppliers work on, and what waits today."""

from decimal import Decimal

import sqlalchemy as sa

from backend.demo import between_sides, informing, past_tickets, shelf
from backend.demo.offering import offer, order_form
from backend.demo.papers import paper, picture
from backend.demo.stage import Stage
from backend.hours.verbs import Booking, book_hours
from backend.identity import view_verbs
from backend.kit.actor import SCHEDULE
from backend.kit.amounts import Minutes
from backend.kit.deadlines import pass_deadlines
from backend.kit.events import Audience
from backend.kit.refs import Ref
from backend.ledger.model import Account, Unit
from backend.rulebook.criticality import Criticality
from backend.tickets import (
    agreed_verbs,
    answer_verbs,
    billing_verbs,
    handling_verbs,
    merging_verbs,
    message_verbs,
    passing_verbs,
    permission_verbs,
    reporting_verbs,
    template_verbs,
)
from backend.tickets.agreed_states import AgreedMatter
from backend.tickets.billing_model import BILLING
from backend.tickets.billing_verbs import Figure
from backend.tickets.model import TicketMessage
from backend.tickets.states import LinkKind, Reach, TicketKind


class Desk:
    """Tickets by keys of their own; every act is somebody's through the entrance."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    async def play(self) -> None:
        """The last months, and the last four days, ticket by ticket; what came in yesterday afternoon is still open."""
        await past_tickets.play(self.stage)
        await offer(self.stage)
        await self._billed_requests()
        await self._ready_answers()
        await self._templates()
        await self._saved_views()
        await self._sign_in_fault()
        await informing.tell_of_sign_in(self.stage)
        await self._nightly_transfer()
        await self._user_request()
        await self._waiting_report()
        await self._change_of_import()
        await shelf.update(self.stage)
        await informing.tell_of_coming_days(self.stage)
        await order_form(self.stage)
        self.stage.at(self.stage.day(-1), 16, 58)
        await self.stage.entrance.enter(SCHEDULE, pass_deadlines)
        await past_tickets.look(self.stage)

    async def _ready_answers(self) -> None:
        """What the desk answers every week."""
        self.stage.at(self.stage.day(-4), 8, 0)
        for title, text in (
            ("Tunnus lukittu", "Tunnus on avattu. Kirjaudu uudelleen; jos se ei onnistu, vastaa tähän viestiin."),
            ("Selvitämme asiaa", "Kiitos ilmoituksesta. Selvitämme asiaa ja kerromme lisää viimeistään huomenna."),
            ("Beställd behörighet", "Tack, vi lägger upp behörigheten i dag och meddelar när den är i kraft."),
        ):
            await self.stage.act("service_manager", answer_verbs.write_ready_answer, title=title, text=text)

    async def _templates(self) -> None:
        """What municipalities report every week, with blanks to fill in."""
        for name, kind, service, title, description, criticality, reach in (
            (
                "Uusi käyttäjätunnus", TicketKind.SERVICE_REQUEST, None, "Käyttäjätunnus: ____",
                "Yksikkö: ____\nTehtävä: ____\nOikeudet samat kuin tehtävässä: ____\nMistä päivästä alkaen: ____",
                Criticality.NORMAL, Reach.ONE_USER,
            ),
            (
                "Kirjautuminen ei onnistu", TicketKind.INCIDENT, "VAKA", "Kirjautuminen ei onnistu: ____",
                "Ketä koskee (huoltajat, henkilöstö): ____\nYksiköt: ____\nMistä alkaen: ____\nVirheilmoitus: ____",
                Criticality.HIGH, Reach.ONE_ORGANISATION,
            ),
            (
                "Beslut går inte att skriva ut", TicketKind.INCIDENT, "VAKA", "Utskriften av beslut: ____",
                "Vilket slags beslut: ____\nEnhet: ____\nSedan när: ____\nVad syns i stället: ____",
                Criticality.NORMAL, Reach.ONE_USER,
            ),
        ):  # fmt: skip
            content = template_verbs.Content(
                name=name, kind=kind, service_id=self.stage.ids[service] if service else None, ticket_title=title,
                description=description, criticality=criticality, reach=reach,
            )  # fmt: skip
            await self.stage.act("service_manager", template_verbs.write_ticket_template, content=content)

    async def _saved_views(self) -> None:
        """What the desk looks at each morning, and what a supplier's service manager does."""
        for who, name, query, is_shared in (
            ("service_manager", "Myöhässä olevat", "isLate=true&isOpen=true&sort=DUE", True),
            ("service_manager", "Kriittiset häiriöt", "kinds=INCIDENT&criticalities=CRITICAL&isOpen=true", False),
            ("manager_a", "Omat avoimet", "isMine=true&isOpen=true", False),
        ):
            await self.stage.act(
                who, view_verbs.save_view, list="tickets.list", query=query, name=name, is_shared=is_shared
            )

    async def _report(self, key: str, who: str, service: str, title: str, description: str, **more: object) -> int:
        said = {"kind": TicketKind.INCIDENT, "service_id": self.stage.ids[service], **more}
        report = reporting_verbs.Report(title=title, description=description, **said)  # type: ignore[arg-type]
        ref = await self.stage.act(who, reporting_verbs.report_ticket, report=report)
        self.stage.ids[f"ticket:{key}"] = ref.id
        return ref.id

    async def _written_on(self, ticket: int) -> int:
        """What was written last on a ticket."""
        wanted = sa.select(sa.func.max(TicketMessage.id)).where(TicketMessage.ticket_id == ticket)
        return int((await self.stage.ask(wanted))[0])

    async def _sign_in_fault(self) -> None:
        """Handed over and answered by Tiera's release; then critical and of wide reach, of which the supplier informs
        the customer itself; resolved, its cause not yet written."""
        stage = self.stage
        stage.at(stage.day(-4), 8, 12)
        screen = await stage.bring("mallila_rep", "virheilmoitus.png", picture(), "image/png")
        heard = paper("Virheestä ilmoittaneet", "", "Päiväkoti Pihlaja, klo 7.40", "Päiväkoti Kanerva, klo 7.55")
        listed = await stage.bring("mallila_rep", "ilmoittaneet päiväkodit.pdf", heard, "application/pdf")
        ticket = await self._report(
            "kirjautuminen", "mallila_rep", "VAKA", "Huoltajat eivät pääse kirjautumaan asiointiin",
            "Aamusta alkaen kirjautuminen päättyy virheilmoitukseen. Koskee ainakin kolmea päiväkotia.",
            criticality=Criticality.HIGH, reach=Reach.ONE_ORGANISATION, file_ids=[screen.id, listed.id],
        )  # fmt: skip
        stage.at(stage.day(-4), 8, 20)
        await stage.act(
            "service_manager", passing_verbs.hand_over_ticket, ticket_id=ticket,
            reason="Tunnistautuminen onnistuu, virhe tulee palvelusta sen jälkeen.",
        )  # fmt: skip
        stage.at(stage.day(-4), 8, 31)
        await stage.act("expert_a", handling_verbs.take_ticket, ticket_id=ticket)
        answer = await stage.act(
            "expert_a", message_verbs.write_message, ticket_id=ticket,
            text="Istuntopalvelin ei vastaa. Käynnistämme sen uudelleen ja tutkimme lokit.",
        )  # fmt: skip
        stage.at(stage.day(-4), 8, 40)
        await stage.act(
            "service_manager", message_verbs.release_message, message_id=answer.id,
            text="Vika on paikallistettu, ja sitä korjataan. Kerromme lisää viimeistään kello 10.",
        )  # fmt: skip
        stage.at(stage.day(-4), 8, 42)
        await stage.act(
            "service_manager", reporting_verbs.change_ticket_class, ticket_id=ticket,
            criticality=Criticality.CRITICAL, reach=Reach.MANY, reason="Sama vika ilmoitettiin myös Nordbystä.",
        )  # fmt: skip
        stage.at(stage.day(-4), 9, 25)
        await stage.act(
            "expert_a", handling_verbs.resolve_ticket, ticket_id=ticket,
            text="Istuntopalvelin käynnistettiin uudelleen, ja kirjautuminen toimii.",
        )  # fmt: skip

    async def _billed_requests(self) -> None:
        """Two requests that Tiera approved for billing, by effort and by a fixed sum; a third is not approved yet."""
        stage = self.stage
        sizes = await self._request_at(
            -4, 8, "manager_b", "mallila_rep", "INT", "Esiopetuksen ryhmäkoot koulupiireittäin",
            "Lautakunta pyytää luettelon, jossa ryhmien koot ovat koulupiireittäin viideltä vuodelta.",
        )  # fmt: skip
        figure = Figure(minutes=Minutes(480), price_group_id=stage.ids["deal_b:SEN"])
        await self._allow(sizes, figure, "Luettelo kerran, ei joka kuukausi.")
        wanted = sa.select(Account.id).where(Account.purpose == BILLING, Account.unit == Unit.MINUTES)
        target = int((await stage.ask(wanted))[0])
        for day, minutes, done in (
            (-3, 210, "Ryhmäkokojen haku ja tarkistus"),
            (-2, 120, "Luettelon muotoilu ja ohje"),
        ):
            stage.at(stage.day(day), 15, 50)
            booking = Booking(target_id=target, day=stage.day(day), minutes=minutes, description=done)
            await stage.act("expert_b", book_hours, booking=booking)
        form = await self._request_at(
            -4, 10, "manager_a", "nordby_rep", "VAKA", "Ny blankett för skolskjuts",
            "Vårdnadshavarna ska kunna ansöka om skolskjuts för höstterminen.",
        )  # fmt: skip
        await self._resolve(form, "manager_a", "Blanketten är publicerad.")
        await self._allow(form, Figure(euros=Decimal("320.00")), None)
        text = await self._request_at(
            -4, 12, "manager_a", "mallila_rep", "VAKA", "Päätöspohjan teksti kahdella kielellä",
            "Päätöksen muutoksenhakuohje tarvitaan suomeksi ja ruotsiksi.",
        )  # fmt: skip
        await self._resolve(text, "manager_a", "Ohje on päätöspohjassa molemmilla kielillä.")

    async def _request_at(
        self, day: int, hour: int, supplier: str, who: str, service: str, title: str, text: str
    ) -> int:
        """A service request that Tiera's desk handed over at once, and the supplier has taken."""
        stage = self.stage
        stage.at(stage.day(day), hour)
        ticket = await self._report(title, who, service, title, text, kind=TicketKind.SERVICE_REQUEST)
        stage.at(stage.day(day), hour, 20)
        await stage.act(
            "service_manager", passing_verbs.hand_over_ticket, ticket_id=ticket, reason="Toimittaja tekee tämän."
        )
        await stage.act(supplier, handling_verbs.take_ticket, ticket_id=ticket)
        return ticket

    async def _resolve(self, ticket: int, who: str, text: str) -> None:
        self.stage.at(self.stage.day(-3), 13)
        await self.stage.act(who, handling_verbs.resolve_ticket, ticket_id=ticket, text=text)
        await self.stage.act(
            "service_manager", message_verbs.release_message, message_id=await self._written_on(ticket)
        )

    async def _allow(self, ticket: int, figure: Figure, note: str | None) -> None:
        await self.stage.act(
            "service_manager", billing_verbs.approve_for_billing, ticket_ids=[ticket], figure=figure, note=note
        )

    async def _nightly_transfer(self) -> None:
        """At the supplier, past its response time; its answer was returned once and waits for release again."""
        stage = self.stage
        stage.at(stage.day(-3), 8, 30)
        ticket = await self._report(
            "siirto", "mallila_rep", "INT", "Yön siirto jätti oppilaita pois",
            "Esiopetuksen ryhmistä puuttuu 14 lasta, jotka ovat varhaiskasvatuksessa oikein.",
            reach=Reach.ONE_ORGANISATION,
        )  # fmt: skip
        stage.at(stage.day(-3), 9, 10)
        await stage.act(
            "service_manager", passing_verbs.hand_over_ticket, ticket_id=ticket,
            reason="Siirron loki näyttää virheitä, joita emme osaa tulkita.",
        )  # fmt: skip
        await stage.act(
            "manager_b", handling_verbs.take_ticket, ticket_id=ticket, person_id=stage.people["expert_b"][0]
        )
        stage.at(stage.day(-3), 15, 55)
        await stage.entrance.enter(SCHEDULE, pass_deadlines)
        stage.at(stage.day(-2), 9, 20)
        await stage.act(
            "expert_b", handling_verbs.respond_to_ticket, ticket_id=ticket,
            text="Vika on kunnan lähettämissä tiedoissa. Korjatkaa henkilötunnukset ja ajakaa siirto uudelleen.",
        )  # fmt: skip
        stage.at(stage.day(-2), 10, 15)
        await stage.act(
            "service_manager", message_verbs.return_message, message_id=await self._written_on(ticket),
            reason="Kertokaa, mitkä tiedot ovat virheellisiä; kunta ei voi muuten korjata niitä.",
        )  # fmt: skip
        stage.at(stage.day(-1), 15, 10)
        rows = paper("Siirrosta jääneet rivit", "", "14 riviä, joilta puuttuu esiopetuksen aloituspäivä.")
        listed = await stage.bring("expert_b", "siirron puuttuvat rivit.pdf", rows, "application/pdf")
        await stage.act(
            "expert_b", message_verbs.write_message, ticket_id=ticket, file_ids=[listed.id],
            text="14 lapselta puuttuu esiopetuksen aloituspäivä. Lähetämme luettelon, ja siirto ajetaan ensi yönä.",
        )  # fmt: skip
        await self._agreed_time(ticket)
        stage.at(stage.day(-1), 15, 25)
        await stage.act(
            "service_manager", reporting_verbs.change_ticket_class, ticket_id=ticket,
            criticality=Criticality.NORMAL, reach=Reach.MANY, reason="Sama koskee myös muiden kuntien siirtoja.",
        )  # fmt: skip
        await stage.act(
            "expert_b", message_verbs.write_message, ticket_id=ticket, audience=Audience.BOTH,
            text="Rajapinta voisi hylätä nämä rivit heti; ehdotamme siitä muutosta.",
        )  # fmt: skip
        await between_sides.bring_cause(stage, ticket)

    async def _agreed_time(self, ticket: int) -> None:
        """By a permission the supplier asks the town itself; the time that they agree on waits for Tiera's word."""
        stage = self.stage
        permission = await stage.act(
            "service_manager", permission_verbs.permit_contact, supplier_id=stage.ids["pohjanlumi"],
            person_ids=[stage.people["expert_b"][0]], customer_ids=[stage.ids["mallila"]],
            service_ids=[stage.ids["INT"]], kinds=[TicketKind.INCIDENT],
            matter="Siirtojen ajankohdista sopiminen", valid_from=stage.day(-1), valid_until=stage.day(60),
            document_number="LUPA-2026-4", document_on=stage.day(-1),
        )  # fmt: skip
        await stage.act(
            "expert_b", message_verbs.write_message, ticket_id=ticket, permission_id=permission.id,
            text="Voimme ajaa siirron uudelleen jo tänään kello 18. Sopiiko se teille?",
        )  # fmt: skip
        answer = await stage.act(
            "mallila_rep", message_verbs.write_message, ticket_id=ticket,
            text="Kello 18 sopii. Päiväkodit ovat silloin kiinni.",
        )  # fmt: skip
        await stage.act("expert_b", agreed_verbs.note_agreed, message_id=answer.id, matters=[AgreedMatter.DATE])

    async def _user_request(self) -> None:
        """A service request that Tiera's desk does itself and the asker confirms."""
        stage = self.stage
        stage.at(stage.day(-3), 10, 5)
        ticket = await self._report(
            "tunnus", "nordby_rep", "KOULU", "Behörighet för en ny rektor",
            "Maria Sundqvist börjar som rektor vid Nordby skola. Hon behöver samma behörighet som företrädaren.",
            kind=TicketKind.SERVICE_REQUEST, criticality=Criticality.NORMAL,
        )  # fmt: skip
        stage.at(stage.day(-3), 11, 30)
        await stage.act(
            "service_manager", handling_verbs.respond_to_ticket, ticket_id=ticket,
            text="Tack, vi lägger upp behörigheten i dag.",
        )  # fmt: skip
        stage.at(stage.day(-3), 14, 45)
        await stage.act(
            "service_manager", handling_verbs.resolve_ticket, ticket_id=ticket,
            text="Behörigheten är i kraft och inbjudan har skickats.",
        )  # fmt: skip
        stage.at(stage.day(-2), 8, 50)
        await stage.act("nordby_rep", handling_verbs.close_ticket, ticket_id=ticket)

    async def _waiting_report(self) -> None:
        """At the desk, waiting for what the asker knows: its clocks stand."""
        stage = self.stage
        stage.at(stage.day(-2), 12, 40)
        ticket = await self._report(
            "raportti", "mallila_rep", "RAP", "Kuukausiraportin summat eivät täsmää",
            "Lokakuun raportissa läsnäolopäiviä on vähemmän kuin ryhmien omissa luetteloissa.",
            criticality=Criticality.LOW,
        )  # fmt: skip
        stage.at(stage.day(-2), 12, 55)
        await stage.act(
            "mallila_rep", message_verbs.write_message, ticket_id=ticket, is_sensitive=True,
            text="Esimerkki: Aino Esimerkki, syntynyt 2.3.2021, merkitty poissa olevaksi 12 päivänä.",
        )  # fmt: skip
        stage.at(stage.day(-2), 13, 15)
        await stage.act("service_manager", handling_verbs.take_ticket, ticket_id=ticket, team="Raportointi")
        await stage.act(
            "service_manager", handling_verbs.wait_for_requester, ticket_id=ticket,
            text="Minkä yksiköiden luvut poikkeavat, ja montako päivää?",
        )  # fmt: skip

    async def _change_of_import(self) -> None:
        """A problem, and the change that came out of it, between Tiera and the supplier; and a new incident."""
        stage = self.stage
        stage.at(stage.day(-1), 15, 20)
        problem = await self._report(
            "ongelma", "manager_b", "INT", "Siirto hyväksyy rivejä, joista puuttuu pakollisia tietoja",
            "Sama syy on ollut kolmessa häiriössä syksyn aikana.",
            kind=TicketKind.PROBLEM, reach=Reach.MANY,
        )  # fmt: skip
        await stage.act(
            "manager_b", passing_verbs.link_tickets, ticket_id=stage.ids["ticket:siirto"], kind=LinkKind.CAUSED_BY,
            other=Ref("Ticket", problem),
        )  # fmt: skip
        await stage.act(
            "manager_b", passing_verbs.link_tickets, ticket_id=stage.ids["ticket:siirto"], kind=LinkKind.FOLLOWS_FROM,
            other=Ref("Order", stage.ids["rajapinta"]),
        )  # fmt: skip
        change = await self._report(
            "muutos", "manager_b", "INT", "Pakolliset tiedot tarkistetaan ennen siirtoa",
            "Rajapinta palauttaa virheelliset rivit lähettäjälle syyn kanssa.",
            kind=TicketKind.CHANGE, reach=Reach.MANY,
        )  # fmt: skip
        await stage.act(
            "manager_b",
            passing_verbs.link_tickets,
            ticket_id=change,
            kind=LinkKind.FOLLOWS_FROM,
            other=Ref("Ticket", problem),
        )
        await stage.act("service_manager", handling_verbs.take_ticket, ticket_id=change)
        await between_sides.ask_tiera(stage)
        stage.at(stage.day(-1), 15, 40)
        await self._report(
            "tulostus", "nordby_rep", "VAKA", "Utskriften av beslut blir tom",
            "När ett beslut om plats skrivs ut är sidan tom. I förhandsgranskningen syns texten.",
        )  # fmt: skip
        again = await self._report(
            "tulostus2", "nordby_rep", "VAKA", "Beslut går inte att skriva ut",
            "Samma sak på daghemmet Solrosen: utskriften är tom.",
        )  # fmt: skip
        stage.at(stage.day(-1), 15, 50)
        await stage.act(
            "service_manager", merging_verbs.merge_tickets, ticket_id=again, into_id=stage.ids["ticket:tulostus"],
            reason="Samma fel; vi fortsätter i det första ärendet.",
        )  # fmt: skip
