"""Estimates: options by price group, alternatives, parts of a fixed price."""

import datetime as dt
from typing import Annotated

import strawberry

from backend.graphql import parties, prices
from backend.graphql.orders import Order, is_party
from backend.graphql.reads.shape import column, many, newest, oldest, one, shape, sql
from backend.graphql.relay import Subject
from backend.graphql.scalars import Money, money
from backend.kit.amounts import Minutes
from backend.orders import estimate_model as model
from backend.orders import figures, queries

SELF = strawberry.lazy("backend.graphql.estimates")


@shape(model.EstimateRow, queries.visible_rows, sort=oldest("id"))
class EstimateRow:
    """Minutes of one price group, at the price of the day of the estimate."""

    price_group: prices.PriceGroup = one(lambda r, g: g.id == r.price_group_id, "Of which.", with_parent=True)
    minutes: Minutes = column("How much.")
    unit_price: Money = money(lambda r: r.unit_price, "Euros an hour, without VAT.")
    amount: Money = money(lambda r: r.amount, "Euros without VAT, rounded once.")


@shape(model.EstimatePart, queries.visible_parts, sort=oldest("position", "id"))
class EstimatePart(Subject):
    """A part of a fixed price as it is offered; ordering makes it a milestone."""

    position: int = column("Its place, from 1.")
    title: str = column("What it is called.")
    amount: Money = money(lambda p: p.amount, "Euros without VAT.")
    due_on: dt.date | None = column("By when.")
    month: dt.date | None = column("Of a monthly fee: the first day of its month.")
    option: Annotated["EstimateOption", SELF] = one(
        lambda part, o: o.id == part.option_id, "Of which option.", with_parent=True
    )


@shape(model.EstimateOption, queries.visible_options, sort=oldest("position", "id"))
class EstimateOption(Subject):
    """A way to do the work."""

    position: int = column("1 is the one asked for, the others are cheaper or better.")
    title: str = column("What it is called.")
    description: str | None = column("What is different about it.")
    minutes: Minutes | None = column("Its effort.", seen_by=is_party)
    total: Money = money(lambda o: o.euros, "Euros without VAT.")
    is_chosen: bool = sql(figures.is_chosen, "Whether it was ordered.")
    rows: list[EstimateRow] = many(lambda o, r: r.option_id == o.id, "Effort by price group.")
    parts: list[EstimatePart] = many(lambda o, p: p.option_id == o.id, "Parts of a fixed price.")
    estimate: Annotated["Estimate", SELF] = one(
        lambda o, e: e.id == o.estimate_id, "Of which estimate.", with_parent=True
    )


@shape(model.Estimate, queries.visible_estimates, sort=newest("ordinal", "id"))
class Estimate(Subject):
    """An answer to a request for an estimate; the newest counts, none is overwritten."""

    ordinal: int = column("The how manieth of its order.")
    none_better_statement: str | None = column("The supplier's word that it knows of nothing cheaper or better.")
    given_at: dt.datetime = column("When it came.")
    is_late: bool = column("Whether it came after its time.")
    given_by: parties.Person | None = one(
        lambda e, p: p.id == e.given_by_id, "Who gave it.", with_parent=True, seen_by=is_party
    )
    options: list[EstimateOption] = many(lambda e, o: o.estimate_id == e.id, "Ways to do the work.")
    order: Order = one(lambda e, o: o.id == e.order_id, "Of which order.", with_parent=True)
