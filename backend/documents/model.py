"""A document of a service, or a template; its versions are never removed (H11.6-b).

Customers see those of them that are released (H11.4-a).
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.documents.states import DocumentKind, DocumentState
from backend.kit.database import Concerned, Thing, enum_type
from backend.kit.words import Texts, index_of_words

WORDS_OF_DOCUMENTS: Texts = ("title",)
WORDS_OF_DOCUMENTS_PARTIES: Texts = ("return_reason",)
ENDS_OF_DOCUMENTS: Texts = ("end_reason",)
WORDS_OF_VERSIONS: Texts = ("note",)


class Document(Thing):
    __tablename__ = "documents"
    __table_args__ = (
        sa.Index("ix_documents_service", "service_id", "id"),
        sa.Index("ix_documents_review", "review_key", "id"),
        index_of_words("ix_documents_words", WORDS_OF_DOCUMENTS),
        index_of_words("ix_documents_parties_words", WORDS_OF_DOCUMENTS_PARTIES),
        index_of_words("ix_documents_ends", ENDS_OF_DOCUMENTS),
        sa.CheckConstraint("is_template OR service_id IS NOT NULL", name="of_service"),
        sa.CheckConstraint("(state = 'retired') = (retired_at IS NOT NULL)", name="retired"),
        sa.CheckConstraint("is_for_customers OR released_at IS NULL AND release_asked_at IS NULL", name="released"),
        sa.Index("ix_documents_release", "release_asked_at", postgresql_where=sa.text("release_asked_at IS NOT NULL")),
    )

    title: Mapped[str]
    kind: Mapped[DocumentKind] = mapped_column(enum_type(DocumentKind))
    state: Mapped[DocumentState] = mapped_column(enum_type(DocumentState))
    is_template: Mapped[bool]
    template_id: Mapped[int | None] = mapped_column(sa.ForeignKey("documents.id"))
    """The template that it follows."""
    service_id: Mapped[int | None] = mapped_column(sa.ForeignKey("services.id"))
    supplier_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    """Who produces the service."""
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    """Which side answers for it."""
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    is_for_customers: Mapped[bool]
    """Whether it is meant for them; they see it once it is released."""
    released_at: Mapped[datetime | None]
    """Since when customers see what the register says of it, and its released versions (H11.4-a); None: nothing."""
    release_asked_at: Mapped[datetime | None]
    """Since when something of it waits for Tiera's release."""
    return_reason: Mapped[str | None]
    """Why Tiera did not release what waited last."""
    review_on: Mapped[date | None] = mapped_column(sa.Date)
    """By when somebody looks at it again."""
    review_key: Mapped[date] = mapped_column(
        sa.Date, sa.Computed("coalesce(review_on, DATE '9999-12-31')", persisted=True)
    )
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    updated_at: Mapped[datetime]
    """When its newest version was added."""
    reviewed_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


class DocumentVersion(Thing):
    """One version: a file, and what is new in it."""

    __tablename__ = "document_versions"
    __table_args__ = (
        sa.UniqueConstraint("document_id", "ordinal"),
        index_of_words("ix_document_versions_words", WORDS_OF_VERSIONS),
    )

    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"))
    ordinal: Mapped[int]
    note: Mapped[str]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    supplier_id: Mapped[int | None]
    released_at: Mapped[datetime | None]
    """When it was released to customers; None: they do not see it."""

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)
