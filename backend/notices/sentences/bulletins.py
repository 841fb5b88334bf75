"""What people read of bulletins."""

from collections.abc import Mapping

from backend.kit.translation import Text

SENTENCES: Mapping[str, Text] = {
    "bulletin.drafted": Text("The bulletin was drafted."),
    "bulletin.edited": Text("The draft of the bulletin was edited."),
    "bulletin.discarded": Text("The draft of the bulletin was discarded."),
    "bulletin.published": Text("A bulletin was published."),
    "bulletin.posted": Text("A bulletin was published on the portal's pages."),
    "bulletin.ended": Text("What the bulletin tells of is over."),
    "bulletin.withdrawn": Text("The bulletin was withdrawn; the reason is on its page."),
    "bulletin.acknowledged": Text("The bulletin was acknowledged."),
    "communication_plan.agreed": Text("It was agreed on %(agreed_on)s what is told of a service, to whom and how."),
    "service.started": Text("The service “%(part)s” has started on %(started_on)s."),
    "service.started_unplanned": Text(
        "The service “%(part)s” has started on %(started_on)s, although not everything was agreed: %(missing)s."
    ),
    "calendar_key.made": Text("An address of a calendar of breaks was made."),
    "calendar_key.ended": Text("An address of a calendar of breaks was closed."),
}
