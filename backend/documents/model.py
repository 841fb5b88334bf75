"""A document of a service, or a template; its versions are never changed and never removed (H11.6-b)."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.documents.states import DocumentKind, DocumentState
from backend.kit.database import Concerned, Thing, enum_type
from backend.kit.words import Texts, index_of_words

WORDS_OF_DOCUMENTS: Texts = ("title",)


class Document(Thing):
    __tablename__ = "documents"
    __table_args__ = (
        sa.Index("ix_documents_service", "service_id", "id"),
        sa.Index("ix_documents_review", "review_key", "id"),
        index_of_words("ix_documents_words", WORDS_OF_DOCUMENTS),
        sa.CheckConstraint("is_template OR service_id IS NOT NULL", name="of_service"),
        sa.CheckConstraint("(state = 'retired') = (retired_at IS NOT NULL)", name="retired"),
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
    __table_args__ = (sa.UniqueConstraint("document_id", "ordinal"),)

    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"))
    ordinal: Mapped[int]
    note: Mapped[str]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    supplier_id: Mapped[int | None]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)
