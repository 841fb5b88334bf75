"""How the demo's installation begins: parties, people, agreements, ordering contacts, keys to the API."""

import json
import os
import secrets
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from backend.demo.cast import DEALS, KEY_USER, PARTIES, PEOPLE, TIERA, Deal, Member
from backend.demo.stage import Stage
from backend.identity import token_verbs, verbs
from backend.identity.founding import FOUNDER, found
from backend.identity.hashing import Handover, hash_password
from backend.identity.states import Scope
from backend.parties import (
    agreement_verbs,
    naming,
    organisation_verbs,
    people_verbs,
    price_verbs,
    right_verbs,
    service_verbs,
)
from backend.parties.model import RoleHeld
from backend.parties.queries import BUYER_ID
from backend.parties.states import ReferenceKey
from backend.rulebook.sizes import SizeClass


async def begin(stage: Stage, first_day: date) -> None:
    """Set the installation up on the morning of a day."""
    stage.at(first_day, 8)
    handover = Handover()
    key_user = await stage.act(
        FOUNDER,
        found,
        name=TIERA.name,
        business_id=TIERA.business_id,
        person_name=KEY_USER.name,
        email=KEY_USER.email,
        handover=handover,
    )
    (tiera_id,) = await stage.ask(BUYER_ID)
    stage.ids["tiera"] = tiera_id
    stage.people["key_user"] = (key_user.id, tiera_id)
    (role_id,) = await stage.ask(sa.select(RoleHeld.id).where(RoleHeld.person_id == key_user.id))
    await stage.act("key_user", people_verbs.state_competence, role_id=role_id, competence=KEY_USER.competence)
    await _add_parties(stage, first_day)
    await _add_people(stage, first_day)
    for deal in DEALS:
        await _conclude(stage, deal, first_day)
    await _name_contacts(stage, first_day)
    stage.has_begun = True


async def let_in(stage: Stage) -> list[dict[str, Any]]:
    """Give everybody a password and a key to the API; who can sign in, for demo.json."""
    people = [await _let_in(stage, member) for member in (KEY_USER, *PEOPLE)]
    return [*(person for person in people if person), await _let_program_in(stage)]


async def _add_parties(stage: Stage, first_day: date) -> None:
    for party in PARTIES:
        ref = await stage.act(
            "key_user",
            organisation_verbs.add_organisation,
            name=party.name,
            side=party.side,
            business_id=party.business_id,
        )
        stage.ids[party.key] = ref.id
        for kind in party.kinds:
            await stage.act(
                "key_user",
                organisation_verbs.hold_kind,
                organisation_id=ref.id,
                kind=kind,
                valid_from=first_day.replace(month=1, day=1),
            )
        if party.inhabitants:
            await stage.act(
                "key_user",
                organisation_verbs.record_inhabitants,
                organisation_id=ref.id,
                inhabitants=party.inhabitants,
                counted_on=date(first_day.year - 1, 12, 31),
                source="Tilastokeskus",
            )


async def _add_people(stage: Stage, first_day: date) -> None:
    for member in PEOPLE:
        ref = await stage.act(
            "key_user",
            people_verbs.add_person,
            organisation_id=stage.ids[member.party],
            role=member.role,
            name=member.name,
            email=member.email,
            language=member.language,
            competence=member.competence,
            valid_from=first_day,
        )
        stage.people[member.key] = (ref.id, stage.ids[member.party])


async def _conclude(stage: Stage, deal: Deal, first_day: date) -> None:
    agreement = await stage.act(
        "key_user",
        agreement_verbs.conclude_agreement,
        organisation_id=stage.ids[deal.party],
        number=deal.number,
        name=deal.name,
        valid_from=first_day,
        valid_until=first_day + timedelta(days=730),
        option_until=first_day + timedelta(days=1095),
        greatest_total=deal.greatest_total,
        model_version="1.0",
    )
    stage.ids[deal.key] = agreement.id
    for code, name, price in deal.prices:
        group = await stage.act(
            "key_user", price_verbs.add_price_group, agreement_id=agreement.id, code=code, name=name
        )
        stage.ids[f"{deal.key}:{code}"] = group.id
        await stage.act(
            "key_user", price_verbs.set_price, price_group_id=group.id, unit_price=price, valid_from=first_day
        )
    for code, name in deal.services:
        service = await stage.act(
            "key_user", service_verbs.add_service, agreement_id=agreement.id, code=code, name=name
        )
        stage.ids[code] = service.id
    account = await stage.act("key_user", price_verbs.propose_bank_account, agreement_id=agreement.id, iban=deal.iban)
    await stage.act("service_manager", price_verbs.confirm_bank_account, bank_account_id=account.id)
    await stage.act(
        "key_user",
        price_verbs.announce_invoicing_process,
        agreement_id=agreement.id,
        valid_from=first_day + timedelta(days=1),
        required_references=[ReferenceKey.ORDER_NUMBER, ReferenceKey.PERIOD, ReferenceKey.PRICE_GROUP],
        description="Laskun rivillä on Tieran tilaustunnus, laskutuskausi ja hintaryhmän koodi.",
    )


async def _name_contacts(stage: Stage, first_day: date) -> None:
    """Two ordering contacts with different rights, named by the key user and put in force by the business manager."""
    rights: tuple[tuple[str, str, dict[str, Any]], ...] = (
        (
            "ordering_contact",
            "NIM-2026-003",
            {
                "largest_class": SizeClass.PROJECT,
                "most_euros": Decimal(80_000),
                "most_euros_a_year": Decimal(300_000),
            },
        ),
        (
            "product_owner",
            "NIM-2026-004",
            {"supplier_id": stage.ids["koodipaja"], "most_euros": Decimal(40_000)},
        ),
    )
    for key, number, limits in rights:
        right = await stage.act(
            "key_user",
            right_verbs.name_ordering_contact,
            person_id=stage.people[key][0],
            organisation_id=stage.ids["tiera"],
            limits=naming.Limits(valid_from=first_day, valid_until=first_day + timedelta(days=540), **limits),
            document=naming.Document(number=number, on=first_day),
        )
        await stage.act("business_manager", right_verbs.confirm_right, right_id=right.id)


async def _let_in(stage: Stage, member: Member) -> dict[str, Any] | None:
    """A password for everybody, and a key to the API; only who is listed is told of."""
    password = secrets.token_urlsafe(9)
    person_id, _ = stage.people[member.key]
    await stage.act(FOUNDER, verbs.set_password, person_id=person_id, password_hash=await hash_password(password))
    if not member.listed:
        return None
    handover = Handover()
    await stage.act(
        member.key,
        token_verbs.make_token,
        name="Demo",
        scopes=list(Scope),
        expires_on=stage.today + timedelta(days=300),
        handover=handover,
    )
    return {
        "key": member.key,
        "name": member.name,
        "role": member.role.value,
        "organisation": next(p.name for p in (TIERA, *PARTIES) if p.key == member.party),
        "email": member.email,
        "password": password,
        "token": handover.secret,
    }


async def _let_program_in(stage: Stage) -> dict[str, Any]:
    """The reporting client: a program of Tiera's, with a key and no password."""
    name = "Tieran raportointi"
    account = await stage.act(
        "key_user",
        token_verbs.make_service_account,
        organisation_id=stage.ids["tiera"],
        name=name,
        purpose="Kuukausiraportit tietovarastoon",
    )
    handover = Handover()
    await stage.act(
        "key_user",
        token_verbs.make_token,
        name="Tietovarasto",
        scopes=[Scope.READ, Scope.REPORT],
        expires_on=stage.today + timedelta(days=300),
        handover=handover,
        service_account_id=account.id,
    )
    return {
        "key": "reporting_client",
        "name": name,
        "role": "service_account",
        "organisation": TIERA.name,
        "email": None,
        "password": None,
        "token": handover.secret,
    }


def keep(path: Path, url: str, people: list[dict[str, Any]]) -> None:
    """Write who can sign in where only the owner of the data can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"url": url, "people": people}, file, ensure_ascii=False, indent=2)
