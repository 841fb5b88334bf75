"""Of a supplier's document customers see through the API what Tiera released, and nothing of what waits."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from backend.documents import releasing, verbs
from backend.documents.states import DocumentKind
from backend.documents.verbs import Content
from backend.kit.actor import Actor
from backend.kit.database import Sessions
from tests.files.making import make_file
from tests.graphql.asking import Ask, prepare
from tests.making import NOW
from tests.tickets.making import make_desk

ASKED = """
query($id: ID!) {
  document(id: $id) {
    title releasedAt releaseAskedAt returnReason endReason updatedAt newest { ordinal } versions { note file { name } }
    timeline { totalCount } availableActions
  }
  documents { totalCount }
  waiting: documents(where: { waitsForRelease: true }) { totalCount }
}
"""


@pytest.mark.rule("H11.4-a")
async def test_no_field_list_or_count_lets_a_customer_see_what_waits(ask: Ask, sessions: Sessions) -> None:
    desk = await prepare(sessions, make_desk)
    async with sessions.begin() as session:
        file = await make_file(session, desk.supplier)
        content = Content(
            title="Ohje", kind=DocumentKind.INSTRUCTIONS, service_id=desk.service.id, is_for_customers=True
        )
        document = await verbs.add_document(session, desk.supplier, content=content, file_id=file.id, now=NOW)
        id = f"Document:{document.id}"

    async def asked(actor: Actor) -> Mapping[str, Any]:
        return await ask(actor, ASKED, id=id)

    nothing = {"document": None, "documents": {"totalCount": 0}, "waiting": {"totalCount": 0}}
    assert await asked(desk.customer) == nothing
    assert (await asked(desk.tiera))["waiting"] == {"totalCount": 1}
    async with sessions.begin() as session:
        await releasing.release_document(session, desk.tiera, document_id=document.id, expected_version=1, now=NOW)
    seen = await asked(desk.customer)
    async with sessions.begin() as session:
        newer, at = await make_file(session, desk.supplier), NOW + timedelta(hours=1)
        await verbs.add_version(
            session, desk.supplier, document_id=document.id, file_id=newer.id, note="Salaisuus.", now=at
        )
    assert await asked(desk.customer) == seen, "a version that waits changes nothing that they read"
    assert (await asked(desk.tiera))["document"]["newest"] == {"ordinal": 2}
    async with sessions.begin() as session:
        await verbs.retire_document(session, desk.supplier, document_id=document.id, reason="Soittakaa.", now=NOW)
    retired = (await asked(desk.customer))["document"]
    assert (retired["endReason"], retired["title"]) == (None, "Ohje")
    assert (await asked(desk.tiera))["document"]["endReason"] == "Soittakaa."
