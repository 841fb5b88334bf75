"""What can be done with bulletins, communication plans and calendars, each field a verb of the slice."""

import datetime as dt
from typing import Any

import strawberry

from backend.bulletins import plan_verbs, reading_verbs, start_verbs, verbs
from backend.bulletins.states import BulletinKind, Occasion, Receivers
from backend.graphql.agreements import Service
from backend.graphql.bulletins import Bulletin, CalendarKey, CommunicationPlan
from backend.graphql.files import attached_to_draft
from backend.graphql.handing_over import handing_over
from backend.graphql.inputs import key, part, subject, value
from backend.graphql.mutations import mutation, mutations
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Right

BULLETIN: dict[str, Any] = {"bulletin": Bulletin}
CALENDAR = "/api/kalenteri/{}.ics"


@part(verbs.Content)
class BulletinContentInput:
    """What a bulletin says, and whom it is for."""

    kind: BulletinKind = value("What it tells of.")
    criticality: Criticality | None = value("Of an incident: its class.", default=None)
    title: str = value("What it is called, in a few words.")
    text: str = value("What it says.")
    service_ids: list[strawberry.ID] | None = key("Service", "Which services it concerns.", default=None)
    about: strawberry.ID | None = subject("The ticket that it tells of, if any.", default=None)
    receivers: Receivers = value("Whom it is for.")
    organisation_ids: list[strawberry.ID] | None = key(
        "Organisation", "The customers that it names, where it names some.", default=None
    )
    by_banner: bool = value("Whether the portal's pages show it.", default=True)
    by_mail: bool = value("Whether readers are told by mail too.", default=True)
    asks_acknowledgement: bool = value("Whether readers are asked to acknowledge it.", default=False)
    starts_at: dt.datetime | None = value("When what it tells of begins.", default=None)
    ends_at: dt.datetime | None = value("When that ends.", default=None)
    shown_until: dt.datetime | None = value(
        "Until when the portal's pages show it; without: until it ends.", default=None
    )
    file_ids: list[strawberry.ID] | None = attached_to_draft()


@mutation(verbs.create_bulletin, by=Right.INFORM, rule="H11.11-a", **BULLETIN)
class CreateBulletin:
    """Begin a bulletin. Nobody but your own side sees it before it is published."""

    content: BulletinContentInput = value("What it says.")
    follows_id: strawberry.ID | None = key(
        "Bulletin", "The one that it corrects or continues; it is then for the same readers.", default=None
    )


@mutation(verbs.edit_bulletin, by=Right.INFORM, rule="H11.11-a", edits=True, **BULLETIN)
class EditBulletin:
    """Change a draft."""

    bulletin_id: strawberry.ID = key("Bulletin", "The draft.")
    content: BulletinContentInput = value("What it says.")


@mutation(verbs.publish_bulletin, by=Right.INFORM, rule="H11.11-a", **BULLETIN)
class PublishBulletin:
    """Tell those whom it is for. Its words are written over no more."""

    bulletin_id: strawberry.ID = key("Bulletin", "The draft.")


@mutation(verbs.end_bulletin, by=Right.INFORM, rule="H11.11-a", **BULLETIN)
class EndBulletin:
    """Say that what it tells of is over."""

    bulletin_id: strawberry.ID = key("Bulletin", "The bulletin.")


@mutation(verbs.withdraw_bulletin, by=Right.INFORM, rule="H11.11-a", **BULLETIN)
class WithdrawBulletin:
    """Take a bulletin back. Those who were told read why."""

    bulletin_id: strawberry.ID = key("Bulletin", "The bulletin.")
    reason: str = value("Why.")


@mutation(reading_verbs.acknowledge_bulletin, once=False, rule="H11.11-a", **BULLETIN)
class AcknowledgeBulletin:
    """Say that you have read a bulletin that asks for it; its sender sees that."""

    bulletin_id: strawberry.ID = key("Bulletin", "The bulletin.")


@mutation(reading_verbs.dismiss_bulletin, once=False, rule="H11.11-a", **BULLETIN)
class DismissBulletin:
    """Let the portal's pages show you a bulletin no more."""

    bulletin_id: strawberry.ID = key("Bulletin", "The bulletin.")


@part(plan_verbs.Agreed)
class AgreedCommunicationInput:
    """What is agreed for one occasion."""

    measures: str = value("What is done.")
    told: str = value("Who is told, in words.")
    to_all_customers: bool = value("Whether all customers are told.", default=False)
    organisation_ids: list[strawberry.ID] | None = key("Organisation", "Which customers are told.", default=None)
    channels: str = value("By which channel.")
    when_down: str = value("What is done when the channel itself is down.")
    rhythm: str | None = value("How often, where that is agreed.", default=None)
    supplier_informs: bool = value("Whether the supplier may inform these customers itself.", default=False)
    template_title: str = value("The title that a bulletin begins with.")
    template_text: str = value("The text that a bulletin begins with.")
    agreed_on: dt.date = value("When it was agreed.")


@mutation(
    plan_verbs.agree_on_communication,
    by=Right.AGREE_COMMUNICATION,
    rule="H11.11-c",
    communication_plan=CommunicationPlan,
)
class AgreeOnCommunication:
    """Put on record what is agreed to be told of a service on an occasion; what held before stays on record."""

    service_id: strawberry.ID | None = key(
        "Service", "Of which service; none: of all that have nothing of their own.", default=None
    )
    occasion: Occasion = value("For what.")
    agreed: AgreedCommunicationInput = value("What is agreed.")


@mutation(start_verbs.start_service, by=Right.START_SERVICES, rule="H11.11-e", service=Service)
class StartService:
    """Mark a service as started. What is not agreed yet of its communication is refused, or by the term on record."""

    service_id: strawberry.ID = key("Service", "Which.")
    started_on: dt.date = value("From when: a day of its agreement, today at the latest.")


def _make_calendar(cls: type) -> Any:
    declare = mutation(reading_verbs.make_calendar_key, calendar_key=CalendarKey)
    said = "Where a calendar program finds it, within the portal. It is not shown again."
    return handing_over(declare, "path", said, show=CALENDAR.format)(cls)


@_make_calendar
class MakeCalendarKey:
    """Make a secret address of your calendar of planned breaks; the one before works no more. Only from the portal."""


@mutation(reading_verbs.end_calendar_key, once=False, calendar_key=CalendarKey)
class EndCalendarKey:
    """Close your calendar's address. Only from the portal."""

    calendar_key_id: strawberry.ID = key("CalendarKey", "What opens it.")


BulletinsMutation = mutations(
    CreateBulletin,
    EditBulletin,
    PublishBulletin,
    EndBulletin,
    WithdrawBulletin,
    AcknowledgeBulletin,
    DismissBulletin,
    AgreeOnCommunication,
    StartService,
    MakeCalendarKey,
    EndCalendarKey,
)
