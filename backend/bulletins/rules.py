"""What the contract says of bulletins, as pure functions."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.bulletins.states import BulletinKind, Occasion, Receivers
from backend.kit.actor import ActorKind
from backend.kit.faults import Refusals, broken_rule, invalid, required
from backend.kit.translation import Text
from backend.rulebook.choices import StartUnplanned
from backend.rulebook.criticality import Criticality
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

MOST_LETTERS_IN_A_TITLE = 200
MOST_LETTERS = 20_000


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What is agreed for one service and occasion, as far as a bulletin rests on it."""

    to_all_customers: bool
    organisation_ids: tuple[int, ...] = ()
    supplier_informs: bool = False


@dataclass(frozen=True)
class Reached:
    """The customers that a bulletin is for."""

    all_customers: bool = False
    organisation_ids: tuple[int, ...] = ()

    @property
    def is_nobody(self) -> bool:
        return not self.all_customers and not self.organisation_ids


@dataclass(frozen=True)
class Incident:
    """The incident that a bulletin is about, as it is now; of a merged one, as that is in which it goes on."""

    criticality: Criticality
    service_id: int


def check_what(
    kind: BulletinKind,
    criticality: Criticality | None,
    service_ids: Collection[int],
    starts_at: datetime | None,
    ends_at: datetime | None,
) -> None:
    """An incident has a class, and nothing else; a break has a beginning and an end; only news has no service."""
    refusals = Refusals()
    if (kind is BulletinKind.INCIDENT) != (criticality is not None):
        said = Text("An incident has a class.") if criticality is None else Text("Only an incident has a class.")
        refusals.add(invalid(said, "criticality", rule="H11.11-c"))
    if kind is not BulletinKind.NEWS and not service_ids:
        refusals.add(required("service_ids"))
    if kind is BulletinKind.BREAK:
        for name, instant in (("starts_at", starts_at), ("ends_at", ends_at)):
            if instant is None:
                refusals.add(required(name))
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        refusals.add(invalid(Text("It ends after it has begun."), "ends_at"))
    refusals.raise_any()


def check_shown(shown_until: datetime | None, ends_at: datetime | None, now: datetime) -> None:
    """What is published now is shown for a while at least."""
    if shown_until is not None and shown_until <= now:
        said = Text("The time until which it is shown is past: give one to come in the draft.")
        raise invalid(said, "shown_until")
    if shown_until is None and ends_at is not None and ends_at <= now:
        said = Text(
            "What it tells of has ended by now: correct the end in the draft, or say there until when to show it."
        )
        raise invalid(said, "ends_at")


def check_named(receivers: Receivers, named: Collection[int]) -> None:
    """Customers are named for a bulletin that is for them alone: it goes to no more than its writer means."""
    if named and receivers is not Receivers.ORGANISATIONS:
        said = Text("You have named customers: choose that it is for those, or take their names off.")
        raise invalid(said, "organisation_ids")


@rule("H11.11-a", "H11.11-b")
def check_subject(side: ActorKind, receivers: Receivers, kind: BulletinKind) -> None:
    """A supplier informs customers of incidents only."""
    if side is ActorKind.SUPPLIER and receivers is not Receivers.TIERA and kind is not BulletinKind.INCIDENT:
        said = Text("A supplier informs customers of incidents alone; of all else it informs Tiera.")
        raise broken_rule("H11.11-a", said, "receivers")


@rule("H11.11-b")
def check_may_inform(side: ActorKind, receivers: Receivers, plans: Sequence[Planned | None]) -> None:
    """A supplier informs customers where the plan of each service allows it for the class."""
    if side is not ActorKind.SUPPLIER or receivers is Receivers.TIERA:
        return
    if not plans or not all(plan is not None and plan.supplier_informs for plan in plans):
        raise broken_rule(
            "H11.11-b",
            Text(
                "The communication plan of the service does not let the supplier inform customers of this class: "
                "inform Tiera, which informs them."
            ),
            "receivers",
        )


def has_class_of_its_incident(side: ActorKind, receivers: Receivers, kind: BulletinKind) -> bool:
    """Whether it is a supplier's to customers about an incident: its class is not the writer's to choose."""
    return side is ActorKind.SUPPLIER and receivers is not Receivers.TIERA and kind is BulletinKind.INCIDENT


@rule("H11.11-b")
def check_class(criticality: Criticality | None, service_ids: Collection[int], incident: Incident | None) -> None:
    """What a supplier tells customers is of an incident on record, of a service that it names, and of its class."""
    if incident is None:
        said = Text("A supplier informs customers of an incident that is on record: choose which.")
        raise broken_rule("H11.11-b", said, "about")
    if incident.service_id not in service_ids:
        raise broken_rule("H11.11-b", Text("The incident is of another service: name that too."), "service_ids")
    if criticality is not incident.criticality:
        said = Text("The class of the incident is: %(criticality)s. Its bulletins have the same.",
                    criticality=incident.criticality)  # fmt: skip
        raise broken_rule("H11.11-b", said, "criticality")


@rule("H11.11-c")
def reached_as_planned(plans: Iterable[Planned | None]) -> Reached:
    """Whom the plans of all services of a bulletin name, together."""
    known = [plan for plan in plans if plan is not None]
    if any(plan.to_all_customers for plan in known):
        return Reached(all_customers=True)
    named = dict.fromkeys(each for plan in known for each in plan.organisation_ids)
    return Reached(organisation_ids=tuple(named))


def check_reached(receivers: Receivers, reached: Reached) -> None:
    """A bulletin to customers reaches somebody."""
    if receivers is Receivers.TIERA or not reached.is_nobody:
        return
    if receivers is Receivers.AS_PLANNED:
        raise broken_rule(
            "H11.11-c", Text("The communication plan names no customers for this: name them in the draft."), "receivers"
        )
    raise invalid(Text("No customers are named: name them in the draft."), "organisation_ids")


@rule("H11.11-e")
def missing_occasions(planned: Collection[str]) -> list[Occasion]:
    """For what no communication is agreed yet; crisis communication is that of critical incidents."""
    return [occasion for occasion in Occasion if occasion not in planned]


@rule("H11.11-e")
def check_may_start(missing: Collection[Occasion], terms: Terms) -> None:
    """A service starts when everything is agreed; by the term it may start with a warning all the same."""
    if missing and terms.start_unplanned is StartUnplanned.REFUSED:
        raise broken_rule(
            "H11.11-e",
            Text("Agree first what is told of the service. Not agreed yet: %(missing)s.", missing=tuple(missing)),
        )


@rule("H11.11-g")
def who_answers(service_managers: Sequence[int], writer_id: int | None, *, of_supplier: bool) -> int | None:
    """Who answers for a bulletin: the side's service manager; at Tiera, where it has none, whoever wrote it."""
    if service_managers:
        return service_managers[0]
    if of_supplier:
        raise broken_rule(
            "H11.11-g",
            Text(
                "The supplier's service manager answers for its bulletins, and the supplier has named nobody for "
                "that role."
            ),
        )
    return writer_id


def never_began(starts_at: datetime, ended_at: datetime | None) -> bool:
    """Whether a break was said to be over before it had begun: it is struck out of calendars."""
    return ended_at is not None and ended_at <= starts_at


def was_over_at(starts_at: datetime, ends_at: datetime, ended_at: datetime | None) -> datetime:
    """When a break was over: sooner than planned, where it was said while it went on that it is over."""
    return ends_at if ended_at is None or never_began(starts_at, ended_at) else min(ends_at, ended_at)
