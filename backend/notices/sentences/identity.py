"""What people read of getting in."""

from collections.abc import Mapping

from backend.kit.translation import Text

SENTENCES: Mapping[str, Text] = {
    "person.invited": Text("An invitation to the portal was sent."),
    "person.language_chosen": Text("Another language was chosen."),
    "password.forgotten": Text("A new password was asked for."),
    "password.chosen": Text("The first password was chosen."),
    "password.changed": Text("The password was changed."),
    "session.begun": Text("Signed in."),
    "session.switched": Text("Another organisation is acted for."),
    "session.ended": Text("Signed out."),
    "token.made": Text("A key to the API was made."),
    "token.revoked": Text("A key to the API was revoked."),
    "view.saved": Text("A view of a list was saved."),
    "view.changed": Text("A saved view was changed."),
    "view.removed": Text("A saved view was removed."),
    "service_account.made": Text("A service account was made."),
    "service_account.ended": Text("The service account was ended."),
}
