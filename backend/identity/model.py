"""What is known of those who come in; secrets are kept as hashes only."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from backend.identity.states import LinkPurpose, TryKind
from backend.kit.database import Base, Thing, enum_type


class Credential(Base):
    """A person's password, as argon2id."""

    __tablename__ = "credentials"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True, autoincrement=False)
    password_hash: Mapped[str]
    changed_at: Mapped[datetime]


class SignInSession(Thing):
    """A browser that is signed in, and for which organisation it acts."""

    __tablename__ = "sessions"

    secret_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    agent: Mapped[str | None]
    """The browser's own name, shown to its owner."""


class OneTimeLink(Base):
    """An invitation or a reset: works once, for 72 hours, and never tells whether an address is known."""

    __tablename__ = "one_time_links"

    secret_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(enum_type(LinkPurpose))
    made_by_id: Mapped[int | None]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ErrandLink(Base):
    """A link in a mail with which its receiver does one thing without signing in. It works until it expires."""

    __tablename__ = "errand_links"

    secret_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    right: Mapped[str]
    """The one right that it gives, of those that the person has."""
    about_kind: Mapped[str]
    about_id: Mapped[int]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SignInAttempt(Base):
    """A try to sign in, or to get a new password: throttled by address and by where it came from, both disguised."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (sa.Index("ix_sign_in_attempts_at", "at"),)

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    kind: Mapped[TryKind] = mapped_column(enum_type(TryKind))
    email_hash: Mapped[str] = mapped_column(index=True)
    origin_hash: Mapped[str | None] = mapped_column(index=True)
    at: Mapped[datetime]
    succeeded: Mapped[bool]


class ServiceAccount(Thing):
    """A program of an organisation: it reads and imports, and never approves, orders or decides."""

    __tablename__ = "service_accounts"

    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    name: Mapped[str]
    purpose: Mapped[str]
    made_by_id: Mapped[int | None]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None]


class SavedView(Thing):
    """A list of the portal as somebody narrowed and sorted it, under a name: for oneself, or for one's organisation."""

    __tablename__ = "saved_views"
    __table_args__ = (
        sa.Index(
            "uq_saved_views_name",
            "person_id",
            "organisation_id",
            "list",
            "name",
            unique=True,
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
        sa.Index("ix_saved_views_organisation_id", "organisation_id", "list"),
    )

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    list: Mapped[str]
    """Which list: the name of its page."""
    query: Mapped[str]
    """What narrows and sorts it, as in its address."""
    name: Mapped[str]
    sort_key: Mapped[str]
    is_shared: Mapped[bool]
    saved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")
    removed_at: Mapped[datetime | None]


class ApiToken(Thing):
    """A key to the API, shown once; of a person or of a service account, never both."""

    __tablename__ = "api_tokens"
    __table_args__ = (sa.CheckConstraint("(person_id IS NULL) <> (service_account_id IS NULL)", name="one_owner"),)

    secret_hash: Mapped[str] = mapped_column(unique=True)
    hint: Mapped[str]
    """Its first characters, to tell tokens apart."""
    name: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    service_account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("service_accounts.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
