"""What a step asks, its form offers: Yes and No where the input is one of the two, else the words of its choices."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLScalarType, build_schema, get_named_type

import web
from backend.parties.model import Person
from tests.identity.making import add_password
from tests.making import NOW
from tests.orders.making import (
    ASSIGNMENT,
    estimate,
    make_draft,
    make_estimated,
    make_parties,
    make_requested,
    option,
)
from tests.web.portal import Portal, path_to, text_of
from web.stepping import Step, Steps

SCHEMA = build_schema((Path(__file__).parents[2] / "schema.graphql").read_text())


def every_step() -> Iterator[tuple[str, Step]]:
    for module in pkgutil.walk_packages(web.__path__, "web."):
        for table in vars(importlib.import_module(module.name)).values():
            if isinstance(table, Steps):
                yield from ((table.noun, step) for step in table.steps)


def test_yes_and_no_answer_nothing_but_a_question_of_the_two() -> None:
    wrong = []
    for noun, step in every_step():
        kind = SCHEMA.type_map[step.input]
        assert isinstance(kind, GraphQLInputObjectType)
        for asked in step.fields:
            if asked.kind in ("radio", "yesno"):
                taken = get_named_type(kind.fields[asked.path.split(".")[0]].type)
                fits = isinstance(taken, GraphQLEnumType if asked.kind == "radio" else GraphQLScalarType)
                wrong += [] if fits else [f"{noun} {step.action} {asked.path}"]
    assert not wrong


@pytest.mark.rule("H11.8.2-a")
async def test_the_size_is_chosen_by_its_words(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        order = await make_draft(session, await make_parties(session), now=NOW)
    tiera, page = await portal.signed_in(), f"/tilaukset/{order.id}"
    asked = await tiera.get(f"{page}/pyyda-arvio")
    assert all(size in text_of(asked.text) for size in ("Small", "Assignment", "Project"))
    path, larger = f"{page}/tilausryhma", {"sizeClass": "PROJECT", "reason": "Moni kunta riippuu siitä."}
    assert path_to(await tiera.send(path, path, larger)) == page


@pytest.mark.rule("H11.8.2-a")
async def test_what_is_missing_is_said_of_the_largest_option_unless_the_size_was_raised(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        p = await make_parties(session)
        order = await make_requested(session, p, now=NOW)
        await estimate(session, p, order, option(p), option(p, ASSIGNMENT, title="All"), now=NOW)
        contact = await session.get_one(Person, p.right.person_id)
        await add_password(session, contact)
    tiera, page = await portal.signed_in(contact), f"/tilaukset/{order.id}"
    assert "For the largest of these options" in (await tiera.get(page)).text
    larger = {"sizeClass": "ASSIGNMENT", "reason": "Moni kunta riippuu siitä."}
    assert path_to(await tiera.send(f"{page}/tilausryhma", f"{page}/tilausryhma", larger)) == page
    shown = (await tiera.get(page)).text
    assert "This is still missing:" in shown and "For the largest" not in shown


@pytest.mark.rule("H11.8.2-c")
async def test_what_an_order_left_open_is_asked_for_where_it_is_missing_and_nothing_else(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        order = await make_estimated(session, await make_parties(session), ASSIGNMENT, limits=None, now=NOW)
    tiera, page = await portal.signed_in(), f"/tilaukset/{order.id}"
    path = f"{page}/tavoite"
    shown = await tiera.get(page)
    assert f'href="{path}"' in shown.text
    asked = await tiera.get(path)
    assert 'name="limits"' in asked.text
    assert 'name="goal"' not in asked.text
    assert path_to(await tiera.send(path, path, {"limits": "Rekisteri itse ei muutu."})) == page
    shown = await tiera.get(page)
    assert "Rekisteri itse ei muutu." in shown.text
    assert f'href="{path}"' not in shown.text
    assert (await tiera.get(path)).status_code == 409
