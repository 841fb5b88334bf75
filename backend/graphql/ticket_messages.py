"""What is written on tickets: a customer reads no word of a supplier that Tiera has not released."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import sqlalchemy as sa
import strawberry

from backend.graphql import agreements, parties
from backend.graphql.billing import is_party
from backend.graphql.files import StoredFile, TakenAwayFile, count_of_masked, files_of, files_taken_away_from
from backend.graphql.reads.shape import column, computed, many, newest, oldest, one, shape, sql
from backend.graphql.relay import Subject
from backend.graphql.ticket_states import TicketMessageSort
from backend.inbox import queries as inbox
from backend.kit.events import Audience
from backend.tickets import figures, model, permission_queries, policy, queries
from backend.tickets.agreed_states import AgreedAction, AgreedMatter, AgreedState
from backend.tickets.states import MessageAction, MessageKind, MessageState, TicketKind

if TYPE_CHECKING:
    from backend.graphql.tickets import Ticket


@shape(model.ContactPermission, permission_queries.visible_permissions, sort=newest("id"))
class ContactPermission(Subject):
    """That people of a supplier may write to customers directly, without Tiera's release."""

    supplier: parties.Organisation = one(lambda c, o: o.id == c.supplier_id, "Whose people.", with_parent=True)
    people: list[parties.Person] = many(lambda c, p: p.id == sa.any_(c.person_ids), "Who.", with_parent=True)
    customers: list[parties.Organisation] = many(
        lambda c, o: o.id == sa.any_(c.customer_ids), "To whom.", with_parent=True
    )
    services: list[agreements.Service] = many(
        lambda c, s: s.id == sa.any_(c.service_ids), "Of which services.", with_parent=True
    )
    kinds: list[TicketKind] = column("On which kinds of tickets.")
    matter: str = column("Of what, in words.")
    valid_from: dt.date = column("The first day.")
    valid_until: dt.date = column("The last day.")
    document_number: str = column("The number of the document.")
    document_on: dt.date = column("Its day.")
    given_by: parties.Person | None = one(lambda c, p: p.id == c.given_by_id, "Who entered it.", with_parent=True)
    given_at: dt.datetime = column("When it was entered.")
    ended_at: dt.datetime | None = column("When it was ended before its last day.")
    end_reason: str | None = column("Why.")


@shape(model.TextOpening, queries.visible_openings)
class TextOpening:
    """A sensitive text, for whoever opened it just now: it is read nowhere else, and each reading is on record."""

    text: str = sql(figures.opened_text, "What it says; empty once it was removed.", by_actor=True)
    written_text: str | None = sql(
        figures.opened_written_text,
        "As the supplier wrote it, where Tiera released it changed.",
        by_actor=True,
        seen_by=is_party,
    )
    opened_at: dt.datetime = column("When it was opened.")
    files: list[StoredFile] = many(
        inbox.is_opened_file,
        "What is attached to it, and for Tiera's desk the mail by which it came, for whoever opened it: its bytes are "
        "given out for a quarter of an hour.",
        with_parent=True,
        by_actor=True,
        page=21,
    )


@shape(model.AgreedPoint, queries.visible_agreed, sort=oldest("id"))
class AgreedPoint(Subject):
    """That a message carries what was agreed of price, content or date, and whether that binds."""

    matters: list[AgreedMatter] = column("Of what.")
    state: AgreedState = column("Whether it binds.")
    noted_at: dt.datetime = column("When it was put on record.")
    due_at: dt.datetime = column("By when Tiera confirms or refuses it.")
    decided_at: dt.datetime | None = column("When Tiera did.")
    decided_by: parties.Person | None = one(
        lambda a, p: p.id == a.decided_by_id, "Who did.", with_parent=True, seen_by=is_party
    )
    reason: str | None = column("Why.")
    message: Annotated["TicketMessage", strawberry.lazy("backend.graphql.ticket_messages")] = one(
        lambda a, m: m.id == a.message_id, "What was said.", with_parent=True
    )
    available_actions: list[AgreedAction] = computed(
        policy.available_agreed_actions,
        lambda a: {
            "state": a.state,
            "written_by": figures.writer_of(a.message_id),
            "message_state": figures.state_of_message(a.message_id),
        },
        "What you may do with it now.",
    )


@shape(model.TicketMessage, queries.visible_messages, sort={
    TicketMessageSort.OLDEST: oldest("id"),
    TicketMessageSort.NEWEST: newest("id"),
})  # fmt: skip
class TicketMessage(Subject):
    """Something written on a ticket."""

    kind: MessageKind = column("What it goes with.")
    audience: Audience = column("Who may read it.")
    state: MessageState = column("Where it stands.")
    text: str = sql(figures.text_of, "What it says: as it was released, once it is.")
    written_text: str | None = sql(figures.written_text, "As it was written; null where masked.", seen_by=is_party)
    is_sensitive: bool = column("Whether its text is masked: empty here, read by opening it on record.")
    written_at: dt.datetime = column("When it was written.")
    author: str | None = sql(figures.author_of, "Who wrote it, or for which organisation.", by_actor=True)
    organisation: parties.Organisation | None = one(
        lambda m, o: o.id == m.organisation_id, "For whom it was written.", with_parent=True
    )
    release_due_at: dt.datetime | None = column("By when Tiera releases or returns it.", seen_by=is_party)
    decided_at: dt.datetime | None = column("When Tiera released or returned it.")
    decided_by: parties.Person | None = one(
        lambda m, p: p.id == m.decided_by_id, "Who did.", with_parent=True, seen_by=is_party
    )
    moves_ticket: bool = sql(
        queries.would_move,
        "Whether it waits for Tiera and moves its ticket once it is released: not where that is over, or was opened "
        "again since.",
    )
    return_reason: str | None = column("Why it was returned.", seen_by=is_party)
    permission: ContactPermission | None = one(
        lambda m, c: c.id == m.permission_id, "What permitted a supplier's to a customer without release."
    )
    agreed: AgreedPoint | None = one(
        lambda m, a: a.message_id == m.id, "That it carries what was agreed, and whether that binds."
    )
    ticket: Annotated["Ticket", strawberry.lazy("backend.graphql.tickets")] = one(
        lambda m, t: t.id == m.ticket_id, "On which ticket.", with_parent=True
    )
    files: list[StoredFile] = files_of("TicketMessage")
    masked_file_count: int = count_of_masked("TicketMessage")
    files_taken_away: list[TakenAwayFile] = files_taken_away_from("TicketMessage")
    available_actions: list[MessageAction] = computed(
        policy.available_message_actions, lambda m: {"state": m.state}, "What you may do with it now."
    )
