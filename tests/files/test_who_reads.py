"""A file is read by whoever sees what it hangs on, and by nobody else: each kind of thing, each kind of actor."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.bulletins import verbs as bulletins
from backend.bulletins.states import BulletinKind, Receivers
from backend.complaints import response_verbs
from backend.complaints import verbs as complaints
from backend.complaints.model import ComplaintResponse
from backend.documents import verbs as documents
from backend.documents.model import DocumentVersion
from backend.documents.states import DocumentKind
from backend.files import queries
from backend.files.verbs import Kept, keep_file
from backend.governance import verbs as governance
from backend.governance.states import BodyKind
from backend.kit.actor import Actor
from backend.kit.database import Thing
from backend.kit.events import Audience, Event
from backend.kit.refs import Ref
from backend.models import ALL
from backend.notices import queries as _whoever_sees_events  # noqa: F401  # registers them
from backend.orders import delivery_verbs
from backend.orders.model import OrderPaper
from backend.orders.states import PaperKind
from backend.parties import agreement_verbs
from backend.parties.agreement_model import AgreementVersion
from tests.complaints.making import CONTENT, WHOLE
from tests.files.making import make_file
from tests.governance.making import sit
from tests.inbox.making import a_mail, take
from tests.invoices import making as invoices
from tests.making import (
    NOW,
    customer_representative,
    make_right,
    reporting_client,
    supplier_expert,
    supplier_manager,
    tiera_key_user,
)
from tests.orders import making as orders
from tests.tickets.making import Desk, make_desk, make_ticket, make_ticket_at_supplier, write

DESK, TIERA, PROGRAM = "Tiera's desk", "Tiera's key user", "Tiera's reporting client"
LEADS, WORKS, OTHER = "the supplier's manager", "the supplier's expert", "another supplier"
TOWN, NEXT = "the customer", "another customer"
TIERAS = {DESK, TIERA, PROGRAM}


@dataclass
class House:
    """Things of one supplier and one customer, and everybody who may want to read what hangs on them."""

    session: AsyncSession
    desk: Desk
    folder: Path
    actors: dict[str, Actor]


@pytest.fixture
async def house(session: AsyncSession, tmp_path: Path) -> House:
    desk = await make_desk(session)
    supplier = desk.parties.supplier
    actors = {
        DESK: desk.tiera,
        TIERA: await tiera_key_user(session),
        PROGRAM: await reporting_client(session),
        LEADS: desk.supplier,
        WORKS: await supplier_expert(session, supplier),
        OTHER: await supplier_manager(session),
        TOWN: desk.customer,
        NEXT: await customer_representative(session),
    }
    return House(session, desk, tmp_path, actors)


async def _ticket(h: House) -> Thing:
    return await make_ticket(h.session, h.desk)


async def _message(h: House) -> Thing:
    return await write(
        h.session, h.desk.tiera, await make_ticket_at_supplier(h.session, h.desk), audience=Audience.BOTH
    )


async def _mail(h: House) -> Thing:
    return await take(h.session, h.folder, a_mail("somebody@example.com"))


async def _order(h: House) -> Thing:
    """That the customer sees: of its files it reads what its own people brought (tests/orders/test_attachments.py)."""
    return await orders.make_order_in_progress(h.session, h.desk.parties, customer_id=h.desk.parties.customer.id)


async def _paper(h: House) -> Thing:
    order = await orders.make_draft(h.session, h.desk.parties)
    await orders.attach(h.session, h.desk.parties.contact, order, PaperKind.OTHER)
    return (await h.session.scalars(sa.select(OrderPaper))).one()


async def _right(h: House) -> Thing:
    assert h.desk.customer.person_id is not None
    return await make_right(
        h.session, h.desk.customer.person_id, h.desk.parties.customer, agreement=h.desk.parties.agreement
    )


async def _complaint(h: House) -> Any:
    return await complaints.create_complaint(
        h.session, h.desk.tiera, agreement_id=h.desk.parties.agreement.id, content=CONTENT, now=NOW
    )


async def _response(h: House) -> Thing:
    complaint = await _complaint(h)
    await complaints.send_complaint(h.session, h.desk.tiera, complaint_id=complaint.id, now=NOW)
    await response_verbs.answer_complaint(
        h.session, h.desk.supplier, complaint_id=complaint.id, response=WHOLE, now=NOW
    )
    return (await h.session.scalars(sa.select(ComplaintResponse))).one()


async def _version(h: House) -> Thing:
    said = documents.Content(title="Kuvaus", kind=DocumentKind.ARCHITECTURE, service_id=h.desk.service.id)
    file = await make_file(h.session, h.desk.tiera)
    await documents.add_document(h.session, h.desk.tiera, content=said, file_id=file.id, now=NOW)
    return (await h.session.scalars(sa.select(DocumentVersion))).one()


async def _invoice(h: House) -> Thing:
    return await invoices.make_invoice(
        h.session, await invoices.make_scene(h.session, supplier=h.desk.parties.supplier), now=NOW
    )


async def _post(h: House) -> Thing:
    """In a group where the supplier's manager and the customer sit."""
    body = await governance.open_body(
        h.session, h.desk.tiera, name="Ryhmä", kind=BodyKind.TACTICAL_STEERING_GROUP, now=NOW
    )
    for who in (h.desk.supplier, h.desk.customer):
        await sit(h.session, h.desk.tiera, body, who)
    return await governance.write_body_post(h.session, h.desk.supplier, body_id=body.id, text="Kuvat ohessa.", now=NOW)


async def _agreement(h: House) -> Thing:
    """What a supplier's says since it was changed."""
    agreement = h.desk.parties.agreement
    await agreement_verbs.change_agreement(
        h.session, h.actors[TIERA], agreement.id, name="Sopimus", model_version="2.0", reason="Liite 3.", now=NOW
    )
    return (await h.session.scalars(sa.select(AgreementVersion))).one()


async def _bulletin(h: House) -> Thing:
    """Tiera's, to one customer by name."""
    said = bulletins.Content(
        kind=BulletinKind.NEWS, title="Ohje", text="Ohje on liitteenä.", receivers=Receivers.ORGANISATIONS,
        organisation_ids=[h.desk.parties.customer.id],
    )  # fmt: skip
    bulletin = await bulletins.create_bulletin(h.session, h.desk.tiera, content=said, now=NOW)
    return await bulletins.publish_bulletin(h.session, h.desk.tiera, bulletin_id=bulletin.id, now=NOW)


async def _act(h: House) -> Ref:
    """A delivery: the customer hears of it, and reads nothing of what is attached to it."""
    order = await orders.make_order_in_progress(h.session, h.desk.parties, customer_id=h.desk.parties.customer.id)
    await delivery_verbs.deliver_work(h.session, h.desk.supplier, order_id=order.id, now=NOW)
    event = (await h.session.scalars(sa.select(Event).where(Event.name == "order.delivered"))).one()
    assert event.audience is Audience.ALL and event.customer_id == h.desk.customer.organisation_id
    return Ref(queries.ACT, event.id)


READ: dict[str, tuple[Callable[[House], Awaitable[Thing | Ref]], set[str]]] = {
    "Ticket": (_ticket, TIERAS | {TOWN}),
    "TicketMessage": (_message, TIERAS | {LEADS, WORKS}),
    "IncomingMail": (_mail, {DESK}),
    "Order": (_order, TIERAS | {LEADS, WORKS}),
    "OrderPaper": (_paper, TIERAS | {LEADS, WORKS}),
    "OrderingRight": (_right, TIERAS | {LEADS, WORKS, TOWN}),
    "Complaint": (_complaint, TIERAS),
    "ComplaintResponse": (_response, TIERAS | {LEADS}),
    "DocumentVersion": (_version, TIERAS | {LEADS, WORKS}),
    "BodyPost": (_post, TIERAS | {LEADS, TOWN}),
    "Invoice": (_invoice, TIERAS | {LEADS}),
    "AgreementVersion": (_agreement, TIERAS | {LEADS, WORKS}),
    "Bulletin": (_bulletin, TIERAS | {TOWN}),
    "Event": (_act, TIERAS | {LEADS, WORKS}),
}
"""Kind of thing → one of it, and who reads what hangs on it."""


def test_every_kind_of_thing_that_has_files_says_who_reads_them() -> None:
    assert ALL
    assert set(READ) == set(queries.HOLDERS)


@pytest.mark.parametrize("kind", sorted(READ))
async def test_a_file_is_read_by_who_sees_what_it_hangs_on(house: House, kind: str) -> None:
    make, readers = READ[kind]
    thing = await make(house)
    assert (thing.ref if isinstance(thing, Thing) else thing).kind == kind
    kept = Kept(sha256="0" * 64, size=1, name="a.pdf", media_type="application/pdf")
    file = await keep_file(house.session, thing, "test", kept, now=NOW)
    read = {
        who
        for who, actor in house.actors.items()
        if await queries.find_readable(house.session, actor, file.id, now=NOW) is not None
    }
    assert read == readers


async def test_who_brought_a_file_reads_it_until_it_hangs_on_something_they_do_not_see(house: House) -> None:
    session, works = house.session, house.actors[WORKS]
    file = await make_file(session, works)
    assert await queries.find_readable(session, works, file.id, now=NOW) is file
    complaint = await _complaint(house)
    file.about_kind, file.about_id = complaint.ref.kind, complaint.id
    await session.flush()
    assert await queries.find_readable(session, works, file.id, now=NOW) is None
