"""Parties, agreements and rights as the schema shows them, to each side what it may see."""

import re
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from backend.kit.actor import Actor, Language
from backend.parties import queries
from backend.parties.agreement_model import Agreement, Price
from backend.parties.states import RightState
from backend.rulebook.terms import DEFAULTS, DEFINITIONS
from tests.making import (
    TODAY,
    make_right,
)
from tests.parties.conftest import Asking
from tests.parties.making import make_contact
from tests.parties.world import World

ON = TODAY.isoformat()


EVERYTHING = (
    """organisations(first: 5) { nodes { <Organisation> kinds { <OrganisationKindHeld> }
         inhabitantCounts { <InhabitantCount> } } totalCount }
       people(first: 5) { nodes { <Person> roles(on: $on, first: 5) { <RoleHeld> person { id } organisation { id } } } }
       roleHolders(first: 5, on: $on) { nodes { <RoleHeld> competences { <StatedCompetence> } } }
       unfilledRoles(on: $on) { <UnfilledRole> organisation { name } held { id } }""",
    """agreements(first: 3) { nodes { <Agreement> organisation { name } greatestTotal { <Money> }
         orderedTotal { amount }
         versions(first: 2) { <AgreementVersion> } termValues(first: 2) { <TermValue> recordedBy { name } }
         priceGroups(first: 2) { <PriceGroup> price(on: $on) prices(first: 2) { <Price> } }
         bankAccounts(first: 2) { <BankAccount> proposedBy { name } confirmedBy { name } }
         invoicingProcesses(first: 2) { <InvoicingProcess> announcedBy { name } }
         services(first: 2) { <Service> } } }""",
    """terms(on: $on) { <Term> choices { <TermChoice> } }
       termValues(first: 2) { nodes { <TermValue> } }
       services(first: 2) { nodes { <Service> agreement { number } } }""",
    """orderingRights(first: 5, on: $on) { nodes { <OrderingRight> mostEuros { amount } mostEurosAYear { amount }
         person { name email } organisation { name } supplier { name } agreement { number }
         forOrganisations(first: 3) { name } document { <StoredFile> } orderedInYear(year: 2026)
         recordedBy { name } confirmedBy { name } endedBy { name } replaces { id } replacedBy { id } } totalCount }""",
)


@pytest.mark.parametrize("fields", EVERYTHING)
async def test_every_field_of_every_type_can_be_read_by_each_side(asking: Asking, world: World, fields: str) -> None:
    chosen = re.sub(r"<(\w+)>", lambda found: leaves(asking, found[1]), fields)
    for actor in (world.key_user, world.supplier, world.customer):
        assert await asking.query(actor, f"query Q($on: Date!) {{ __typename {chosen} }}", on=ON)


def leaves(asking: Asking, name: str) -> str:
    """The plain fields of a type."""
    kind = asking.door.schema._schema.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    return " ".join(n for n, f in kind.fields.items() if is_leaf_type(get_named_type(f.type)) and not f.args)


async def test_a_supplier_sees_its_own_agreement_and_its_prices_and_a_customer_none(
    asking: Asking, world: World
) -> None:
    document = "{ agreements { nodes { id priceGroups { code } bankAccounts { iban } } } }"

    async def seen(actor: Actor) -> list[tuple[str, int, int]]:
        nodes = (await asking.query(actor, document))["agreements"]["nodes"]
        return [(node["id"], len(node["priceGroups"]), len(node["bankAccounts"])) for node in nodes]

    assert await seen(world.supplier) == [(f"Agreement:{world.agreement.id}", 1, 1)]
    assert [prices for _, prices, accounts in await seen(world.customer)] == [0]
    assert len(await seen(world.manager)) == 3


@pytest.mark.rule("H11.8.1-c")
async def test_the_supplier_sees_at_any_time_who_may_order_from_it_as_of_any_day(asking: Asking, world: World) -> None:
    document = (
        "query Q($on: Date, $known: Date) { orderingRights(on: $on, knownOn: $known) { nodes { id mostEurosAYear"
        " { amount } orderedInYear(year: 2026) isForAll forOrganisations { name } } } }"
    )

    async def seen(actor: Actor, **days: str) -> list[str]:
        nodes = (await asking.query(actor, document, **days))["orderingRights"]["nodes"]
        return [node["id"] for node in nodes]

    one, everybodys = f"OrderingRight:{world.for_one.id}", f"OrderingRight:{world.for_all.id}"
    assert await seen(world.supplier, on=ON) == [everybodys, one]
    assert await seen(world.other, on=ON) == [everybodys]
    assert await seen(world.customer, on=ON) == []
    assert await seen(world.supplier, on="2027-01-01") == []
    assert await seen(world.supplier, on=ON, known="2026-01-01") == []
    nodes = (await asking.query(world.supplier, document, on=ON))["orderingRights"]["nodes"]
    assert nodes[1]["mostEurosAYear"] == {"amount": "5000.00"}
    assert (nodes[0]["isForAll"], len(nodes[0]["forOrganisations"])) == (False, 1)
    assert [node["orderedInYear"] for node in nodes] == [None, None], "orders to others are no business of theirs"
    nodes = (await asking.query(world.manager, document, on=ON))["orderingRights"]["nodes"]
    assert nodes[1]["orderedInYear"] == "1200.50"


async def test_a_term_says_its_value_on_a_day_and_where_it_comes_from(asking: Asking, world: World) -> None:
    document = (
        "query Q($on: Date!, $of: ID) { terms(on: $on, agreement: $of) { name value shown origin since reason unit } }"
    )

    async def term(actor: Actor, on: str, of: Agreement | None, name: str = "payment_days") -> dict[str, Any]:
        rows = (await asking.query(actor, document, on=on, of=of and str(of.ref)))["terms"]
        return next((row for row in rows if row["name"] == name), {})

    finn = replace(world.supplier, language=Language.EN)
    agreed = await term(finn, ON, world.agreement)
    assert (agreed["value"], agreed["shown"], agreed["origin"], agreed["since"]) == ("21", "21 days", "AGREEMENT", ON)
    assert (await term(finn, "2026-11-23", world.agreement))["origin"] == "CONTRACT"
    assert (await term(finn, ON, None))["value"] == "30"
    assert await term(world.other, ON, world.agreement) == {}
    assert (await term(finn, ON, None, "four_eyes"))["value"] == "refused"
    assert (await term(finn, ON, None, "description_stop_words"))["value"] == "työ, kehitys, palaveri"


async def test_the_terms_of_the_schema_are_those_that_verbs_keep(asking: Asking, world: World) -> None:
    document = "query Q($on: Date!, $of: ID) { terms(on: $on, agreement: $of) { name value } }"
    of = str(world.agreement.ref)
    rows = (await asking.query(world.key_user, document, on=ON, of=of))["terms"]
    shown = {row["name"]: DEFINITIONS[row["name"]].parse(row["value"]) for row in rows}
    async with asking.sessions() as session:
        kept = await queries.terms_on(session, world.agreement.id, TODAY)
    assert DEFAULTS.changed(shown) == kept
    assert list(shown) == list(DEFINITIONS)


async def test_the_key_user_manages_parties_by_mutations(asking: Asking, world: World) -> None:
    added = await asking.mutate(
        world.key_user,
        "addOrganisation",
        "organisation { id name side version availableActions }",
        name="Åbo stad",
        side="CUSTOMER",
        idempotencyKey="a",
    )
    organisation = added["organisation"]
    assert organisation["availableActions"] == ["CHANGE", "ADD_PERSON"]
    person = await asking.mutate(
        world.key_user,
        "addPerson",
        f'person {{ id email availableActions roles(on: "{ON}") {{ role validFrom validUntil }} }}',
        organisationId=organisation["id"],
        role="REPRESENTATIVE",
        name="Åsa Öberg",
        email="asa@abo.fi",
        validFrom=ON,
        idempotencyKey="b",
    )
    assert person["person"]["roles"] == [{"role": "REPRESENTATIVE", "validFrom": ON, "validUntil": None}]
    changed: dict[str, Any] = {"organisationId": organisation["id"], "name": "Turku", "expectedVersion": 1}
    await asking.mutate(world.key_user, "changeOrganisation", "organisation { id }", **changed)
    late = await asking.mutate(world.key_user, "changeOrganisation", "organisation { id }", **changed)
    assert [error["code"] for error in late["userErrors"]] == ["VERSION_CONFLICT"]


@pytest.mark.rule("H11.8.1-a")
async def test_a_contact_is_named_and_confirmed_by_mutations(asking: Asking, world: World) -> None:
    async with asking.sessions.begin() as session:
        contact = await make_contact(session)
    naming: dict[str, Any] = {
        "personId": str(contact.ref),
        "organisationId": f"Organisation:{world.key_user.organisation_id}",
        "limits": {"largestClass": "ASSIGNMENT", "mostMinutes": 9000, "validFrom": ON},
        "document": {"number": "NIM-2026-9", "on": ON},
    }
    bad = naming | {"limits": {"mostEuros": "-1", "validFrom": ON}}
    refused = await asking.mutate(
        world.key_user, "nameOrderingContact", "orderingRight { id }", **bad, idempotencyKey="x"
    )
    assert [error["path"] for error in refused["userErrors"]] == [["limits", "mostEuros"]]
    named = await asking.mutate(
        world.key_user,
        "nameOrderingContact",
        "orderingRight { id state availableActions }",
        **naming,
        idempotencyKey="y",
    )
    right = named["orderingRight"]
    assert (right["state"], right["availableActions"]) == ("PROPOSED", ["END"])
    confirmed = await asking.mutate(
        world.manager,
        "confirmOrderingRight",
        "orderingRight { state availableActions confirmedBy { id } }",
        rightId=right["id"],
        idempotencyKey="z",
    )
    assert confirmed["orderingRight"]["state"] == "IN_FORCE"
    strangers = await asking.mutate(
        world.supplier, "endOrderingRight", "orderingRight { id }", rightId=right["id"], reason="x", idempotencyKey="w"
    )
    assert [error["code"] for error in strangers["userErrors"]] == ["NOT_PERMITTED"]


async def test_a_price_history_shows_what_holds_or_everything(asking: Asking, world: World) -> None:
    await asking.mutate(
        world.key_user,
        "setPrice",
        "priceGroup { id }",
        priceGroupId=str(world.group.ref),
        unitPrice="110.50",
        validFrom="2026-12-01",
        idempotencyKey="p",
    )
    document = (
        'query Q($past: Boolean) { agreements(first: 5) { nodes { priceGroups(first: 5) { price(on: "2026-12-01")'
        " prices(first: 9, past: $past) { unitPrice endedAt } } } } }"
    )

    async def prices(past: bool | None) -> list[str]:
        nodes = (await asking.query(world.supplier, document, past=past))["agreements"]["nodes"]
        (group,) = nodes[0]["priceGroups"]
        assert group["price"] == "110.500000"
        return [price["unitPrice"] for price in group["prices"]]

    assert sorted(await prices(False)) == ["100.000000", "110.500000"]
    assert sorted(await prices(None)) == ["100.000000", "100.000000", "110.500000"]
    async with asking.sessions() as session:
        ended = sa.select(Price).where(Price.ended_at.is_not(None), Price.price_group_id == world.group.id)
        assert len((await session.scalars(ended)).all()) == 1


async def test_a_naming_and_an_account_wait_for_those_who_may_confirm_them(asking: Asking, world: World) -> None:
    async with asking.sessions.begin() as session:
        waiting = await make_right(session, await make_contact(session), state=RightState.PROPOSED)
        waiting.recorded_by_id = world.key_user.person_id
        own = await make_right(session, world.manager.person_id or 0, state=RightState.PROPOSED)
    rights = "query Q($w: Boolean) { orderingRights(orderBy: OLDEST, where: { waitsForMe: $w }) { nodes { id } } }"
    accounts = "query Q($w: Boolean) { bankAccounts(orderBy: OLDEST, waitsForMe: $w) { nodes { iban agreementId } } }"

    async def seen(actor: Actor, document: str, field: str, waits: bool | None = True) -> list[Any]:
        nodes: list[Any] = (await asking.query(actor, document, w=waits))[field]["nodes"]
        return nodes

    assert await seen(world.manager, rights, "orderingRights") == [{"id": str(waiting.ref)}]
    assert {"id": str(own.ref)} in await seen(world.manager, rights, "orderingRights", False)
    assert await seen(world.key_user, rights, "orderingRights") == []
    account = {"iban": "FI2112345600000785", "agreementId": str(world.agreement.ref)}
    assert await seen(world.manager, accounts, "bankAccounts") == [account]
    assert await seen(world.key_user, accounts, "bankAccounts") == []
    assert await seen(world.customer, accounts, "bankAccounts", None) == []


async def test_ones_own_rights_and_those_that_end_soon_are_found(asking: Asking, world: World) -> None:
    document = (
        "query Q($on: Date!, $where: RightFilter) { orderingRights(on: $on, where: $where)"
        " { nodes { id orderedThisYear(on: $on) } } }"
    )
    contact = replace(world.manager, person_id=world.for_one.person_id)

    async def found(actor: Actor, **where: Any) -> dict[str, str]:
        nodes = (await asking.query(actor, document, on=ON, where=where))["orderingRights"]["nodes"]
        return {node["id"]: node["orderedThisYear"] for node in nodes}

    one, everybodys = f"OrderingRight:{world.for_one.id}", f"OrderingRight:{world.for_all.id}"
    assert await found(contact, isMine=True) == {one: "1200.50", everybodys: "0.00"}
    assert await found(world.manager, isMine=True) == {}
    assert await found(world.key_user, endsWithinDays=36) == {}
    assert set(await found(world.key_user, endsWithinDays=37)) == {one, everybodys}


@pytest.mark.rule("D0-b")
async def test_every_change_of_administration_is_read_by_those_whom_it_concerns(asking: Asking, world: World) -> None:
    timeline = "timeline(first: 10) { nodes { name by } }"
    added = await asking.mutate(
        world.key_user,
        "addPerson",
        "person { id }",
        organisationId=f"Organisation:{world.supplier.organisation_id}",
        role="EXPERT",
        name="Ville Uusi",
        email="ville.uusi@koodi.example",
        validFrom=ON,
        idempotencyKey="a",
    )
    person = added["person"]["id"]
    await asking.mutate(
        world.key_user, "addPriceGroup", "priceGroup { id }", agreementId=str(world.agreement.ref), code="X", name="X",
        idempotencyKey="b",
    )  # fmt: skip
    await asking.mutate(
        world.key_user,
        "endOrderingRight",
        "orderingRight { id }",
        rightId=str(world.for_one.ref),
        reason="Ends.",
        idempotencyKey="c",
    )
    document = f"""query Q($person: ID!, $organisation: ID!, $agreement: ID!, $right: ID!) {{
        person(id: $person) {{ {timeline} }} organisation(id: $organisation) {{ {timeline} }}
        agreement(id: $agreement) {{ {timeline} }} orderingRight(id: $right) {{ {timeline} }} }}"""

    async def seen(actor: Actor) -> dict[str, list[str] | None]:
        found = await asking.query(
            actor,
            document,
            person=person,
            organisation=f"Organisation:{world.supplier.organisation_id}",
            agreement=str(world.agreement.ref),
            right=str(world.for_one.ref),
        )
        return {
            kind: thing and thing["timeline"] and [event["name"] for event in thing["timeline"]["nodes"]]
            for kind, thing in found.items()
        }

    everything = {
        "person": ["role.announced", "person.added"],
        "organisation": ["person.added"],
        "agreement": ["price_group.added", "invoicing_process.announced", "bank_account.proposed"],
        "orderingRight": ["ordering_right.told", "ordering_right.ended"],
    }
    assert await seen(world.key_user) == everything
    assert await seen(world.manager) == everything | {"person": None}
    assert await seen(world.supplier) == everything | {"orderingRight": ["ordering_right.told"]}
    assert set((await seen(world.other)).values()) == {None}
    assert set((await seen(world.customer)).values()) == {None}
