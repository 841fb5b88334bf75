"""What ends with a role: the ordering rights of whoever holds none in the organisation any more."""

from datetime import datetime

from backend.kit import deadlines
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date, start_of_day
from backend.kit.database import Session
from backend.kit.deadlines import Deadline, DeadlineKind
from backend.parties import queries
from backend.parties.model import RoleHeld
from backend.parties.right_verbs import close_right
from backend.parties.role_queries import last_role_over_at, open_rights_for_change, works_for_after
from backend.rulebook.rules import rule

ENDING = "role.ending"


async def watch_end(session: Session, held: RoleHeld, *, now: datetime) -> None:
    """Start the clock of a role's last day, where that is known; it takes the place of a later day's.

    A role that was called off is over at once.
    """
    await deadlines.drop_deadline(session, held.ref, ENDING, at=now)
    if held.valid.upper is not None or held.called_off_from is not None:
        due_at = start_of_day(held.valid.upper) if held.valid.upper else now
        await deadlines.open_deadline(session, held.ref, ENDING, started_at=now, due_at=due_at, rule="H11.8.1-a")


@rule("H11.8.1-a")
async def end_rights_with_role(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """The clock's own: a role is over; without another, held or to come, the ordering rights there are since then too.

    What was announced only after the last day ends rights from then on: what was ordered before stands.
    """
    held = await queries.get_role_for_change(session, actor, deadline.about_id)
    deadline.met_at = now
    if await works_for_after(session, held.person_id, held.organisation_id, helsinki_date(now)):
        return
    over_at = await last_role_over_at(session, held.person_id, held.organisation_id)
    ended_at = max(over_at, deadline.started_at)
    for right in await open_rights_for_change(session, held.person_id, held.organisation_id):
        await close_right(session, actor, right, None, "ordering_right.ended", ended_at=ended_at, now=now)


deadlines.register(DeadlineKind(ENDING, breach=end_rights_with_role))
