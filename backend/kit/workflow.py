"""A state machine is a table: it guards the verb, offers the actions, fills the test matrix and the diagram."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from backend.kit.actor import Actor
from backend.kit.faults import not_permitted, wrong_state

State = TypeVar("State", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Move(Generic[State, Action]):
    """From `source`, `action` leads to `target`, by whoever has the right `by`; one sentence of the contract."""

    action: Action
    source: State
    target: State
    by: str
    rule: str


class Workflow(Generic[State, Action]):
    def __init__(self, moves: Iterable[Move[State, Action]]) -> None:
        self.moves = tuple(moves)
        self._by_key = {(m.source, m.action): m for m in self.moves}
        if len(self._by_key) != len(self.moves):
            raise ValueError("two moves share a source and an action")

    def find(self, state: State, action: Action) -> Move[State, Action] | None:
        """The move, where the state allows it."""
        return self._by_key.get((state, action))

    def move(self, state: State, action: Action) -> Move[State, Action]:
        """The move, or a WRONG_STATE refusal."""
        found = self.find(state, action)
        if found is None:
            raise wrong_state(state, action)
        return found

    def take(self, actor: Actor, state: State, action: Action) -> Move[State, Action]:
        """The move, if the state allows it and the actor has the right."""
        found = self.move(state, action)
        if not actor.may(found.by):
            raise not_permitted(found.rule)
        return found

    def open_to(self, actor: Actor, state: State) -> list[Action]:
        """What this actor may do in this state, as far as state and right decide."""
        return [m.action for m in self.moves if m.source is state and actor.may(m.by)]
