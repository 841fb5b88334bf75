"""What bulletins are about, where they stand, whom they reach; the occasions for which communication is agreed."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels
from backend.kit.workflow import Move, Workflow
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Right


class BulletinKind(StrEnum):
    INCIDENT = "incident"
    BREAK = "break"
    """A planned one, with a beginning and an end."""
    CHANGE = "change"
    NEWS = "news"


class BulletinState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ENDED = "ended"
    """What it tells of is over."""
    WITHDRAWN = "withdrawn"


class BulletinAction(StrEnum):
    EDIT = "edit"
    PUBLISH = "publish"
    FOLLOW_UP = "follow_up"
    """Correct or continue it by another one; what was published is never written over."""
    END = "end"
    WITHDRAW = "withdraw"


class Receivers(StrEnum):
    """Whom a bulletin is for."""

    TIERA = "tiera"
    AS_PLANNED = "as_planned"
    """The customers whom the communication plan of its services names."""
    ALL_CUSTOMERS = "all_customers"
    ORGANISATIONS = "organisations"
    """The customers that are named."""


class Occasion(StrEnum):
    """For what communication is agreed beforehand: incidents by class, and all else that is told (H11.11-c, -f)."""

    CRITICAL_INCIDENT = "critical_incident"
    HIGH_INCIDENT = "high_incident"
    NORMAL_INCIDENT = "normal_incident"
    LOW_INCIDENT = "low_incident"
    BREAK = "break"
    CHANGE = "change"
    NEWS = "news"

    @property
    def criticality(self) -> Criticality | None:
        """Of an incident: its class."""
        return next((each for each in Criticality if self == f"{each}_incident"), None)

    @property
    def kind(self) -> BulletinKind:
        return BulletinKind.INCIDENT if self.criticality else BulletinKind(self.value)


def occasion_of(kind: BulletinKind, criticality: Criticality | None) -> Occasion:
    """The occasion of a bulletin of this kind and, of an incident, class."""
    return Occasion(f"{criticality}_incident" if kind is BulletinKind.INCIDENT else kind.value)


S, A = BulletinState, BulletinAction

BULLETIN = Workflow(
    (
        Move(A.EDIT, S.DRAFT, S.DRAFT, Right.INFORM, "H11.11-a"),
        Move(A.PUBLISH, S.DRAFT, S.PUBLISHED, Right.INFORM, "H11.11-a"),
        Move(A.FOLLOW_UP, S.PUBLISHED, S.PUBLISHED, Right.INFORM, "H11.11-a"),
        Move(A.FOLLOW_UP, S.ENDED, S.ENDED, Right.INFORM, "H11.11-a"),
        Move(A.END, S.PUBLISHED, S.ENDED, Right.INFORM, "H11.11-a"),
        Move(A.WITHDRAW, S.DRAFT, S.WITHDRAWN, Right.INFORM, "H11.11-a"),
        Move(A.WITHDRAW, S.PUBLISHED, S.WITHDRAWN, Right.INFORM, "H11.11-a"),
    )
)

BULLETIN_KIND_LABELS = register_labels(
    {
        BulletinKind.INCIDENT: Text("Incident"),
        BulletinKind.BREAK: Text("Planned break"),
        BulletinKind.CHANGE: Text("Coming change"),
        BulletinKind.NEWS: Text("News"),
    }
)
BULLETIN_STATE_LABELS = register_labels(
    {
        S.DRAFT: Text("Draft"),
        S.PUBLISHED: Text("Published"),
        S.ENDED: Text("Over"),
        S.WITHDRAWN: Text("Bulletin withdrawn"),
    }
)
RECEIVERS_LABELS = register_labels(
    {
        Receivers.TIERA: Text("Tiera"),
        Receivers.AS_PLANNED: Text("Customers, as the communication plan says"),
        Receivers.ALL_CUSTOMERS: Text("All customers"),
        Receivers.ORGANISATIONS: Text("The customers named"),
    }
)
OCCASION_LABELS = register_labels(
    {
        Occasion.CRITICAL_INCIDENT: Text("Incident, critical"),
        Occasion.HIGH_INCIDENT: Text("Incident, high"),
        Occasion.NORMAL_INCIDENT: Text("Incident, normal"),
        Occasion.LOW_INCIDENT: Text("Incident, low"),
        Occasion.BREAK: Text("Planned break"),
        Occasion.CHANGE: Text("Coming change"),
        Occasion.NEWS: Text("News"),
    }
)
