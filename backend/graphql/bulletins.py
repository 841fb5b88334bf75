"""Bulletins, who has read them, and what communication is agreed: each side sees its own and what is for it."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
import strawberry

import backend.graphql.bulletin_states  # noqa: F401  which publishes the states
from backend.bulletins import figures, model, policy, queries, rules
from backend.bulletins.states import (
    BulletinAction,
    BulletinKind,
    BulletinState,
    Occasion,
    Receivers,
    occasion_of,
)
from backend.graphql.agreements import Service
from backend.graphql.events import Event, timeline_of
from backend.graphql.files import StoredFile, files_of
from backend.graphql.inputs import filter_input, key, value
from backend.graphql.parties import MOST_CHOICES, Organisation, Person
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    described,
    everyone,
    group,
    many,
    newest,
    oldest,
    one,
    ref,
    root,
    shape,
    sql,
)
from backend.graphql.relay import Connection, Node, Subject
from backend.kit.actor import Actor, ActorKind
from backend.parties import agreement_model
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Right


class BulletinSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    STARTS_FIRST = "starts_first"
    STARTS_LAST = "starts_last"


described(
    BulletinSort,
    "In which order bulletins come.",
    NEWEST="Written last first.",
    OLDEST="Written first first.",
    STARTS_FIRST="What begins first first.",
    STARTS_LAST="What begins last first.",
)


def is_party(actor: Actor) -> bool:
    """Tiera and suppliers, whose business communication plans are."""
    return actor.kind is not ActorKind.CUSTOMER


@shape(model.BulletinReading, queries.visible_readings, sort=newest("id"))
class BulletinReading(Node):
    """That somebody has acknowledged a bulletin, or put it out of their sight."""

    person: Person | None = one(lambda r, p: p.id == r.person_id, "Who, where you may know them.")
    organisation: Organisation = one(
        lambda r, o: o.id == r.organisation_id, "For which organisation.", with_parent=True
    )
    acknowledged_at: dt.datetime | None = column("When it was acknowledged.")
    dismissed_at: dt.datetime | None = column("When it was put out of sight.")


@shape(model.CommunicationPlan, queries.visible_plans, sort=newest("id"))
class CommunicationPlan(Node):
    """What is agreed to be told of a service on an occasion: by whom, to whom, how, and what if the channel is down."""

    occasion: Occasion = column("For what.")
    service: Service | None = one(lambda p, s: s.id == p.service_id, "Of which service; null: of all that have no own.")
    measures: str = column("What is done.")
    told: str = column("Who is told, in words.")
    to_all_customers: bool = column("Whether all customers are told.")
    organisations: list[Organisation] = many(
        lambda p, o: o.id == sa.any_(p.organisation_ids),
        "Which customers are told.",
        with_parent=True,
        cap=MOST_CHOICES,
    )
    channels: str = column("By which channel.")
    when_down: str = column("What is done when the channel itself is down.")
    rhythm: str | None = column("How often, where that was agreed.")
    supplier_informs: bool = column("Whether the supplier may inform these customers itself.")
    template_title: str = column("The title that a bulletin begins with.")
    template_text: str = column("The text that a bulletin begins with.")
    agreed_on: dt.date = column("When it was agreed.")
    recorded_at: dt.datetime = column("When it was entered.")
    recorded_by: Person | None = one(lambda p, who: who.id == p.recorded_by_id, "Who entered it.")
    ended_at: dt.datetime | None = column("When something else was agreed in its place.")


@shape(agreement_model.Service, queries.visible_planned_services, sort=oldest("sort_key", "id"))
class ServiceCommunication:
    """A service with what communication is agreed for it, and for what none is yet."""

    service: Service | None = one(lambda own, s: s.id == own.id, "The service.", with_parent=True)
    plans: list[CommunicationPlan] = many(
        lambda own, p: sa.and_(p.service_id == own.id, p.ended_at.is_(None)), "What is agreed for it now."
    )
    missing: list[Occasion] = computed(
        lambda actor, planned: rules.missing_occasions(planned),
        lambda own: {"planned": figures.planned_occasions(own)},
        "For what nothing is agreed yet, neither for it nor for all services.",
    )


def _occasion(actor: Actor, kind: BulletinKind, criticality: Criticality | None) -> Occasion:
    return occasion_of(kind, criticality)


@shape(model.Bulletin, queries.visible_bulletins, sort={
    BulletinSort.NEWEST: newest("id"),
    BulletinSort.OLDEST: oldest("id"),
    BulletinSort.STARTS_FIRST: oldest("start_key", "id"),
    BulletinSort.STARTS_LAST: newest("start_key", "id"),
})  # fmt: skip
class Bulletin(Subject):
    """What Tiera tells its customers, or a supplier tells Tiera. Its words stay as they were published."""

    number: str | None = column("`TDT-2026-0007`; none before it is published.")
    state: BulletinState = column("Where it stands.")
    kind: BulletinKind = column("What it tells of.")
    criticality: Criticality | None = column("Of an incident: its class.")
    occasion: Occasion = computed(
        _occasion, lambda b: {"kind": b.kind, "criticality": b.criticality}, "Which agreed occasion it is."
    )
    title: str = column("What it is called.")
    text: str = column("What it says.")
    receivers: Receivers = column("Whom it is for.")
    to_all_customers: bool | None = column("Whether it is for all customers.", seen_by=is_party)
    by_banner: bool = column("Whether the portal's pages show it.")
    by_mail: bool = column("Whether readers are told by mail too, as far as they want that.")
    asks_acknowledgement: bool = column("Whether readers are asked to acknowledge it.")
    starts_at: dt.datetime | None = column("When what it tells of begins.")
    ends_at: dt.datetime | None = column("When that ends.")
    shown_until: dt.datetime | None = column("Until when the portal's pages show it.")
    version: int = column("Counts the changes of the draft.")
    written_at: dt.datetime = column("When it was begun.")
    published_at: dt.datetime | None = column("When it was published.")
    ended_at: dt.datetime | None = column("When it was said to be over.")
    withdrawn_at: dt.datetime | None = column("When it was taken back.")
    end_reason: str | None = column("Why it was taken back.")
    files: list[StoredFile] = files_of("Bulletin")
    is_superseded: bool = sql(figures.is_superseded, "Whether a later one of the same matter has been published.")
    is_acknowledged: bool = sql(figures.is_acknowledged, "Whether you have acknowledged it.", by_actor=True)
    awaits_acknowledgement: bool = sql(
        figures.awaits_acknowledgement, "Whether you are asked to acknowledge it and have not.", by_actor=True
    )
    acknowledged_count: int | None = sql(figures.count_acknowledged, "How many have acknowledged it.", seen_by=is_party)

    organisation: Organisation = one(
        lambda b, o: o.id == b.organisation_id, "Which organisation informs.", with_parent=True
    )
    written_by: Person | None = one(lambda b, p: p.id == b.written_by_id, "Who wrote it, where you may know them.")
    answers_for: Person | None = one(
        lambda b, p: p.id == b.answers_for_id, "Who answers for it, where you may know them."
    )
    withdrawn_by: Person | None = one(
        lambda b, p: p.id == b.withdrawn_by_id, "Who took it back, where you may know them."
    )
    services: list[Service] = many(
        lambda b, s: s.id == sa.any_(b.service_ids), "Which services it concerns.", with_parent=True
    )
    organisations: list[Organisation] | None = many(
        lambda b, o: o.id == sa.any_(b.organisation_ids),
        "The customers that it names.",
        with_parent=True,
        cap=MOST_CHOICES,
        seen_by=is_party,
    )
    about: Subject | None = ref(lambda b: (b.about_kind, b.about_id), "The ticket that it tells of, if any.")
    follows: "Bulletin | None" = one(
        lambda b, first: first.id == b.follows_id, "The first one of the matter, which it corrects or continues."
    )
    follow_ups: "list[Bulletin]" = many(
        lambda b, later: later.follows_id == b.id, "Those that correct or continue it, the newest first."
    )
    readings: Connection[BulletinReading] = connection(
        lambda b, r: sa.and_(r.bulletin_id == b.id, r.acknowledged_at.is_not(None)),
        "Who has acknowledged it, the newest first; its sender sees all, others themselves.",
    )
    awaited: Connection[Person] | None = connection(
        figures.is_awaited,
        "Who is asked to acknowledge it and has not, as far as you may know them.",
        seen_by=is_party,
        on=argument(dt.date, "By the roles of this day: today, as a rule."),
    )
    plans: list[CommunicationPlan] = many(
        figures.is_plan_of,
        "What is agreed for its services on this occasion, else for all; a customer sees none.",
    )
    timeline: Connection[Event] = timeline_of("Bulletin")
    available_actions: list[BulletinAction] = computed(
        policy.available_actions,
        lambda b: {"state": b.state, "supplier_id": b.supplier_id, "receivers": b.receivers},
        "What you may do with it now.",
    )


@shape(model.CalendarKey, queries.visible_calendar_keys)
class CalendarKey(Node):
    """What opens your calendar of planned breaks to a calendar program."""

    made_at: dt.datetime = column("When it was made.")
    ended_at: dt.datetime | None = column("When it was closed.")


@filter_input
class BulletinFilter:
    """Which bulletins."""

    words: str | None = value("With these words in number, title, text or service.", default=None)
    kinds: list[BulletinKind] | None = value("Telling of one of these.", default=None)
    states: list[BulletinState] | None = value("In one of these states.", default=None)
    criticalities: list[Criticality] | None = value("Of incidents of one of these classes.", default=None)
    is_to_customers: bool | None = value("To customers, or to Tiera.", default=None)
    service_id: strawberry.ID | None = key("Service", "Of this service.", default=None)
    current_at: dt.datetime | None = value("The newest word on what is not over at this instant.", default=None)
    on_banner_at: dt.datetime | None = value("What the portal's pages show you at this instant.", default=None)
    awaits_acknowledgement: bool | None = value("Which you are asked to acknowledge and have not.", default=None)
    is_superseded: bool | None = value("With a later one of the same matter, or without.", default=None)
    ends_after: dt.datetime | None = value("Ending after this instant.", default=None)
    starts_before: dt.datetime | None = value("Beginning before this instant.", default=None)


@root
class BulletinFigures:
    """Figures over the bulletins that you see."""

    to_acknowledge: int = sql(
        lambda _, a: figures.count_to_acknowledge(a), "How many you are asked to acknowledge.", by_actor=True
    )


@root
class BulletinsQuery:
    """Bulletins and what is agreed of them."""

    bulletins: Connection[Bulletin] | None = connection(
        figures.bulletins_matching,
        "Bulletins that you see.",
        by_actor=True,
        order=BulletinSort,
        seen_by=everyone,
        where=argument(BulletinFilter | None, "Which."),
    )
    bulletin: Bulletin | None = one(
        lambda _, b, id: b.id == id.of("Bulletin"),
        "A bulletin by its identifier.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Which."),
    )
    bulletin_by_number: Bulletin | None = one(
        lambda _, b, number: b.number == number,
        "A bulletin by its number.",
        seen_by=everyone,
        number=argument(str, "`TDT-2026-0007`."),
    )
    communication_plans: list[CommunicationPlan] | None = many(
        lambda _, p: sa.and_(p.service_id.is_(None), p.ended_at.is_(None)),
        "What is agreed for services that have nothing of their own.",
        seen_by=is_party,
    )
    communication_plan: CommunicationPlan | None = one(
        lambda _, p, id: p.id == id.of("CommunicationPlan"),
        "What is agreed, by its identifier.",
        seen_by=is_party,
        id=argument(strawberry.ID, "Which."),
    )
    service_communication: Connection[ServiceCommunication] | None = connection(
        lambda _, s, service: sa.true() if service is None else s.id == service.of("Service"),
        "Services with what communication is agreed for them, by their names.",
        seen_by=is_party,
        service=argument(strawberry.ID | None, "Only this one."),
    )
    calendar_key: CalendarKey | None = one(
        lambda _, k: k.ended_at.is_(None), "What opens your calendar of breaks now, if anything.", seen_by=everyone
    )
    informable_receivers: list[Receivers] | None = computed(
        lambda actor: list(policy.receivers_open_to(actor)) if actor.may(Right.INFORM) else [],
        lambda _: {},
        "Whom you may write bulletins to.",
        seen_by=everyone,
    )
    bulletin_figures: BulletinFigures | None = group("Figures over the bulletins that you see.", seen_by=everyone)
