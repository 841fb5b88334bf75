"""Who asks: the first thing a client wants to know."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import sqlalchemy as sa
import strawberry
from sqlalchemy.dialects.postgresql import ARRAY, array

from backend.graphql.reads.shape import argument, described, everyone, group, many, one, root, sql
from backend.identity import queries
from backend.kit.actor import Actor, ActorKind, Language
from backend.kit.database import Condition, Row

if TYPE_CHECKING:
    from backend.graphql.parties import Organisation, Person

PARTIES = strawberry.lazy("backend.graphql.parties")

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


def _may_act_for(_: None, row: Row, actor: Actor, *, on: Any) -> Condition:
    return queries.may_act_for(actor.person_id, row.id, sa.cast(on, sa.Date))


@root
class Viewer:
    """Whoever asks, and in which role."""

    person: Annotated["Person", PARTIES] | None = one(
        lambda _, p, actor: p.id == actor.person_id, "Who you are; nobody, where a program asks.", by_actor=True
    )
    organisation: Annotated["Organisation", PARTIES] | None = one(
        lambda _, o, actor: o.id == actor.organisation_id, "For whom you act.", by_actor=True
    )
    organisations: list[Annotated["Organisation", PARTIES]] = many(
        _may_act_for,
        "For whom you may act: where you hold a role.",
        by_actor=True,
        with_parent=True,
        on=argument(dt.date, "On this day."),
    )
    kind: ActorKind = sql(kind, "On whose side you act.", by_actor=True)
    language: Language = sql(language, "The language in which you read messages.", by_actor=True)
    roles: list[str] = sql(lambda _, actor: _texts(actor.roles), "The roles you hold now.", by_actor=True)
    rights: list[str] = sql(lambda _, actor: _texts(actor.rights), "What these roles let you do.", by_actor=True)


@root
class ViewerQuery:
    """Who asks."""

    viewer: Viewer | None = group("Whoever asks.", seen_by=everyone)
