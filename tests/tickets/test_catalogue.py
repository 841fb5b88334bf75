"""The service catalogue: what is ordered keeps its version and answers, and is billed for its price once approved."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE, Actor
from backend.kit.amounts import Minutes
from backend.kit.deadlines import pass_deadlines
from backend.kit.faults import Code, Refusal
from backend.tickets import (
    billing_verbs,
    catalogue_queries,
    catalogue_verbs,
    handling_verbs,
    merging_verbs,
    sensitive_verbs,
)
from backend.tickets.billing_model import BillingApproval
from backend.tickets.catalogue_model import Product, ProductOrder, ProductVersion
from backend.tickets.catalogue_rules import Answer, Field
from backend.tickets.catalogue_states import FieldKind
from backend.tickets.catalogue_verbs import Content
from backend.tickets.model import Ticket
from backend.tickets.states import ClockKind, TicketKind
from tests.files.making import make_file
from tests.making import NOW, customer_representative, supplier_manager, tiera_key_user
from tests.tickets.making import Desk, clock_of, hand_over, make_desk, make_ticket, resolve

FORM = (
    Field(label="School", is_needed=True),
    Field(label="Size", kind=FieldKind.CHOICE, choices="Small\n Large \n\nSmall", is_needed=True),
    Field(label="How many", kind=FieldKind.NUMBER),
    Field(label="From", kind=FieldKind.DATE),
)
CONTENT = Content(
    name="A new form", category="Forms", description="A form of your own.", euros=Decimal("320.00"),
    target_minutes=Minutes(960), fields=FORM,
)  # fmt: skip
GOOD = {0: "Mallila", 1: "Large", 2: "1 200,5", 3: "24.12.2026"}


async def refusal(act: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await act
    return caught.value


async def make_product(session: AsyncSession, desk: Desk, **changes: Any) -> Product:
    return await catalogue_verbs.define_product(
        session, await tiera_key_user(session), service_id=desk.service.id, content=replace(CONTENT, **changes), now=NOW
    )


async def order(
    session: AsyncSession, desk: Desk, product: Product, answers: dict[int, str] | None = None, *,
    by: Actor | None = None, ordinal: int | None = None, **whose: int | None,
) -> Ticket:  # fmt: skip
    given = [Answer(position=n, value=value) for n, value in (GOOD if answers is None else answers).items()]
    return await catalogue_verbs.order_product(
        session, by or desk.customer, product_id=product.id, ordinal=ordinal or product.ordinal, answers=given,
        **whose, now=NOW,
    )  # fmt: skip


async def ordered(session: AsyncSession, ticket: Ticket) -> tuple[ProductOrder, ProductVersion]:
    found = (await session.scalars(sa.select(ProductOrder).where(ProductOrder.ticket_id == ticket.id))).one()
    return found, await session.get_one(ProductVersion, found.version_id)


@pytest.mark.rule("H11.7.2-a")
async def test_what_is_ordered_is_a_service_request_with_its_answers_and_the_products_time(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session)
    ticket = await order(session, desk, await make_product(session, desk))
    kept, version = await ordered(session, ticket)
    assert (ticket.kind, ticket.title, version.ordinal) == (TicketKind.SERVICE_REQUEST, "A new form", 1)
    assert [each["answer"] for each in kept.answers] == list(GOOD.values())
    assert ticket.description.splitlines()[0] == "School: Mallila"
    clock = await clock_of(session, ticket, ClockKind.RESOLVE)
    assert (clock.stretches or {})["target_minutes"] == 960


@pytest.mark.rule("H11.7.2-a")
async def test_tiera_orders_for_its_own_and_a_customers_people_and_never_for_a_supplier(session: AsyncSession) -> None:
    desk = await make_desk(session)
    product, own = await make_product(session, desk), await tiera_key_user(session)
    customers = {"customer_id": desk.customer.organisation_id, "requester_id": desk.customer.person_id}
    for whose in ({"requester_id": own.person_id}, customers):
        ticket = await order(session, desk, product, by=desk.tiera, **whose)
        assert ticket.requester_id == whose["requester_id"]
    refused = await refusal(order(session, desk, product, by=desk.tiera, requester_id=desk.supplier.person_id))
    assert (refused.code, refused.errors[0].path) == (Code.NOT_FOUND, ("requester_id",))
    supplier = desk.parties.supplier.name
    assert "Whoever asks has a role" in str(refused.errors[0].message) and supplier not in str(
        refused.errors[0].message
    )


async def test_a_change_is_a_new_version_and_a_request_keeps_the_one_it_was_ordered_by(session: AsyncSession) -> None:
    desk = await make_desk(session)
    product = await make_product(session, desk)
    before = await order(session, desk, product)
    await catalogue_verbs.change_product(
        session, await tiera_key_user(session), product_id=product.id,
        content=replace(CONTENT, name="A form", euros=Decimal("400.00"), fields=()), expected_version=1, now=NOW,
    )  # fmt: skip
    assert (product.ordinal, product.name) == (2, "A form")
    kept, version = await ordered(session, before)
    assert (version.ordinal, version.euros, len(version.fields), len(kept.answers)) == (1, Decimal("320.00"), 4, 4)
    refused = await refusal(order(session, desk, product, ordinal=1))
    assert (refused.code, refused.errors[0].path) == (Code.VERSION_CONFLICT, ("ordinal",))
    _, newer = await ordered(session, await order(session, desk, product, {}))
    assert newer.ordinal == 2


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({}, [0, 1]),
        (GOOD | {0: "  "}, [0]),
        (GOOD | {1: "Medium"}, [1]),
        (GOOD | {2: "many"}, [2]),
        (GOOD | {3: "31.2.2026"}, [3]),
        (GOOD | {9: "x"}, [4]),
    ],
)
async def test_answers_are_of_their_kind_each_told_at_its_place(
    session: AsyncSession, answers: dict[int, str], wrong: list[int]
) -> None:
    desk = await make_desk(session)
    product = await make_product(session, desk)
    refused = await refusal(order(session, desk, product, answers))
    assert [error.path[1] for error in refused.errors] == wrong
    assert (await session.scalars(sa.select(Ticket))).all() == []


async def test_a_field_that_is_answered_twice_is_refused_and_no_answer_is_left_out(session: AsyncSession) -> None:
    desk = await make_desk(session)
    product = await make_product(session, desk)
    given = [Answer(position=n, value=value) for n, value in GOOD.items()]
    act = catalogue_verbs.order_product(
        session, desk.customer, product_id=product.id, ordinal=1, answers=[*given, given[0]], now=NOW
    )
    assert [error.path for error in (await refusal(act)).errors] == [("answers", 0, "position")]


async def test_answers_longer_than_a_description_are_kept_whole_beside_it(session: AsyncSession) -> None:
    desk = await make_desk(session)
    fields = [Field(label=f"Chapter {n}") for n in range(20)]
    product = await make_product(session, desk, fields=fields)
    ticket = await order(session, desk, product, dict.fromkeys(range(20), "ä" * 2000))
    placed, _ = await ordered(session, ticket)
    assert [len(each["answer"]) for each in placed.answers] == [2_000] * 20
    assert len(ticket.description) == 20_000 and ticket.description.endswith("…")


@pytest.mark.rule("H11.7.2-a")
async def test_it_is_ordered_for_a_colleague_and_for_nobody_else(session: AsyncSession) -> None:
    desk = await make_desk(session)
    product, colleague = (
        await make_product(session, desk),
        await customer_representative(session, desk.parties.customer),
    )
    answers = [Answer(position=n, value=value) for n, value in GOOD.items()]
    what = {"product_id": product.id, "ordinal": 1, "answers": answers, "now": NOW}
    ticket = await catalogue_verbs.order_product(session, desk.customer, requester_id=colleague.person_id, **what)
    assert (ticket.requester_id, ticket.reported_by_id) == (colleague.person_id, desk.customer.person_id)
    stranger = desk.supplier.person_id
    refused = await refusal(catalogue_verbs.order_product(session, desk.customer, requester_id=stranger, **what))
    assert (refused.code, refused.errors[0].path) == (Code.NOT_FOUND, ("requester_id",))


@pytest.mark.rule("H11.7.2-a")
async def test_what_was_ordered_goes_on_only_where_its_price_and_time_do(session: AsyncSession) -> None:
    desk = await make_desk(session)
    product = await make_product(session, desk)
    first, second = await order(session, desk, product), await order(session, desk, product)
    plain, other = [await make_ticket(session, desk, kind=TicketKind.SERVICE_REQUEST) for _ in range(2)]
    said = {"reason": "The same.", "now": NOW}
    refused = await refusal(
        merging_verbs.merge_tickets(session, desk.tiera, ticket_id=first.id, into_id=plain.id, **said)
    )
    assert refused.errors[0].path == ("into_id",) and first.merged_into_id is None
    for ticket, into in ((plain, other), (other, first), (first, second)):
        await merging_verbs.merge_tickets(session, desk.tiera, ticket_id=ticket.id, into_id=into.id, **said)
        assert ticket.merged_into_id == into.id


async def test_only_the_key_user_says_what_is_offered_and_no_supplier_orders(session: AsyncSession) -> None:
    desk = await make_desk(session)
    product = await make_product(session, desk)
    for who in (desk.tiera, desk.supplier, desk.customer):
        act = catalogue_verbs.define_product(session, who, service_id=desk.service.id, content=CONTENT, now=NOW)
        assert (await refusal(act)).code is Code.NOT_PERMITTED
    assert (await refusal(order(session, desk, product, by=desk.supplier))).code is Code.NOT_PERMITTED
    await catalogue_verbs.end_product(session, await tiera_key_user(session), product_id=product.id, now=NOW)
    assert (await refusal(order(session, desk, product))).code is Code.NOT_FOUND
    assert (await refusal(order(session, desk, product, by=desk.tiera))).code is Code.WRONG_STATE


async def test_a_supplier_sees_its_own_products_and_a_customer_what_is_offered(session: AsyncSession) -> None:
    desk = await make_desk(session)
    await make_product(session, desk)
    seen = {}
    for name, actor in (
        ("own", desk.supplier),
        ("other", await supplier_manager(session)),
        ("customer", desk.customer),
    ):
        wanted = sa.select(Product.id).where(catalogue_queries.visible_products(actor, Product))
        seen[name] = len((await session.scalars(wanted)).all())
    assert seen == {"own": 1, "other": 0, "customer": 1}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": " "}, ("content", "name")),
        ({"euros": Decimal("0.00")}, ("content", "euros")),
        ({"fields": [Field(label="")]}, ("content", "fields", 0, "label")),
        ({"fields": [Field(label="Size", kind=FieldKind.CHOICE, choices="One")]}, ("content", "fields", 0, "choices")),
        (
            {"fields": [Field(label="Size", kind=FieldKind.CHOICE, choices=f"One\n{'x' * 201}")]},
            ("content", "fields", 0, "choices"),
        ),
        ({"fields": [Field(label="Size", hint="x" * 501)]}, ("content", "fields", 0, "hint")),
    ],
)
async def test_a_product_that_nobody_could_order_is_refused(
    session: AsyncSession, changes: dict[str, Any], path: tuple[Any, ...]
) -> None:
    desk = await make_desk(session)
    assert [error.path for error in (await refusal(make_product(session, desk, **changes))).errors] == [path]


async def test_answers_are_masked_and_removed_with_the_description_that_is_made_of_them(session: AsyncSession) -> None:
    desk = await make_desk(session, sensitive_text_days=30)
    ticket = await order(session, desk, await make_product(session, desk))
    read = sa.select(catalogue_queries.answers_of(ProductOrder)).where(ProductOrder.ticket_id == ticket.id)
    assert len(await session.scalar(read)) == len(GOOD)
    await sensitive_verbs.mark_sensitive(session, desk.customer, text_of=ticket.ref, now=NOW)
    assert await session.scalar(read) == []
    await handling_verbs.withdraw_ticket(session, desk.customer, ticket_id=ticket.id, reason="No.", now=NOW)
    await pass_deadlines(session, SCHEDULE, now=NOW + timedelta(days=30))
    kept, _ = await ordered(session, ticket)
    await session.refresh(kept)
    assert (ticket.description, kept.answers) == ("", [])


async def test_a_file_is_an_answer_of_who_brought_it_and_hangs_on_the_request(session: AsyncSession) -> None:
    desk = await make_desk(session)
    fields = (Field(label="School"), Field(label="Logo", kind=FieldKind.FILE, is_needed=True))
    product = await make_product(session, desk, fields=fields)
    own, strange = await make_file(session, desk.customer, name="logo.pdf"), await make_file(session, desk.tiera)

    async def order_with(*answers: Answer) -> Ticket:
        return await catalogue_verbs.order_product(
            session, desk.customer, product_id=product.id, ordinal=1, answers=answers, now=NOW
        )

    for wrong, code, path in (
        ([], Code.REQUIRED, (1, "file_id")),
        ([Answer(position=1, value="logo.pdf")], Code.INVALID, (0, "file_id")),
        ([Answer(position=0, file_id=own.id), Answer(position=1, file_id=own.id)], Code.INVALID, (0, "value")),
        ([Answer(position=1, file_id=strange.id)], Code.NOT_FOUND, (0, "file_id")),
    ):
        refused = await refusal(order_with(*wrong))
        assert (refused.code, refused.errors[0].path) == (code, ("answers", *path))
    assert own.about is None and (await session.scalars(sa.select(Ticket))).all() == []

    ticket = await order_with(Answer(position=1, file_id=own.id))
    kept, _ = await ordered(session, ticket)
    assert kept.answers == [{"label": "Logo", "answer": "logo.pdf", "file_id": own.id}]
    assert (own.about, ticket.description) == (ticket.ref, "Logo: logo.pdf")
    again = await refusal(order_with(Answer(position=1, file_id=own.id)))
    assert again.errors[0].path == ("answers", 0, "file_id"), "one file is an answer once"


@pytest.mark.rule("H11.9-c")
async def test_its_price_is_what_tiera_approves_for_billing_once_it_is_resolved(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await hand_over(session, desk, await order(session, desk, await make_product(session, desk)))
    approve = {"ticket_ids": [ticket.id], "now": NOW}
    assert (await refusal(billing_verbs.approve_for_billing(session, desk.tiera, **approve))).code is Code.BROKEN_RULE
    await handling_verbs.take_ticket(session, desk.supplier, ticket_id=ticket.id, now=NOW)
    await resolve(session, desk, ticket)
    await billing_verbs.approve_for_billing(session, desk.tiera, **approve)
    approval = (await session.scalars(sa.select(BillingApproval))).one()
    assert (approval.about_id, approval.euros) == (ticket.id, Decimal("320.00"))
