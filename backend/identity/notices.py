"""What is told of getting in. The letters with a link are `mails.LETTER_OF`'s; here stands what the bell tells."""

from backend.kit.notices import Notice, To

NOTICES: dict[str, Notice] = {
    "person.invited": Notice((), "D0-b"),
    "person.language_chosen": Notice((), "D0-b"),
    "password.forgotten": Notice((), "D0-b"),
    "password.chosen": Notice((), "D0-b"),
    "password.changed": Notice((To.PERSON,), "D0-b", required=True, even_who_acted=True),
    "session.begun": Notice((), "D0-b"),
    "session.switched": Notice((), "D0-b"),
    "session.ended": Notice((), "D0-b"),
    "token.made": Notice((), "D0-b"),
    "token.revoked": Notice((), "D0-b"),
    "view.saved": Notice((), "D0-b"),
    "view.changed": Notice((), "D0-b"),
    "view.removed": Notice((), "D0-b"),
    "service_account.made": Notice((), "D0-b"),
    "service_account.ended": Notice((), "D0-b"),
}
