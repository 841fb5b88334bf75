"""Tickets of the last months: reported, answered, resolved and rated, so that there are figures and repeats."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from backend.demo.stage import Stage
from backend.kit.actor import SCHEDULE
from backend.kit.deadlines import pass_deadlines
from backend.tickets import deviation_verbs, handling_verbs, message_verbs, passing_verbs, rating_verbs, reporting_verbs
from backend.tickets.model import TicketMessage
from backend.tickets.quality_model import QualityDeviation
from backend.tickets.quality_states import DeviationKind
from backend.tickets.states import Reach, TicketKind

EXPERTS: Mapping[str, str] = {"VAKA": "expert_a", "KOULU": "expert_a", "INT": "expert_b", "RAP": "expert_b"}
MANAGERS: Mapping[str, str] = {"VAKA": "manager_a", "KOULU": "manager_a", "INT": "manager_b", "RAP": "manager_b"}
FAULT, REQUEST = TicketKind.INCIDENT, TicketKind.SERVICE_REQUEST
ANSWERED, LATE = 95, 1_480
"""Minutes from the report to the first answer."""


@dataclass(frozen=True)
class Case:
    """A ticket: reported so many business days ago, resolved a day after its answer, perhaps rated."""

    ago: int
    who: str
    service: str
    kind: TicketKind
    title: str
    description: str
    score: int | None = None
    word: str | None = None
    answered: int = ANSWERED


CASES = (
    Case(66, "mallila_rep", "VAKA", FAULT, "Päätöksen tulostus jää tyhjäksi",
         "Kun hoitopaikan päätös tulostetaan, sivu on tyhjä. Esikatselussa teksti näkyy.", 4),
    Case(58, "nordby_rep", "INT", FAULT, "Överföringen av grupper stannade",
         "I natt fördes inga grupper över efter klockan 02.", 3),
    Case(54, "mallila_rep", "INT", FAULT, "Siirto katkesi yöllä",
         "Yön siirto katkesi kello 3, eikä aamulla ollut uusia lapsia ryhmissä.", 2,
         "Selvitys kesti, ja kuulimme asiasta vasta kysyttyämme.", LATE),
    Case(47, "esimerkkila_rep", "VAKA", FAULT, "Tulostus katkeaa kesken päätöksen",
         "Pitkästä päätöksestä tulostuu vain ensimmäinen sivu.", 3),
    Case(44, "mallila_rep", "KOULU", REQUEST, "Tunnus uudelle opettajalle",
         "Opettaja aloittaa ensi viikolla ja tarvitsee luokanvalvojan oikeudet.", 5, "Hoitui samana päivänä."),
    Case(38, "mallila_rep", "VAKA", FAULT, "Päätösten tulostus ei onnistu",
         "Tulostus antaa virheen kaikissa päiväkodeissa.", 2, "Sama vika kuin syyskuussa.", LATE),
    Case(33, "mallila_rep", "INT", FAULT, "Siirto jäi kesken viikonloppuna",
         "Lauantain ja sunnuntain siirrot puuttuvat.", 3),
    Case(29, "nordby_rep", "KOULU", REQUEST, "Tunnus vikarie för lärare", "Vikarien börjar på måndag.", 4),
    Case(26, "nordby_rep", "RAP", FAULT, "Rapporten öppnas inte", "Månadsrapporten ger ett felmeddelande.", 4),
    Case(22, "esimerkkila_rep", "KOULU", REQUEST, "Opettajan tunnus on lukittu",
         "Tunnus lukittui kesäloman jälkeen.", 5),
    Case(18, "esimerkkila_rep", "VAKA", FAULT, "Tulostuksessa näkyy vain otsikko",
         "Päätöksen otsikko tulostuu, muu sivu on tyhjä.", 3),
    Case(14, "mallila_rep", "INT", FAULT, "Siirrosta puuttui kaksi ryhmää",
         "Esiopetuksen ryhmät 3 ja 4 eivät siirtyneet.", None),
    Case(12, "mallila_rep", "KOULU", REQUEST, "Tunnus sijaiselle", "Sijainen tarvitsee oikeudet huomiseksi.", 4,
         "Nopeaa toimintaa, kiitos."),
    Case(9, "mallila_rep", "VAKA", FAULT, "Tulostus tyhjä taas", "Päätös tulostuu tyhjänä, kuten aiemmin.", 1,
         "Neljäs kerta tänä syksynä. Milloin vika korjataan kunnolla?", LATE),
)  # fmt: skip

MEASURES = {
    "done": "Siirto ajettiin uudelleen ja puuttuvat lapset tarkistettiin ryhmittäin.",
    "planned": "Siirron epäonnistumisesta lähtee hälytys päivystäjälle ja tieto Tieralle kello 6 mennessä.",
    "prevention": "Siirron loki tarkistetaan joka aamu, kunnes hälytys on käytössä.",
}
TOLD = "Pahoittelemme, että jouduitte kysymään. Jatkossa saatte tiedon häiriöstä aamulla kello 6 mennessä."


async def play(stage: Stage) -> None:
    """One ticket after the other, then what was done about the first low rating and the first missed level."""
    for case in CASES:
        await _play(stage, case)
    stage.at(stage.day(-8), 9)
    for kind in DeviationKind:
        await _report(stage, kind)


async def _play(stage: Stage, case: Case) -> None:
    expert = EXPERTS[case.service]
    stage.at(stage.day(-case.ago), 9, 5)
    said = reporting_verbs.Report(
        kind=case.kind,
        service_id=stage.ids[case.service],
        title=case.title,
        description=case.description,
        reach=Reach.ONE_ORGANISATION if case.kind is FAULT else Reach.ONE_USER,
    )
    ticket = (await stage.act(case.who, reporting_verbs.report_ticket, report=said)).id
    stage.clock += timedelta(minutes=15)
    await stage.act(
        "service_manager", passing_verbs.hand_over_ticket, ticket_id=ticket, reason="Kuuluu palvelun tuottajalle."
    )
    stage.clock += timedelta(minutes=10)
    await stage.act(expert, handling_verbs.take_ticket, ticket_id=ticket)
    stage.at(stage.day(-case.ago), 16)
    if case.answered == LATE:
        await stage.entrance.enter(SCHEDULE, pass_deadlines)
    stage.at(stage.day(-case.ago), 9, 5)
    stage.clock += timedelta(minutes=case.answered)
    await _say(stage, case, handling_verbs.respond_to_ticket, ticket, "Kiitos, selvitämme asiaa.")
    stage.clock += timedelta(hours=4)
    await _say(stage, case, handling_verbs.resolve_ticket, ticket, "Korjattu. Kokeilkaa uudelleen.")
    stage.clock += timedelta(minutes=50)
    if case.score is not None:
        await stage.act(case.who, rating_verbs.rate_ticket, ticket_id=ticket, score=case.score, word=case.word)
        await stage.act(case.who, handling_verbs.close_ticket, ticket_id=ticket)


async def _say(stage: Stage, case: Case, verb: object, ticket: int, text: str) -> None:
    """The supplier writes, and Tiera lets the customer read it."""
    await stage.act(EXPERTS[case.service], verb, ticket_id=ticket, text=text)  # type: ignore[arg-type]
    stage.clock += timedelta(minutes=8)
    newest = sa.select(sa.func.max(TicketMessage.id)).where(TicketMessage.ticket_id == ticket)
    message = (await stage.ask(newest))[0]
    await stage.act("service_manager", message_verbs.release_message, message_id=message)


async def _report(stage: Stage, kind: DeviationKind) -> None:
    """The first deviation of a kind got its measures, and was reported."""
    first = sa.select(QualityDeviation.id).where(QualityDeviation.kind == kind).order_by(QualityDeviation.id).limit(1)
    (deviation,) = await stage.ask(first)
    await stage.act("manager_b", deviation_verbs.record_measures, deviation_id=deviation, **MEASURES)
    stage.clock += timedelta(hours=1)
    if kind is DeviationKind.LOW_RATING:
        await stage.act(
            "service_manager", deviation_verbs.tell_customer_of_measures, deviation_id=deviation, report=TOLD
        )
