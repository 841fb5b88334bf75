"""Saved views: how somebody narrowed and sorted a list of the portal, under a name."""

import datetime as dt
from typing import Any

import strawberry

from backend.graphql.inputs import key, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.parties import Person
from backend.graphql.reads.shape import argument, column, connection, everyone, oldest, one, root, shape, sql
from backend.graphql.relay import Connection, Node
from backend.identity import model, queries, view_verbs
from backend.kit.conditions import when
from backend.kit.database import Condition, Row


@shape(model.SavedView, queries.visible_views, sort=oldest("sort_key", "id"))
class SavedView(Node):
    """A list of the portal as somebody narrowed and sorted it: one's own, or shared within the organisation."""

    list: str = column("Which list: the name of its page, as `orders.list`.")
    query: str = column("What narrows and sorts it, as in its address.")
    name: str = column("What it is called.")
    is_shared: bool = column("Whether everybody in the organisation sees it.")
    is_own: bool = sql(lambda v, actor: v.person_id == actor.person_id, "Whether you saved it.", by_actor=True)
    may_be_changed: bool = sql(
        lambda v, actor: queries.may_change_view(actor, v), "Whether you may rename or remove it.", by_actor=True
    )
    person: Person | None = one(lambda v, p: p.id == v.person_id, "Who saved it.")
    saved_at: dt.datetime = column("When it was saved.")
    version: int = column("Goes up with every change.")


def of_list(_: None, view: Row, *, list: Any) -> Condition:
    return when(list, lambda wanted: view.list == wanted)


@root
class SavedViewsQuery:
    """Lists as they were saved."""

    saved_views: Connection[SavedView] | None = connection(
        of_list,
        "Your saved views and those shared within your organisation, by name.",
        seen_by=everyone,
        list=argument(str | None, "Of this list only, as `orders.list`."),
    )


@mutation(view_verbs.save_view, view=SavedView)
class SaveView:
    """Keep what narrows and sorts a list under a name."""

    list: str = value("Which list: the name of its page, as `orders.list`.")
    query: str = value("What narrows and sorts it, as in its address; what was left empty is left out.")
    name: str = value("What it is called; a name once for each list.")
    is_shared: bool = value("Whether everybody in your organisation sees it.", default=False)


@mutation(view_verbs.change_view, view=SavedView, edits=True)
class ChangeView:
    """Rename a view, share it or keep it to whoever saved it. Others' shared ones are the key user's to change."""

    view_id: strawberry.ID = key("SavedView", "The view.")
    name: str = value("What it is called.")
    is_shared: bool = value("Whether everybody in your organisation sees it.")


@mutation(view_verbs.remove_view, view=SavedView)
class RemoveView:
    """Offer a view no more. Others' shared ones are the key user's to remove."""

    view_id: strawberry.ID = key("SavedView", "The view.")


SavedViewsMutation = mutations(SaveView, ChangeView, RemoveView)
