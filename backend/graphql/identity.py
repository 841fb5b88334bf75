"""Sessions, keys to the API, service accounts and invitations; signing in itself is no part of the schema."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
import strawberry

from backend.graphql.handing_over import handing_over
from backend.graphql.inputs import key, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.parties import Organisation, Person
from backend.graphql.reads.shape import argument, column, connection, described, everyone, newest, one, root, shape
from backend.graphql.relay import Connection, Node
from backend.identity import mails, model, queries, rules, token_verbs, verbs
from backend.identity.states import LinkPurpose, Scope
from backend.kit.actor import Actor, Language
from backend.kit.database import Condition, Row
from backend.rulebook.roles import Right

described(
    Scope,
    "What a token is good for. It never gives more than its owner may. Any of them shows what everybody of the owner's "
    "organisation sees, tickets and orders among it; what asks for no right is carried out with ACT alone; but "
    "files are brought with any that does something.",
    READ="See all that the owner sees (a program: hours, invoices and what everybody sees); do nothing.",
    REPORT="Figures over many things, exports, hours and invoices, as far as the owner sees them, and what everybody "
    "sees; do nothing.",
    BOOK_HOURS="Book hours, as a supplier's nightly import does.",
    SEND_INVOICES="Send invoices.",
    ACT="Everything that the person themself may do; no service account has it.",
)


@shape(model.SignInSession, queries.visible_sessions, sort=newest("seen_at", "id"))
class SignInSession(Node):
    """A browser of yours that is signed in."""

    organisation: Organisation = one(
        lambda s, o: o.id == s.organisation_id, "For whom you act in it.", with_parent=True
    )
    begun_at: dt.datetime = column("When you signed in.")
    seen_at: dt.datetime = column("When it was last used, to five minutes.")
    expires_at: dt.datetime = column("When it ends at the latest.")
    ended_at: dt.datetime | None = column("When it was ended.")
    agent: str | None = column("What the browser calls itself.")


@shape(model.ServiceAccount, queries.visible_service_accounts, sort=newest("made_at", "id"))
class ServiceAccount(Node):
    """A program of an organisation: it reads and imports, and never orders, approves or decides."""

    organisation: Organisation = one(lambda a, o: o.id == a.organisation_id, "Whose program it is.", with_parent=True)
    name: str = column("What it is called.")
    purpose: str = column("What it is for.")
    made_at: dt.datetime = column("When it was let in.")
    ended_at: dt.datetime | None = column("When it was shut out.")
    tokens: Connection["ApiToken"] = connection(
        lambda a, t: t.service_account_id == a.id, "Its keys; the key user's to see."
    )


@shape(model.ApiToken, queries.visible_tokens, sort=newest("made_at", "id"))
class ApiToken(Node):
    """A key to the API, of a person or of a service account."""

    name: str = column("What it is for.")
    hint: str = column("Its first characters, to tell it by.")
    scopes: list[Scope] = column("What it is good for.")
    organisation: Organisation = one(lambda t, o: o.id == t.organisation_id, "For whom it acts.", with_parent=True)
    service_account: ServiceAccount | None = one(
        lambda t, a: a.id == t.service_account_id, "Whose it is, where it is no person's."
    )
    made_at: dt.datetime = column("When it was made.")
    expires_at: dt.datetime = column("When it ends by itself.")
    used_at: dt.datetime | None = column("When it was last used, to five minutes.")
    revoked_at: dt.datetime | None = column("When it was revoked.")


def _lives(_: Row, row: Row, actor: Actor, at: Any) -> Condition:
    return sa.and_(
        row.person_id == actor.person_id,
        row.ended_at.is_(None),
        row.expires_at > at,
        row.seen_at > at - sa.literal(rules.SESSION_IDLE, sa.Interval),
    )


def _own(_: Row, row: Row, actor: Actor) -> Condition:
    own: Condition = row.person_id == actor.person_id
    return own


@root
class IdentityQuery:
    """What lets you in."""

    sessions: Connection[SignInSession] | None = connection(
        _lives,
        "Your browsers that are signed in.",
        by_actor=True,
        seen_by=everyone,
        at=argument(dt.datetime, "At which instant: now, as a rule."),
    )
    api_tokens: Connection[ApiToken] | None = connection(
        _own, "Your own keys to the API.", by_actor=True, seen_by=everyone
    )
    service_accounts: Connection[ServiceAccount] | None = connection(
        lambda _, a: sa.true(), "Programs that are let in.", seen_by=everyone
    )


@mutation(verbs.choose_language, once=False, person=Person)
class ChooseLanguage:
    """Choose the language in which you read pages, mails and documents."""

    language: Language = value("The language.")


@mutation(verbs.end_session, once=False, session=SignInSession)
class EndSession:
    """Sign one of your browsers out."""

    session_id: strawberry.ID = key("SignInSession", "The browser's session.")


@mutation(verbs.end_other_sessions, once=False, person=Person)
class EndOtherSessions:
    """Sign out everywhere, perhaps except in one browser."""

    except_id: strawberry.ID | None = key("SignInSession", "The session to keep.", default=None)


def _make_token(cls: type) -> Any:
    declare = mutation(token_verbs.make_token, api_token=ApiToken)
    return handing_over(declare, "secret", "The key itself. It is not shown again.")(cls)


@_make_token
class CreateApiToken:
    """Make a key to the API: your own, or a service account's. Only from the portal."""

    name: str = value("What it is for.")
    scopes: list[Scope] = value("What it is good for.")
    expires_on: dt.date = value("Its last day, at most a year from today.")
    service_account_id: strawberry.ID | None = key("ServiceAccount", "Whose it is, if not your own.", default=None)


@mutation(token_verbs.revoke_token, once=False, api_token=ApiToken)
class RevokeApiToken:
    """Make a key useless at once. Only from the portal."""

    token_id: strawberry.ID = key("ApiToken", "The key.")


@mutation(token_verbs.make_service_account, by=Right.ADMINISTER, service_account=ServiceAccount)
class CreateServiceAccount:
    """Let a program of Tiera or of a supplier in."""

    organisation_id: strawberry.ID = key("Organisation", "Whose program it is.")
    name: str = value("What it is called.")
    purpose: str = value("What it is for.")


@mutation(token_verbs.end_service_account, once=False, by=Right.ADMINISTER, service_account=ServiceAccount)
class EndServiceAccount:
    """Shut a program out, with every key it has."""

    service_account_id: strawberry.ID = key("ServiceAccount", "The program.")


def _path(secret: str) -> str:
    return mails.path_of(LinkPurpose.INVITATION, secret)


def _invite(cls: type) -> Any:
    said = "Where the link leads, within the portal: works once, for 72 hours, and is not shown again."
    return handing_over(mutation(verbs.invite, by=Right.ADMINISTER, person=Person), "link_path", said, show=_path)(cls)


@_invite
class InvitePerson:
    """Let a person in who has no password yet; they are sent a letter too. Only from the portal."""

    person_id: strawberry.ID = key("Person", "Whom to let in.")


@mutation(verbs.end_sessions_of, once=False, by=Right.ADMINISTER, person=Person)
class EndSessionsOf:
    """Sign a person out everywhere, as when a device is lost."""

    person_id: strawberry.ID = key("Person", "Whom to sign out.")


IdentityMutation = mutations(
    ChooseLanguage,
    EndSession,
    EndOtherSessions,
    CreateApiToken,
    RevokeApiToken,
    CreateServiceAccount,
    EndServiceAccount,
    InvitePerson,
    EndSessionsOf,
)
