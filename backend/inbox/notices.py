"""Who is told of mail that came. What nobody is known to have written wakes nobody: it waits on the desk."""

from collections.abc import Mapping

from backend.kit.notices import Notice, To

NOTICES: Mapping[str, Notice] = {
    "incoming_mail.taken": Notice((), "H11.7.2-a"),
    "incoming_mail.held": Notice((To.TIERA_SERVICE_MANAGERS,), "H11.7.2-a"),
    "incoming_mail.put_aside": Notice((), "H11.7.2-a"),
    "incoming_mail.complained": Notice((), "H11.10-a"),
    "incoming_mail.discarded": Notice((), "H11.7.2-a"),
    "incoming_mail.brought_back": Notice((), "H11.7.2-a"),
}
