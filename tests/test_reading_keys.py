"""A key that reads is shown all that its owner is shown, and nothing is carried out for it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import graphql as g
import pytest
from sqlalchemy.dialects import postgresql

from backend.files.policy import may_take_away
from backend.governance import policy as governance
from backend.governance.states import BodyAction, BodyState
from backend.graphql.reads.compile import find_shape
from backend.graphql.reads.how import how_of
from backend.identity import policy
from backend.identity.model import SavedView
from backend.identity.queries import may_change_view
from backend.identity.states import Scope
from backend.kit.actor import Actor, Channel
from backend.kit.faults import Code
from tests.people import EVERYBODY
from tests.test_permissions import PUBLISHED, SCHEMA, try_as

PEOPLE = {who: actor for who, actor in EVERYBODY.items() if actor.person_id is not None}


def key_of(owner: Actor, *scopes: Scope) -> Actor:
    """Whoever brings a key of these scopes that the owner has made."""
    return policy.narrowed(replace(owner, channel=Channel.API), scopes)


def shown(actor: Actor) -> dict[str, Any]:
    """Of every type which rows, of every field of a condition whether: as the actor is shown them."""
    return {name: _as_text(each) for name, each in _shown(actor)}


def _shown(actor: Actor) -> Iterator[tuple[str, Any]]:
    for type_ in SCHEMA._schema.type_map.values():
        if not isinstance(type_, g.GraphQLObjectType) or type_.name.startswith("__"):
            continue
        if shape := find_shape(type_):
            yield type_.name, shape.visible_to(actor, shape.table.alias("row").c)
        for name, field in type_.fields.items():
            definition = field.extensions.get("strawberry-definition")
            condition = getattr(how_of(definition), "seen_by", None) if definition else None
            if condition is not None:
                yield f"{type_.name}.{name}", bool(condition(actor))


def _as_text(each: Any) -> Any:
    return each if isinstance(each, bool) else str(each.compile(dialect=postgresql.dialect()))


@pytest.mark.parametrize("who", PEOPLE)
def test_a_key_that_reads_is_shown_all_that_its_owner_is(who: str) -> None:
    owner = shown(PEOPLE[who])
    assert len(owner) > 150
    reads = shown(key_of(PEOPLE[who], Scope.READ))
    assert {name: (of, reads[name]) for name, of in owner.items() if of != reads[name]} == {}


def test_a_key_of_reports_is_shown_what_its_rights_open_and_no_more() -> None:
    owner = EVERYBODY["supplier's service manager"]
    reports = key_of(owner, Scope.REPORT)
    assert (
        shown(reports)["Complaint"] == shown(owner)["Complaint"] != shown(key_of(owner, Scope.BOOK_HOURS))["Complaint"]
    )
    desk = EVERYBODY["service manager"]
    assert shown(key_of(desk, Scope.REPORT))["IncomingMail"] != shown(desk)["IncomingMail"]


@pytest.mark.parametrize("name", sorted(PUBLISHED))
async def test_nothing_is_carried_out_for_a_key_that_only_reads(name: str) -> None:
    """Not even what needs no right, or what its rights would open."""
    for owner in PEOPLE.values():
        for scopes in ((Scope.READ,), (Scope.REPORT,), (Scope.READ, Scope.REPORT)):
            assert await try_as(key_of(owner, *scopes), name) == ({Code.NOT_PERMITTED.name}, [])


@pytest.mark.parametrize("name", sorted(name for name, declared in PUBLISHED.items() if not declared.by))
async def test_what_asks_for_no_right_is_carried_out_for_a_key_for_everything_alone(name: str) -> None:
    """A key to book hours writes nothing in its owner's name."""
    for owner in PEOPLE.values():
        for scopes in ((Scope.BOOK_HOURS,), (Scope.SEND_INVOICES,), tuple(set(Scope) - {Scope.ACT})):
            assert await try_as(key_of(owner, *scopes), name) == ({Code.NOT_PERMITTED.name}, [])
        codes, came = await try_as(key_of(owner, Scope.ACT), name)
        assert codes == set() and len(came) == 1


def test_what_a_key_for_less_is_offered_in_a_body_and_of_views_asks_for_a_right() -> None:
    for owner in PEOPLE.values():
        seat = governance.seat_of(owner.person_id, owner.organisation_id)
        wrote = (owner.person_id or 0, owner.organisation_id or 0)
        for scopes, offers in (((Scope.ACT,), True), ((Scope.BOOK_HOURS, Scope.SEND_INVOICES), False)):
            key = key_of(owner, *scopes)
            assert (BodyAction.WRITE in governance.body_actions(key, BodyState.OPEN, [seat])) is offers
            posts = governance.post_actions(key, *wrote, BodyState.OPEN, [seat], is_withdrawn=False)
            assert bool(posts) is offers
            changes = str(may_change_view(key, SavedView).compile(dialect=postgresql.dialect()))
            assert (changes != "false") is offers


def test_a_key_for_less_is_not_offered_to_take_its_owners_files_away() -> None:
    for owner in PEOPLE.values():
        for scopes, offered in (((Scope.ACT,), True), ((Scope.BOOK_HOURS, Scope.SEND_INVOICES), False)):
            its = may_take_away(key_of(owner, *scopes), owner.person_id, owner.organisation_id)
            assert its is offered


def test_a_key_that_reads_and_acts_may_no_more_than_it_acts_with() -> None:
    for owner in PEOPLE.values():
        both, acts = key_of(owner, Scope.READ, Scope.BOOK_HOURS), key_of(owner, Scope.BOOK_HOURS)
        assert both.rights - policy.reach([Scope.READ]) == acts.rights
        assert not both.only_reads and not acts.only_reads and acts.seen == frozenset()
