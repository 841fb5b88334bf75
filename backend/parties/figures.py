"""What is reckoned of parties for reading: roles that lack something, the terms of a day, sums of a year."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import rows_of, there_is
from backend.kit.database import Condition, Row
from backend.ledger.model import Account
from backend.parties.agreement_model import Agreement, Price, TermValue
from backend.parties.days import is_valid_on, start_of_day
from backend.parties.model import InhabitantCount, Organisation, RoleHeld, StatedCompetence
from backend.parties.queries import sees_all, visible_terms
from backend.parties.right_model import OrderingRight
from backend.parties.states import AgreementKind, Gap, RightState, TermOrigin
from backend.rulebook.roles import ROLES_OF_COMPETENCE, ROLES_TO_FILL, WITH_STAND_INS, Right, Role
from backend.rulebook.rules import rule
from backend.rulebook.terms import DEFINITIONS

# Days of a row that is valid from one to another


def first_day(row: Row) -> sa.ColumnElement[Any]:
    return sa.func.lower(row.valid)


def last_day(row: Row) -> sa.ColumnElement[Any]:
    """The last day that counts; null where there is no end."""
    return sa.func.upper(row.valid) - sa.literal(1, sa.Integer)


def first_day_of_role(held: Row) -> sa.ColumnElement[Any]:
    """The first day; of a role that was called off the one that was announced."""
    return sa.func.coalesce(first_day(held), held.called_off_from)


def last_day_of_role(held: Row) -> sa.ColumnElement[Any]:
    """The last day, null where there is no end; of a role that was called off the day before its first."""
    return sa.func.coalesce(last_day(held), held.called_off_from - sa.literal(1, sa.Integer))


# What is known of inhabitants and competence now


def known_of_inhabitants(name: str) -> Callable[[Row], sa.ColumnElement[Any]]:
    """A column of the count of an organisation's inhabitants that is known now; null where there is none."""

    def expression(row: Row) -> sa.ColumnElement[Any]:
        count = rows_of(InhabitantCount)
        known = sa.select(count.c[name]).where(count.c.organisation_id == row.id, count.c.ended_at.is_(None))
        return known.correlate_except(count).scalar_subquery()

    return expression


def known_competence(row: Row) -> sa.ColumnElement[Any]:
    """The competence stated for a role now; null where there is none."""
    stated = rows_of(StatedCompetence)
    known = sa.select(stated.c.competence).where(stated.c.role_held_id == row.id, stated.c.ended_at.is_(None))
    return known.correlate_except(stated).scalar_subquery()


# Roles


@rule("H11.10-a")
def has_stand_ins(held: Row) -> Condition:
    """SQL: whether somebody may stand in for the holder of a role: it is such a role, and the holder's own."""
    is_such = (sa.and_(_is_of(held, side), held.role == role) for side, role in sorted(WITH_STAND_INS))
    return sa.and_(held.stands_in_for_id.is_(None), sa.or_(*is_such))


def _is_of(held: Row, side: ActorKind) -> Condition:
    its = rows_of(Organisation)
    return there_is(its, its.c.id == held.organisation_id, its.c.side == side)


@rule("H10-a", "H11.3-a")
def unfilled_roles(*, on: Any) -> sa.FromClause:
    """Roles that have no holder on a day, and holders without stated competence at a supplier: both sides see them.

    Of Tiera, and of every supplier with an agreement on that day. Project managers are named for each project: one has
    no holder by that, and whoever holds the role has its competence.
    """
    both = sa.union_all(_without_holder(on), _without_competence(on)).subquery()
    place = sa.func.row_number(type_=sa.BigInteger).over(
        order_by=(both.c.sort_key, both.c.position, both.c.role_held_id)
    )
    return sa.select(place.label("id"), both).subquery()


def _without_holder(on: Any) -> sa.Select[Any]:
    organisation, wanted = rows_of(Organisation), _roles(ROLES_TO_FILL)
    held = rows_of(RoleHeld)
    is_its = (held.c.organisation_id == organisation.c.id, held.c.role == wanted.c.role)
    is_held = there_is(held, *is_its, is_valid_on(held.c, on), held.c.stands_in_for_id.is_(None))
    nobody = sa.cast(sa.null(), sa.BigInteger)
    return (
        sa.select(*_of_role(organisation, wanted), nobody.label("role_held_id"), _gap(Gap.NO_HOLDER))
        .select_from(organisation.join(wanted, sa.cast(organisation.c.side, sa.Text) == wanted.c.side))
        .where(sa.or_(organisation.c.side == ActorKind.BUYER, _has_agreement(organisation, on)), ~is_held)
    )


def _without_competence(on: Any) -> sa.Select[Any]:
    organisation, wanted = rows_of(Organisation), _roles(ROLES_OF_COMPETENCE)
    held, stated = rows_of(RoleHeld), rows_of(StatedCompetence)
    is_stated = there_is(stated, stated.c.role_held_id == held.c.id, stated.c.ended_at.is_(None))
    rows = organisation.join(wanted, sa.cast(organisation.c.side, sa.Text) == wanted.c.side).join(
        held, sa.and_(held.c.organisation_id == organisation.c.id, held.c.role == wanted.c.role)
    )
    return (
        sa.select(*_of_role(organisation, wanted), held.c.id.label("role_held_id"), _gap(Gap.NO_COMPETENCE))
        .select_from(rows)
        .where(_has_agreement(organisation, on), is_valid_on(held.c, on), ~is_stated)
    )


def _of_role(organisation: sa.FromClause, wanted: sa.FromClause) -> tuple[sa.ColumnElement[Any], ...]:
    return (
        organisation.c.id.label("organisation_id"),
        organisation.c.side.label("side"),
        organisation.c.sort_key.label("sort_key"),
        wanted.c.role.label("role"),
        wanted.c.position.label("position"),
    )


def _has_agreement(organisation: sa.FromClause, on: Any) -> Condition:
    agreement = rows_of(Agreement)
    return there_is(
        agreement,
        agreement.c.organisation_id == organisation.c.id,
        agreement.c.kind == AgreementKind.SUPPLIER,
        is_valid_on(agreement.c, on),
    )


def _gap(gap: Gap) -> sa.ColumnElement[str]:
    return sa.literal(gap.value, sa.Text).label("gap")


def _roles(of: Mapping[ActorKind, Sequence[Role]]) -> sa.FromClause:
    rows = [(side.value, role.value, n) for side, roles in of.items() for n, role in enumerate(roles)]
    columns = (sa.column("side", sa.Text), sa.column("role", sa.Text), sa.column("position", sa.Integer))
    return sa.values(*columns, name="roles", literal_binds=True).data(rows)


def visible_gaps(actor: Actor, row: Row) -> Condition:
    """Both sides see their own and Tiera's."""
    if sees_all(actor):
        return sa.true()
    return sa.or_(row.organisation_id == actor.organisation_id, row.side == ActorKind.BUYER)


@rule("H11.3-b")
def reads_why(actor: Actor, role: Row) -> Condition:
    """Why a role ends, or its holder is to be replaced, is read by Tiera, by the holder, and by whoever manages the
    people of the organisation.
    """
    if sees_all(actor):
        return sa.true()
    manages = role.organisation_id == actor.organisation_id if actor.sees(Right.MANAGE_OWN_PEOPLE) else sa.false()
    return sa.or_(manages, role.person_id == actor.person_id)


# Terms


def terms_of_day(*, on: Any, agreement: Any = None) -> sa.FromClause:
    """Every term with its value on a day, where it comes from, since when and why; for one agreement or for all."""
    rows = [(n, name, orjson.dumps(d.write(d.default)).decode()) for n, (name, d) in enumerate(DEFINITIONS.items())]
    columns = (sa.column("id", sa.BigInteger), sa.column("name", sa.Text), sa.column("standard", sa.Text))
    defined = sa.values(*columns, name="defined", literal_binds=True).data(rows)
    key = sa.cast(sa.null(), sa.BigInteger) if agreement is None else agreement.of("Agreement")
    own, common = _newest(defined, on, key, "own"), _newest(defined, on, None, "common")
    origin = sa.case(
        (own.c.id.is_not(None), TermOrigin.AGREEMENT.value),
        (common.c.id.is_not(None), TermOrigin.INSTALLATION.value),
        else_=TermOrigin.CONTRACT.value,
    )
    return (
        sa.select(
            defined.c.id,
            defined.c.name,
            sa.cast(key, sa.BigInteger).label("agreement_id"),
            sa.func.coalesce(own.c.value, common.c.value, sa.cast(defined.c.standard, JSONB)).label("value"),
            sa.cast(origin, sa.Text).label("origin"),
            sa.func.coalesce(own.c.valid_from, common.c.valid_from).label("since"),
            sa.func.coalesce(own.c.reason, common.c.reason).label("reason"),
        )
        .select_from(defined.outerjoin(own, sa.true()).outerjoin(common, sa.true()))
        .subquery()
    )


def _newest(defined: sa.FromClause, on: Any, agreement_id: Any, name: str) -> sa.FromClause:
    term = rows_of(TermValue)
    of = term.c.agreement_id.is_(None) if agreement_id is None else term.c.agreement_id == agreement_id
    newest = sa.select(term.c.id, term.c.value, term.c.valid_from, term.c.reason).where(
        of, term.c.name == defined.c.name, term.c.valid_from <= sa.cast(on, sa.Date)
    )
    return newest.order_by(term.c.valid_from.desc(), term.c.id.desc()).limit(1).lateral(name)


def visible_terms_of_day(actor: Actor, row: Row) -> Condition:
    """The common ones, and those of one's own agreement."""
    return visible_terms(actor, row)


# Rights and agreements


def successor_of(right: Row) -> sa.ScalarSelect[Any]:
    """The version that was confirmed to take the place of a right; none that was ended before its first day began."""
    newer = rows_of(OrderingRight)
    has_begun = newer.c.ended_at >= start_of_day(sa.func.lower(newer.c.valid))
    lasts = sa.or_(newer.c.ended_at.is_(None), has_begun)
    its = sa.select(sa.func.max(newer.c.id)).where(newer.c.replaces_id == right.id, newer.c.confirmed_at.is_not(None))
    return its.where(lasts).correlate_except(newer).scalar_subquery()


def has_newer_version(right: Row) -> Condition:
    """Whether a version that is to take the place of a right was entered and has not ended: there is no second one."""
    newer = rows_of(OrderingRight)
    return there_is(newer, newer.c.replaces_id == right.id, newer.c.state != RightState.ENDED)


def ordered_in_year(row: Row, *, year: Any) -> sa.ColumnElement[Decimal]:
    """Euros ordered in a calendar year under all versions of an ordering right."""
    account = rows_of(Account)
    cents = sa.select(account.c.booked).where(
        account.c.about_kind == "OrderingRight",
        account.c.about_id == sa.func.coalesce(row.first_id, row.id),
        account.c.purpose == sa.func.concat("year:", year),
    )
    return _euros(cents.correlate_except(account))


def ordered_in_all(row: Row) -> sa.ColumnElement[Decimal]:
    """Euros that all orders under an agreement come to."""
    account = rows_of(Account)
    cents = sa.select(account.c.booked).where(
        account.c.about_kind == "Agreement", account.c.about_id == row.id, account.c.purpose == "total"
    )
    return _euros(cents.correlate_except(account))


def _euros(cents: sa.Select[Any]) -> sa.ColumnElement[Decimal]:
    whole = sa.func.coalesce(cents.scalar_subquery(), 0)
    return sa.cast(sa.cast(whole, sa.Numeric) / 100, sa.Numeric(16, 2))


def price_of_day(price_group_id: Any, *, on: Any) -> sa.ColumnElement[Decimal]:
    """Euros an hour of a price group for work done on a day; null where none is agreed."""
    price = rows_of(Price)
    return (
        sa.select(price.c.unit_price)
        .where(price.c.price_group_id == price_group_id, price.c.ended_at.is_(None), is_valid_on(price.c, on))
        .correlate_except(price)
        .scalar_subquery()
    )
