"""docs/states.md: the tables of moves as diagrams, made from the tables themselves."""

from pathlib import Path
from typing import Any

from backend.complaints.states import COMPLAINT, SANCTION
from backend.governance.states import BODY
from backend.hours.states import ENTRY
from backend.inbox.states import MAIL
from backend.invoices.states import LINE
from backend.kit.workflow import Workflow
from backend.orders.states import MILESTONE, ORDER, OVERRUN, REVISION
from backend.parties.states import ORDERING_RIGHT, SERVICE
from backend.tickets import states as tickets

TABLES: tuple[tuple[str, Workflow[Any, Any]], ...] = (
    ("Service", SERVICE),
    ("Ordering right", ORDERING_RIGHT),
    ("Body", BODY),
    ("Order", ORDER),
    ("Overrun", OVERRUN),
    ("Revision", REVISION),
    ("Milestone", MILESTONE),
    ("Service request", tickets.SERVICE_REQUEST),
    ("Incident", tickets.INCIDENT),
    ("Problem", tickets.PROBLEM),
    ("Change", tickets.CHANGE),
    ("Message on a ticket", tickets.MESSAGE),
    ("Incoming mail", MAIL),
    ("Time entry", ENTRY),
    ("Invoice line", LINE),
    ("Complaint", COMPLAINT),
    ("Sanction", SANCTION),
)


def states() -> str:
    """Markdown with one diagram a table; moves that leave a state as it is are listed under it."""
    parts = ["# States\n\nMade from the tables of moves by `make rules`; each arrow names the rule behind it.\n"]
    for title, workflow in TABLES:
        moves = [move for move in workflow.moves if move.source is not move.target]
        stays = sorted({(str(m.action), m.rule) for m in workflow.moves if m.source is m.target})
        arrows = [f"    {m.source} --> {m.target}: {m.action} ({m.rule})" for m in moves]
        parts.append(f"## {title}\n\n```mermaid\nstateDiagram-v2\n" + "\n".join(arrows) + "\n```\n")
        if stays:
            listed = ", ".join(f"{action} ({rule})" for action, rule in stays)
            parts.append(f"Possible without moving: {listed}.\n")
    return "\n".join(parts)


def write(path: Path) -> None:
    path.write_text(states(), encoding="utf-8")
