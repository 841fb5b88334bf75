"""The demo's documents: what both sides keep of their services, and what a change means for it."""

from datetime import date
from typing import Any

from backend.demo.papers import paper
from backend.demo.stage import Stage
from backend.documents import releasing, verbs
from backend.documents.states import DocumentEffect, DocumentKind
from backend.documents.verbs import Content
from backend.tickets.document_verbs import say_effect_on_documents

K = DocumentKind
PDF = "application/pdf"


async def fill(stage: Stage) -> None:
    """Templates by Tiera, documents of the services by their suppliers; the register is as old as the agreements."""
    soon, later = stage.day(-9), stage.day(60)
    template = await _add(
        stage, "service_manager", "Käyttöohjeen malli", K.INSTRUCTIONS, None, later, is_template=True,
        lines=("1. Kenelle ohje on", "2. Ennen kuin aloitat", "3. Vaihe vaiheelta", "4. Mistä saa apua"),
    )  # fmt: skip
    guide = await _add(
        stage, "manager_a", "Varhaiskasvatuksen asioinnin käyttöohje", K.INSTRUCTIONS, "VAKA", later,
        is_for_customers=True, template_id=template, lines=("Huoltajan hakemus", "Päätös ja sen tulostus"),
    )  # fmt: skip
    await stage.act("service_manager", releasing.release_document, document_id=guide, expected_version=1)
    await _add(
        stage, "manager_a", "Varhaiskasvatuksen asioinnin vikatilanneohje", K.INSTRUCTIONS, "VAKA", later,
        is_for_customers=True, template_id=template, lines=("Mitä näytöllä näkyy", "Mihin otetaan yhteyttä"),
    )  # fmt: skip
    await _add(
        stage, "manager_a", "Varhaiskasvatuksen asioinnin palvelukuvaus", K.SERVICE_DESCRIPTION, "VAKA", later,
        lines=("Palvelun sisältö", "Palveluajat", "Rajapinnat"),
    )  # fmt: skip
    stage.ids["document:rajapinta"] = await _add(
        stage, "manager_b", "Integraatioalustan rajapintakuvaus", K.ARCHITECTURE, "INT", later,
        lines=("Siirrettävät tiedot", "Virhetilanteet", "Versiohistoria"),
    )  # fmt: skip
    stage.ids["document:toipuminen"] = await _add(
        stage, "manager_b", "Integraatioalustan toipumissuunnitelma", K.SECURITY, "INT", soon,
        lines=("Kriisiryhmä", "Varmuuskopiot", "Harjoitukset"),
    )  # fmt: skip


async def update(stage: Stage) -> None:
    """The change of the import touches the interface's description, and not the plan for recovery."""
    described = stage.ids["document:rajapinta"]
    newer = await stage.bring("manager_b", "rajapintakuvaus 2.pdf", paper("Virheelliset rivit palautetaan."), PDF)
    await stage.act(
        "manager_b", verbs.add_version, document_id=described, file_id=newer.id,
        note="Pakolliset tiedot ja virheellisten rivien palautus on kuvattu.",
    )  # fmt: skip
    await stage.act(
        "manager_b", say_effect_on_documents, ticket_id=stage.ids["ticket:muutos"], document_ids=[described],
        effect=DocumentEffect.UPDATED, reason="Rajapintakuvauksen versio 2 kertoo uuden tarkistuksen.",
    )  # fmt: skip


async def _add(
    stage: Stage, who: str, title: str, kind: DocumentKind, service: str | None, review_on: date, *,
    lines: tuple[str, ...], **more: Any,
) -> int:  # fmt: skip
    file = await stage.bring(who, f"{title}.pdf", paper(title, "", *lines), PDF)
    content = Content(
        title=title, kind=kind, service_id=stage.ids[service] if service else None, review_on=review_on, **more
    )
    return (await stage.act(who, verbs.add_document, content=content, file_id=file.id, note="Ensimmäinen versio.")).id
