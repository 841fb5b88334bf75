"""What can be done with the service catalogue: the key user manages it, customers order from it."""

from decimal import Decimal
from typing import Any

import strawberry

from backend.graphql.catalogue import Product
from backend.graphql.inputs import key, part, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.tickets import Ticket
from backend.kit.amounts import Minutes
from backend.rulebook.roles import Right
from backend.tickets import catalogue_rules, catalogue_verbs
from backend.tickets.catalogue_states import FieldKind

PRODUCT: dict[str, Any] = {"by": Right.ADMINISTER, "rule": "H11.7.2-a", "product": Product}


@part(catalogue_rules.Field)
class ProductFieldInput:
    """One thing that is asked of who orders."""

    label: str = value("What is asked.")
    kind: FieldKind = value("How it is answered.", default=FieldKind.TEXT)
    choices: str | None = value("What can be chosen, one a line.", default=None)
    is_needed: bool = value("Whether it must be answered.", default=False)
    hint: str | None = value("What helps to answer it.", default=None)


@part(catalogue_verbs.Content)
class ProductContentInput:
    """What a product says."""

    name: str = value("What it is called.")
    category: str = value("Among what it stands.")
    description: str = value("What one gets, in plain words.")
    fields: list[ProductFieldInput] = value("What is asked, in its order.")
    euros: Decimal | None = value("Its price without VAT; none: nothing is billed.", default=None)
    target_minutes: Minutes | None = value("Service time in which it is done.", default=None)


@mutation(catalogue_verbs.define_product, **PRODUCT)
class DefineProduct:
    """Offer something new in the catalogue."""

    service_id: strawberry.ID = key("Service", "Of which service.")
    content: ProductContentInput = value("What it says.")


@mutation(catalogue_verbs.change_product, edits=True, **PRODUCT)
class ChangeProduct:
    """Offer it in another way from now on; what was ordered keeps the version by which it was."""

    product_id: strawberry.ID = key("Product", "The product.")
    content: ProductContentInput = value("What it is to say.")


@mutation(catalogue_verbs.end_product, **PRODUCT)
class EndProduct:
    """Offer it no more."""

    product_id: strawberry.ID = key("Product", "The product.")


@part(catalogue_rules.Answer)
class ProductAnswerInput:
    """What is answered to one field."""

    position: int = value("The place of the field in the product, from 0.")
    value: str | None = value("The answer; a number or a day as people write it.", default=None)
    file_id: strawberry.ID | None = key("StoredFile", "A file as the answer, by `POST /api/files`.", default=None)


@mutation(catalogue_verbs.order_product, by=Right.REPORT_TICKETS, rule="H11.7.2-a", ticket=Ticket)
class OrderProduct:
    """Order a product: a service request with its answers comes to be."""

    product_id: strawberry.ID = key("Product", "The product.")
    ordinal: int = value("The version that was read.")
    answers: list[ProductAnswerInput] = value("What its fields are answered.")
    customer_id: strawberry.ID | None = key("Organisation", "For Tiera: for which customer.", default=None)
    requester_id: strawberry.ID | None = key("Person", "For whom it is ordered, if not for oneself.", default=None)


CatalogueMutation = mutations(DefineProduct, ChangeProduct, EndProduct, OrderProduct)
