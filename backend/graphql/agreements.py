"""Agreements between Tiera and one other party, and the services under them."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import strawberry

from backend.graphql.events import Event, timeline_of
from backend.graphql.files import StoredFile, attached, files_of
from backend.graphql.inputs import filter_input, key, part, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.parties import MOST_CHOICES, Organisation, Person
from backend.graphql.prices import BankAccount, InvoicingProcess, PriceGroup
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    described,
    everyone,
    many,
    newest,
    oldest,
    one,
    root,
    shape,
    sql,
)
from backend.graphql.relay import Connection, Node, Subject
from backend.graphql.scalars import Money, money
from backend.graphql.terms import TermValue
from backend.kit.conditions import has_words, when
from backend.kit.database import Condition, Row
from backend.parties import agreement_model as model
from backend.parties import agreement_verbs, figures, policy, queries, service_queries, service_verbs
from backend.parties.days import is_valid_on
from backend.parties.states import AgreementKind, PartyAction, ServiceAction, ServiceChannelKind
from backend.rulebook.roles import Right

described(
    AgreementKind,
    "With whom Tiera agreed.",
    SUPPLIER="With a supplier.",
    CUSTOMER="With a customer.",
)

described(
    ServiceChannelKind,
    "What a service is reached by.",
    PORTAL="The portal.",
    PHONE="A telephone.",
    MAIL="Mail.",
    CHAT="A chat.",
    ON_CALL="Whoever is on call outside the hours of service.",
)
described(
    ServiceAction,
    "What you may do about a service's start.",
    START="Mark it as started.",
    DEFINE_CHANNELS="Define its channels.",
    TAKE_BACK="Take back the mark that it has started.",
)


class ServiceSort(StrEnum):
    NAME = "name"


described(ServiceSort, "In which order services stand.", NAME="By name, as Finnish people sort.")


@shape(model.ServiceStart, service_queries.visible_of_service, sort=newest("id"))
class ServiceStart(Node):
    """The mark that a service has started."""

    started_on: dt.date = column("From when it has started.")
    recorded_at: dt.datetime = column("When it was marked.")
    recorded_by: Person | None = one(lambda s, p: p.id == s.recorded_by_id, "Who marked it.", with_parent=True)
    ended_at: dt.datetime | None = column("When the mark was taken back.")
    ended_by: Person | None = one(lambda s, p: p.id == s.ended_by_id, "Who took it back.", with_parent=True)
    end_reason: str | None = column("Why it was taken back.")


@shape(model.ServiceChannel, service_queries.visible_of_service, sort=oldest("id"))
class ServiceChannel(Node):
    """A way to reach a service, as Tiera defined it."""

    kind: ServiceChannelKind = column("By what.")
    address: str = column("A number, an address or a page, in words.")
    hours: str = column("When somebody answers, in words.")
    for_whom: str = column("For whom it is, in words.")
    recorded_at: dt.datetime = column("When it was defined.")
    recorded_by: Person | None = one(lambda c, p: p.id == c.recorded_by_id, "Who defined it.", with_parent=True)
    ended_at: dt.datetime | None = column("Since when it is used no more.")


@shape(model.Service, queries.visible_services, sort={ServiceSort.NAME: oldest("sort_key", "id")})
class Service(Subject):
    """A service that a supplier produces."""

    code: str = column("Its code.")
    name: str = column("What it is called.")
    takes_mail: bool = column("Whether a new matter that comes by mail becomes its ticket; one service's at most.")
    version: int = column("Goes up with every new name.")
    agreement: "Agreement | None" = one(
        lambda s, a: a.id == s.agreement_id, "Under which agreement, where you may see it."
    )
    started_on: dt.date | None = sql(service_queries.started_on, "From when it has started; null: it has not.")
    starts: list[ServiceStart] = many(
        lambda s, each: each.service_id == s.id,
        "The marks that it has started, the newest first, those taken back too; a customer sees none.",
    )
    channels: list[ServiceChannel] = many(
        lambda s, c: sa.and_(c.service_id == s.id, c.ended_at.is_(None)),
        "How it is reached, as Tiera has defined; a customer sees none.",
    )
    former_channels: list[ServiceChannel] = many(
        lambda s, c: sa.and_(c.service_id == s.id, c.ended_at.is_not(None)),
        "How it was reached before; a customer sees none.",
    )
    timeline: Connection[Event] = timeline_of("Service")
    available_actions: list[ServiceAction] = computed(
        policy.actions_on_service,
        lambda s: {"started_on": service_queries.started_on(s)},
        "What you may do about its start now.",
    )


@shape(model.AgreementVersion, queries.visible_agreement_versions, sort=newest("version", "id"))
class AgreementVersion(Subject):
    """What an agreement said since one change of it."""

    version: int = column("The number of the change.")
    name: str = column("What it was called.")
    valid_from: dt.date = sql(figures.first_day, "Its first day.")
    valid_until: dt.date | None = sql(figures.last_day, "Its last day.")
    option_until: dt.date | None = column("To which day its options reached.")
    greatest_total: Money | None = money(lambda v: v.greatest_total, "What all its orders may come to.")
    model_version: str = column("The version of the governance model annexed to it.")
    reason: str | None = column("Why it was changed; null of its conclusion.")
    recorded_at: dt.datetime = column("When.")
    recorded_by: Person | None = one(lambda v, p: p.id == v.recorded_by_id, "By whom.", with_parent=True)
    files: list[StoredFile] = files_of("AgreementVersion")


class AgreementSort(StrEnum):
    NUMBER = "number"


described(AgreementSort, "In which order agreements stand.", NUMBER="By number.")


@shape(model.Agreement, queries.visible_agreements, sort={AgreementSort.NUMBER: oldest("number")})
class Agreement(Subject):
    """A service agreement between Tiera and one other party."""

    name: str = column("What it is called.")
    kind: AgreementKind = column("With whom.")
    organisation: Organisation = one(lambda a, o: o.id == a.organisation_id, "The other party.", with_parent=True)
    valid_from: dt.date = sql(figures.first_day, "Its first day.")
    valid_until: dt.date | None = sql(figures.last_day, "Its last day; null where no end is agreed.")
    option_until: dt.date | None = column("To which day Tiera may extend it.")
    greatest_total: Money | None = money(lambda a: a.greatest_total, "What all its orders together may come to.")
    ordered_total: Money | None = money(figures.ordered_in_all, "What all its orders come to so far.")
    model_version: str = column("The version of the governance model annexed to it.")
    version: int = column("Goes up with every change.")
    versions: list[AgreementVersion] = many(
        lambda a, v: v.agreement_id == a.id, "What it said, the newest first.", with_parent=True
    )
    term_values: list[TermValue] = many(
        lambda a, t: t.agreement_id == a.id, "Its own terms, past and to come, the newest first.", with_parent=True
    )
    price_groups: list[PriceGroup] = many(
        lambda a, g: g.agreement_id == a.id, "Its price groups; a customer sees none."
    )
    bank_accounts: list[BankAccount] = many(lambda a, b: b.agreement_id == a.id, "Its accounts; a customer sees none.")
    invoicing_processes: list[InvoicingProcess] = many(
        lambda a, i: i.agreement_id == a.id, "What its invoices must carry, the newest first."
    )
    services: list[Service] = many(lambda a, s: s.agreement_id == a.id, "The services under it.")
    timeline: Connection[Event] = timeline_of("Agreement")
    available_actions: list[PartyAction] = computed(
        policy.actions_on_agreement, lambda a: {"kind": a.kind}, "What you may do to it now."
    )


@filter_input
class AgreementFilter:
    """Which agreements."""

    organisation_id: strawberry.ID | None = key("Organisation", "With this party.", default=None)
    kind: AgreementKind | None = value("With parties of this kind.", default=None)
    in_force_on: dt.date | None = value("In force on this day.", default=None)
    not_over_on: dt.date | None = value("In force on this day or later.", default=None)
    words: str | None = value("With these words in number or name.", default=None)


def _agreements(_: None, row: Row, *, where: Any) -> Condition:
    return sa.and_(
        when(where.organisation_id, lambda o: row.organisation_id == o.of("Organisation")),
        when(where.kind, lambda kind: row.kind == kind),
        when(where.in_force_on, lambda day: is_valid_on(row, day)),
        when(where.not_over_on, lambda day: sa.func.coalesce(figures.last_day(row) >= day, sa.true())),
        when(where.words, lambda words: has_words(words, row.number, row.name)),
    )


def _services(_: None, row: Row, *, agreement: Any, words: Any) -> Condition:
    return sa.and_(
        when(agreement, lambda a: row.agreement_id == a.of("Agreement")),
        when(words, lambda w: has_words(w, row.code, row.name)),
    )


@root
class AgreementsQuery:
    """Agreements, terms and services."""

    agreement: Agreement | None = one(
        lambda _, a, id: a.id == id.of("Agreement"),
        "One agreement.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Its identifier."),
    )
    agreements: Connection[Agreement] | None = connection(
        _agreements,
        "Agreements: one's own; all of them for Tiera.",
        seen_by=everyone,
        order=AgreementSort,
        where=argument(AgreementFilter | None, "Which ones."),
    )
    service: Service | None = one(
        lambda _, s, id: s.id == id.of("Service"),
        "One service.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Its identifier."),
    )
    services: Connection[Service] | None = connection(
        _services,
        "Services.",
        seen_by=everyone,
        order=ServiceSort,
        cap=MOST_CHOICES,
        agreement=argument(strawberry.ID | None, "Under this agreement."),
        words=argument(str | None, "With these words in code or name."),
    )
    mail_service: Service | None = one(
        lambda _, s: sa.and_(s.takes_mail),
        "The service whose tickets new matters become that come by mail; null: they wait for Tiera's desk.",
        seen_by=everyone,
    )


@mutation(agreement_verbs.conclude_agreement, agreement=Agreement, by=Right.ADMINISTER, rule="H3-a")
class ConcludeAgreement:
    """Record an agreement between Tiera and a supplier or a customer."""

    organisation_id: strawberry.ID = key("Organisation", "The other party.")
    number: str = value("Its number: no other agreement's.")
    name: str = value("What it is called.")
    valid_from: dt.date = value("Its first day.")
    valid_until: dt.date | None = value("Its last day; left out: no end is agreed.", default=None)
    option_until: dt.date | None = value("To which day Tiera may extend it.", default=None)
    greatest_total: Decimal | None = value("Euros that all its orders may come to.", default=None)
    model_version: str = value("The version of the governance model annexed to it.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(agreement_verbs.change_agreement, agreement=Agreement, by=Right.ADMINISTER, edits=True)
class ChangeAgreement:
    """Change what was agreed, for a reason."""

    agreement_id: strawberry.ID = key("Agreement", "Which.")
    name: str = value("What it is called.")
    option_until: dt.date | None = value("To which day Tiera may extend it; left out: no option.", default=None)
    greatest_total: Decimal | None = value("Euros that all its orders may come to; left out: no limit.", default=None)
    model_version: str = value("The version of the governance model annexed to it.")
    reason: str = value("Why.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(agreement_verbs.extend_agreement, agreement=Agreement, by=Right.ADMINISTER, rule="D3-a")
class ExtendAgreement:
    """Use an option: move an agreement's last day."""

    agreement_id: strawberry.ID = key("Agreement", "Which.")
    until: dt.date = value("The new last day.")
    reason: str = value("Why.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(agreement_verbs.end_agreement, agreement=Agreement, by=Right.ADMINISTER, rule="D3-a")
class EndAgreement:
    """End an agreement earlier than was agreed."""

    agreement_id: strawberry.ID = key("Agreement", "Which.")
    last_day: dt.date = value("Its last day: today or later.")
    reason: str = value("Why.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(service_verbs.add_service, service=Service, by=Right.ADMINISTER)
class AddService:
    """Add a service under a supplier's agreement."""

    agreement_id: strawberry.ID = key("Agreement", "Under which.")
    code: str = value("Its code: no other service's of the agreement.")
    name: str = value("What it is called.")


@mutation(service_verbs.rename_service, service=Service, by=Right.ADMINISTER, edits=True)
class RenameService:
    """Call a service by another name."""

    service_id: strawberry.ID = key("Service", "Which.")
    name: str = value("What it is called now.")


@mutation(service_verbs.choose_mail_service, service=Service, by=Right.ADMINISTER, rule="H11.7.2-a")
class ChooseMailService:
    """Let new matters that come by mail become tickets of a service, instead of another's; or no longer of any."""

    service_id: strawberry.ID = key("Service", "Which.")
    takes_mail: bool = value("Whether they become its tickets.", default=True)


@part(service_verbs.Channel)
class ServiceChannelInput:
    """A way to reach a service."""

    kind: ServiceChannelKind = value("By what.")
    address: str = value("A number, an address or a page, in words.")
    hours: str = value("When somebody answers, in words.")
    for_whom: str = value("For whom it is, in words.")


@mutation(
    service_verbs.define_service_channel,
    service_channel=ServiceChannel,
    by=Right.START_SERVICES,
    rule="H11.5-a",
)
class DefineServiceChannel:
    """Define a way to reach a service. What was defined before stays on record."""

    service_id: strawberry.ID = key("Service", "Which service.")
    channel: ServiceChannelInput = value("How it is reached.")
    replaces_id: strawberry.ID | None = key(
        "ServiceChannel", "The channel that this one replaces; left out: it comes beside the others.", default=None
    )


@mutation(service_verbs.end_service_channel, service_channel=ServiceChannel, by=Right.START_SERVICES, rule="H11.5-a")
class EndServiceChannel:
    """Say that a channel is used no more."""

    channel_id: strawberry.ID = key("ServiceChannel", "Which.")


@mutation(service_verbs.take_back_start, service=Service, by=Right.START_SERVICES, rule="H11.11-e")
class TakeBackServiceStart:
    """Say that a service had not started after all."""

    service_id: strawberry.ID = key("Service", "Which.")
    reason: str = value("Why.")


AgreementsMutation = mutations(
    ConcludeAgreement,
    ChangeAgreement,
    ExtendAgreement,
    EndAgreement,
    AddService,
    RenameService,
    ChooseMailService,
    DefineServiceChannel,
    EndServiceChannel,
    TakeBackServiceStart,
)
