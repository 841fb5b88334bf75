"""The demo's matters between Tiera and a supplier: a root cause for the production group, a question to Tiera."""

import sqlalchemy as sa

from backend.demo.stage import Stage
from backend.tickets import deviation_verbs, handling_verbs, passing_verbs, reporting_verbs
from backend.tickets.quality_model import QualityDeviation
from backend.tickets.quality_states import DeviationKind
from backend.tickets.states import TicketKind


async def bring_cause(stage: Stage, ticket: int) -> None:
    """The root cause of a wide fault stands on the production group's agenda, with measures, until it is reported."""
    stage.at(stage.day(-1), 15, 40)
    await stage.act(
        "expert_b", handling_verbs.write_root_cause, ticket_id=ticket,
        cause="Rajapinta ottaa vastaan rivin, jolta puuttuu aloituspäivä, ja siirto ohittaa sen ilmoittamatta.",
    )  # fmt: skip
    wanted = sa.select(QualityDeviation.id).where(QualityDeviation.kind == DeviationKind.WIDE_CAUSE)
    await stage.act(
        "manager_b", deviation_verbs.record_measures, deviation_id=(await stage.ask(wanted))[0],
        done="Puuttuvat rivit luetteloitiin kunnittain, ja siirto ajetaan niiltä uudelleen.",
        planned="Rajapinta hylkää puutteelliset rivit ja kertoo niistä lähettäjälle.",
        prevention="Siirron raportti lähtee joka aamu kuntien pääkäyttäjille.",
    )  # fmt: skip


async def ask_tiera(stage: Stage) -> None:
    """What the supplier reported itself and works on, for which it needs Tiera's answer."""
    said = reporting_verbs.Report(
        kind=TicketKind.SERVICE_REQUEST,
        service_id=stage.ids["INT"],
        title="Testiympäristön varmenne vanhenee",
        description="Rajapinnan testiympäristön palvelinvarmenne vanhenee kahden viikon kuluttua.",
    )
    ticket = (await stage.act("manager_b", reporting_verbs.report_ticket, report=said)).id
    await stage.act(
        "service_manager", passing_verbs.hand_over_ticket, ticket_id=ticket, reason="Voitte uusia varmenteen itse."
    )
    await stage.act("expert_b", handling_verbs.take_ticket, ticket_id=ticket)
    await stage.act(
        "expert_b", handling_verbs.wait_for_requester, ticket_id=ticket,
        text="Mille palvelinnimille uusi varmenne tilataan?",
    )  # fmt: skip
