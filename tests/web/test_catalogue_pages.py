"""The service catalogue in the portal, without JavaScript: managed by the key user, ordered by a customer's person."""

import re

import pytest

from backend.demo.papers import paper, picture
from backend.kit.actor import ActorKind
from backend.parties.model import Person
from backend.rulebook.roles import Role
from tests.identity.making import add_member, add_organisation
from tests.making import make_agreement, make_service
from tests.web.portal import Portal, hidden, path_to, text_of


@pytest.fixture
async def sides(portal: Portal) -> tuple[Person, str]:
    """A municipality's representative, and a service that the supplier produces."""
    async with portal.house.sessions.begin() as session:
        service = await make_service(session, await make_agreement(session, portal.supplier))
        town = await add_organisation(session, "Mallila", ActorKind.CUSTOMER)
        asker = await add_member(session, town, Role.REPRESENTATIVE, "Hanna Kunta")
        return asker, str(service.ref)


async def test_a_product_is_offered_ordered_and_changed_and_the_request_keeps_its_version(
    portal: Portal, sides: tuple[Person, str]
) -> None:
    key_user, asker = await portal.signed_in(portal.key_user), await portal.signed_in(sides[0])
    assert (await asker.get("/palveluluettelo/uusi")).status_code == 403
    assert "Nothing is offered here" in text_of((await asker.get("/palveluluettelo")).text)
    new = {
        "serviceId": sides[1],
        "content.name": "A new form",
        "content.category": "Forms",
        "content.description": "A form of your own.",
        "content.euros": "320",
        "content.targetMinutes": "16",
        "content.fields.0.label": "School",
        "content.fields.0.kind": "TEXT",
        "content.fields.0.isNeeded": "true",
        "content.fields.1.label": "Size",
        "content.fields.1.kind": "CHOICE",
        "content.fields.1.choices": "Small\nLarge",
    }
    few = await key_user.send(
        "/palveluluettelo/uusi", "/palveluluettelo/uusi", new | {"content.fields.1.choices": "One"}
    )
    assert few.status_code == 422 and "choices, one a line" in text_of(few.text)
    product = path_to(await key_user.send("/palveluluettelo/uusi", "/palveluluettelo/uusi", new))
    shown = text_of((await asker.get("/palveluluettelo?words=form")).text)
    assert "A new form" in shown and "320,00 €" in shown
    empty = await asker.send(product, product, {"answers.1.value": "Large"})
    assert empty.status_code == 422 and "School" in text_of(empty.text) and "This is needed." in text_of(empty.text)
    answers = {"answers.0.value": "Mallila", "answers.1.value": "Large"}
    unknown = await asker.send(product, product, answers | {"requesterId": "Sari Toimittaja"})
    assert unknown.status_code == 422 and "Nobody of that organisation" in text_of(unknown.text)
    ticket = path_to(await asker.send(product, product, answers | {"requesterId": "hanna kunta"}))
    edit = f"{product}/muuta"
    changed = {name: value for name, value in new.items() if name != "serviceId"} | {"content.euros": "400"}
    assert path_to(await key_user.send(edit, edit, changed)) == product
    assert "2. A new form" in text_of((await key_user.get(product)).text)
    page = text_of((await asker.get(ticket)).text)
    assert "What was ordered" in page and "Mallila" in page and "320,00 €" in page and "version 1" in page
    end = f"{product}/lopeta"
    path_to(await key_user.send(end, end, {}))
    assert (await asker.get(product)).status_code == 404
    assert (await key_user.get(end)).status_code == 409


async def test_a_question_is_answered_by_a_file_that_is_shown_among_the_answers(
    portal: Portal, sides: tuple[Person, str]
) -> None:
    key_user, asker = await portal.signed_in(portal.key_user), await portal.signed_in(sides[0])
    new = {
        "serviceId": sides[1],
        "content.name": "A new form",
        "content.category": "Forms",
        "content.description": "A form of your own.",
        "content.fields.0.label": "The form on paper",
        "content.fields.0.kind": "FILE",
        "content.fields.0.isNeeded": "true",
        "content.fields.1.label": "Coat of arms",
        "content.fields.1.kind": "FILE",
    }
    product = path_to(await key_user.send("/palveluluettelo/uusi", "/palveluluettelo/uusi", new))
    form = hidden((await asker.get(product)).text, product)
    lacking = await asker.client.post(product, data=form, files=[("answers.1.fileId", ("vaakuna.png", picture(9, 9)))])
    assert lacking.status_code == 422
    assert re.search(r'href="#f-answers-0-fileId">The form on paper: This is needed', lacking.text)
    assert "vaakuna.png" in lacking.text, "what was right stays"
    refused = await asker.client.post(product, data=form, files=[("answers.0.fileId", ("ohjelma.exe", b"MZ\x00"))])
    assert refused.status_code == 422 and "Files of this kind are not taken" in refused.text

    brought = [("answers.0.fileId", ("lomake.pdf", paper("Nimi: ____")))]
    ticket = path_to(await asker.client.post(product, data=hidden(lacking.text, product), files=brought))
    page = (await asker.get(ticket)).text
    for label, name in (("The form on paper", "First page: lomake.pdf"), ("Coat of arms", "Picture: vaakuna.png")):
        assert re.search(rf'<dt>{label}</dt><dd>\s*<ul class="attachments".+?\s.+?/preview" alt="{name}"', page, re.S)
    assert page.count("lomake.pdf</a>") == 1, "not once more among what else is attached"


async def test_what_was_answered_stays_at_its_question_when_the_product_is_changed_meanwhile(
    portal: Portal, sides: tuple[Person, str]
) -> None:
    key_user, asker = await portal.signed_in(portal.key_user), await portal.signed_in(sides[0])
    new = {
        "serviceId": sides[1],
        "content.name": "A new form",
        "content.category": "Forms",
        "content.description": "A form of your own.",
        "content.euros": "320",
        "content.fields.0.label": "Colour",
        "content.fields.0.kind": "CHOICE",
        "content.fields.0.choices": "Red\nBlue",
        "content.fields.1.label": "School",
        "content.fields.1.kind": "TEXT",
    }
    product = path_to(await key_user.send("/palveluluettelo/uusi", "/palveluluettelo/uusi", new))
    filling = hidden((await asker.get(product)).text, product)
    changed = {
        "content.name": "A new form",
        "content.category": "Forms",
        "content.description": "A form of your own.",
        "content.euros": "400",
        "content.fields.0.label": "School",
        "content.fields.0.kind": "TEXT",
        "content.fields.1.label": "Colour",
        "content.fields.1.kind": "CHOICE",
        "content.fields.1.choices": "Red\nGreen",
    }
    await key_user.send(f"{product}/muuta", f"{product}/muuta", changed)
    odd = {"_label.x": "School"}  # no form of ours sends it
    answer = await asker.post(product, filling | odd | {"answers.0.value": "Blue", "answers.1.value": "Mallila"})
    assert answer.status_code == 409 and "offered in another way by now" in text_of(answer.text)
    assert "400,00 €" in text_of(answer.text)
    assert re.search(r'name="answers.0.value"[^>]*>\nMallila</textarea>', answer.text)
    assert not re.search(r"<option[^>]* selected[^>]*>(Red|Green|Blue)", answer.text), "Blue is no answer any more"
    again = hidden(answer.text, product) | {"answers.0.value": "Mallila", "answers.1.value": "Green"}
    ticket = path_to(await asker.post(product, again))
    assert "version 2" in text_of((await asker.get(ticket)).text)
