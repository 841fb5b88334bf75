"""Who is told of bodies: those who sit in them. Every event of the slice is here; some are for the timeline alone."""

from collections.abc import Mapping

from backend.kit.notices import Notice, To

NOTICES: Mapping[str, Notice] = {
    "body.opened": Notice((), "H11.4-d"),
    "body.closed": Notice((To.SEATED,), "H11.4-d"),
    "body_seat.named": Notice((To.PERSON,), "H11.4-d"),
    "body_seat.ended": Notice((To.PERSON,), "H11.4-d"),
    "body_post.written": Notice((To.SEATED,), "H11.4-d"),
    "body_post.withdrawn": Notice((), "H11.4-d"),
}
