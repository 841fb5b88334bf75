"""What people read of bodies."""

from collections.abc import Mapping

from backend.kit.translation import Text

SENTENCES: Mapping[str, Text] = {
    "body.opened": Text("The group began its work."),
    "body.closed": Text("The group was closed; the reason is on its page."),
    "body_seat.named": Text("%(person)s was named to the group."),
    "body_seat.ended": Text("%(person)s is in the group no more."),
    "body_post.written": Text("Something was written in the group's discussion."),
    "body_post.withdrawn": Text("Something that was written in the group was withdrawn."),
}
