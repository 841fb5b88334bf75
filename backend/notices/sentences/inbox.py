"""What people read of mail that came."""

from collections.abc import Mapping

from backend.kit.translation import Text

SENTENCES: Mapping[str, Text] = {
    "incoming_mail.taken": Text("The mail was written on a ticket."),
    "incoming_mail.held": Text("A mail came that waits for the desk: make a ticket of it, or add it to one."),
    "incoming_mail.put_aside": Text("A mail came in."),
    "incoming_mail.complained": Text("A complaint was begun of the mail."),
    "incoming_mail.discarded": Text("The mail was discarded; the reason is on its page."),
    "incoming_mail.brought_back": Text("The mail was brought back to the desk."),
}
