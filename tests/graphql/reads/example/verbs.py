"""The example's verbs; tests hand in an entrance that calls them without a database."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backend.kit import faults
from backend.kit.actor import Actor
from backend.kit.amounts import Minutes
from backend.kit.entrance import Entered
from backend.kit.refs import Ref
from backend.kit.translation import Text


@dataclass(frozen=True)
class Line:
    person_id: int
    minutes: Minutes


async def close_ticket(
    session: Any,
    actor: Actor,
    ticket_id: int,
    lines: list[Line] | None,
    about: Ref | None,
    amount: Decimal | None,
    *,
    now: Any,
) -> Ref:
    if ticket_id == 99:
        raise faults.not_found("ticket_id")
    if ticket_id == 98:
        raise faults.broken_rule(
            "H11.8.1-b",
            Text("Only %(most)s.", most=Minutes(450)),
            "lines",
            0,
            "minutes",
            limit=Text("%(n)s", n=Minutes(450)),
        )
    if ticket_id == 96:
        raise faults.Refusal(faults.UserError("no code of ours", Text("No.")))  # type: ignore[arg-type]
    if ticket_id == 97:
        raise RuntimeError("a secret of ours")
    return Ref("Ticket", ticket_id)


async def rename(session: Any, actor: Actor, order_id: int, title: str, expected_version: int, *, now: Any) -> Ref:
    if expected_version == 1:
        raise faults.version_conflict()
    return Ref("Job", order_id)


class Direct:
    """An entrance without a transaction: it remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    async def enter(
        self, actor: Actor, verb: Any, *, key: str | None = None, act: str | None = None, **arguments: Any
    ) -> Entered:
        self.asked.append({"verb": verb, "key": key, "act": act, **arguments})
        try:
            return Entered(await verb(None, actor, **arguments, now=None))
        except faults.Refusal as refusal:
            return Entered(errors=refusal.errors)
