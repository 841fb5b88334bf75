"""Tickets of the last months: reported, answered, resolved and rated, so that there are figures and repeats."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

from backend.demo.stage import Stage
from backend.kit.actor import SCHEDULE
from backend.kit.deadlines import pass_deadlines
from backend.tickets import (
    deviation_verbs,
    handling_verbs,
    message_verbs,
    passing_verbs,
    rating_verbs,
    recurrence_verbs,
    reporting_verbs,
)
from backend.tickets.model import TicketMessage
from backend.tickets.quality_model import QualityDeviation
from backend.tickets.quality_states import DeviationKind
from backend.tickets.recurrence_model import Recurrence
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
    Case(30, "esimerkkila_rep", "VAKA", FAULT, "Tulostuksessa näkyy vain otsikko",
         "Päätöksen otsikko tulostuu, muu sivu on tyhjä.", 3),
    Case(29, "nordby_rep", "KOULU", REQUEST, "Tunnus vikarie för lärare", "Vikarien börjar på måndag.", 4),
    Case(26, "nordby_rep", "RAP", FAULT, "Rapporten öppnas inte", "Månadsrapporten ger ett felmeddelande.", 4),
    Case(22, "esimerkkila_rep", "KOULU", REQUEST, "Opettajan tunnus on lukittu",
         "Tunnus lukittui kesäloman jälkeen.", 5),
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


PRINTING, ACCOUNTS = "tulost", "tunn"
"""How the words begin by which what recurs is known."""


async def play(stage: Stage) -> None:
    """One ticket after the other, what recurred among them, then what was done about the first deviations."""
    acts = list(ACTS)
    for case in CASES:
        while acts and acts[0][0] > case.ago:
            ago, act = acts.pop(0)
            stage.at(stage.day(-ago), 10, 15)
            await act(stage)
        await _play(stage, case)
    stage.at(stage.day(-8), 9)
    for kind in (DeviationKind.LOW_RATING, DeviationKind.MISSED_LEVEL):
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


# What recurs


async def look(stage: Stage) -> None:
    """As each night: what recurs is found."""
    await stage.entrance.enter(SCHEDULE, recurrence_verbs.find_recurrences)


async def _recurrence(stage: Stage, root: str) -> Recurrence:
    over_all = sa.select(Recurrence).where(Recurrence.root.startswith(root), Recurrence.customer_id.is_(None))
    (found,) = await stage.ask(over_all)
    assert isinstance(found, Recurrence)
    return found


async def _take(stage: Stage, root: str) -> None:
    recurrence = await _recurrence(stage, root)
    await stage.act("manager_a", recurrence_verbs.take_recurrence, recurrence_id=recurrence.id)


async def _propose(stage: Stage, root: str, proposal: str, expected: str) -> None:
    recurrence = await _recurrence(stage, root)
    await stage.act(
        "manager_a",
        recurrence_verbs.propose_remedy,
        recurrence_id=recurrence.id,
        proposal=proposal,
        expected_per_month=Decimal(expected),
    )


async def _accept(stage: Stage) -> None:
    recurrence = await _recurrence(stage, PRINTING)
    await stage.act(
        "service_manager",
        recurrence_verbs.answer_proposal,
        recurrence_id=recurrence.id,
        is_accepted=True,
        reason="Korjaus kuuluu ylläpitoon, eikä siitä synny kustannuksia.",
    )


async def _resolve(stage: Stage) -> None:
    problem = (await _recurrence(stage, PRINTING)).problem_id
    await stage.act("service_manager", handling_verbs.take_ticket, ticket_id=problem)
    await stage.act(
        "service_manager",
        handling_verbs.write_root_cause,
        ticket_id=problem,
        cause="Päätöspohja käyttää kirjasinta, joka puuttuu osasta palvelimia.",
    )
    await stage.act(
        "service_manager",
        handling_verbs.resolve_ticket,
        ticket_id=problem,
        text="Päätöspohja on uusittu ja kirjasin asennettu kaikille palvelimille.",
    )


ACTS: tuple[tuple[int, Callable[[Stage], Awaitable[None]]], ...] = (
    (37, look),
    (36, lambda stage: _take(stage, PRINTING)),
    (35, lambda stage: _propose(stage, PRINTING, "Päätöspohja uusitaan ja tulostus testataan yöllä.", "0.3")),
    (34, _accept),
    (25, _resolve),
    (11, look),
    (11, lambda stage: _take(stage, ACCOUNTS)),
    (10, lambda stage: _propose(stage, ACCOUNTS, "Opettajien tunnukset luodaan henkilöstöjärjestelmästä.", "0.2")),
)
"""What is done about what recurs, so many business days ago."""
