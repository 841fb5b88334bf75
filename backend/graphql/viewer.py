"""Who asks: the first thing a client wants to know."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, array

from backend.graphql.reads.shape import described, everyone, group, root, sql
from backend.kit.actor import Actor, ActorKind, Language
from backend.kit.database import Row

described(
    ActorKind,
    "On whose side somebody acts.",
    BUYER="For Tiera, the buyer.",
    SUPPLIER="For a supplier.",
    CUSTOMER="For a customer of Tiera's.",
    SYSTEM="The clock: nobody in person.",
)
described(Language, "A language people read.", FI="Finnish.", SV="Swedish.", EN="English.")


def _texts(values: frozenset[str]) -> sa.ColumnElement[Any]:
    return sa.cast(array(sorted(str(value) for value in values)), ARRAY(sa.Text()))


def kind(row: Row, actor: Actor) -> sa.ColumnElement[str]:
    return sa.literal(actor.kind.value)


def language(row: Row, actor: Actor) -> sa.ColumnElement[str]:
    return actor.language  # type: ignore[return-value]  # a parameter while a plan is made


@root
class Viewer:
    """Whoever asks, and in which role."""

    kind: ActorKind = sql(kind, "On whose side you act.", by_actor=True)
    language: Language = sql(language, "The language in which you read messages.", by_actor=True)
    roles: list[str] = sql(lambda _, actor: _texts(actor.roles), "The roles you hold now.", by_actor=True)
    rights: list[str] = sql(lambda _, actor: _texts(actor.rights), "What these roles let you do.", by_actor=True)


@root
class ViewerQuery:
    """Who asks."""

    viewer: Viewer | None = group("Whoever asks.", seen_by=everyone)
