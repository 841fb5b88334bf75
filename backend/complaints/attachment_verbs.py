"""An attachment of a complaint or of a response to it is taken away, and that it was there stays on record."""

from datetime import datetime

from backend.complaints import queries
from backend.complaints.model import Complaint, ComplaintResponse
from backend.files import queries as files
from backend.files.verbs import take_away
from backend.kit import events
from backend.kit.actor import Actor, ActorKind
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import not_found
from backend.rulebook.rules import rule


@rule("H11.10-e")
async def take_away_complaint_file(
    session: Session, actor: Actor, *, file_id: int, reason: str, now: datetime
) -> Complaint:
    """Take away what was attached, with a reason; what nobody of the other side saw yet is between one's own."""
    file = await files.get_to_take_away(session, actor, file_id)
    if file.about_kind == Complaint.__name__ and file.about_id:
        complaint = await queries.get_complaint_for_change(session, actor, file.about_id)
        is_shared = complaint.sent_at is not None
    elif file.about_kind == ComplaintResponse.__name__ and file.about_id:
        response = await session.get_one(ComplaintResponse, file.about_id)
        complaint = await queries.get_complaint_for_change(session, actor, response.complaint_id)
        is_shared = response.sent_at is not None
    else:
        raise not_found("file_id")
    await take_away(session, actor, file, reason, now=now)
    if is_shared or actor.kind is ActorKind.BUYER:
        audience = Audience.BOTH if is_shared else Audience.TIERA
        await events.record(
            session, actor, "complaint.file_taken_away", complaint, at=now, rule="H11.10-e", audience=audience,
            file=file.ref,
        )  # fmt: skip
    return complaint
