"""Files as the database knows them; their bytes are in the store under their hash."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Thing
from backend.kit.refs import Ref
from backend.kit.words import Parted, Texts, index_of_words

WORDS_OF_FILES: Texts = (Parted("name"),)


class StoredFile(Thing):
    """Bytes somebody brought. Only who brought it may name it, until something uses it; unused ones are swept."""

    __tablename__ = "stored_files"
    __table_args__ = (
        sa.Index("ix_stored_files_about", "about_kind", "about_id"),
        index_of_words("ix_stored_files_words", WORDS_OF_FILES),
        sa.CheckConstraint("size >= 0", name="size"),
        sa.CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", name="about"),
    )

    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int]
    name: Mapped[str]
    """As given, for people to read; never a path."""
    media_type: Mapped[str]
    """As sniffed from the content."""
    uploaded_by_id: Mapped[int | None]
    service_account_id: Mapped[int | None]
    organisation_id: Mapped[int | None]
    """For which organisation the uploader acted."""
    uploaded_at: Mapped[datetime] = mapped_column(index=True)
    about_kind: Mapped[str | None]
    about_id: Mapped[int | None]
    """Whoever sees that thing sees the file."""
    purpose: Mapped[str | None]
    is_undrawable: Mapped[bool] = mapped_column(server_default=sa.false())
    """It was tried, and no preview could be made of its bytes."""
    taken_away_at: Mapped[datetime | None]
    """Since then nobody may read it, and its bytes go with the store's sweep; that it was there stays on record."""
    taken_away_by_id: Mapped[int | None]
    taken_away_reason: Mapped[str | None]

    @property
    def about(self) -> Ref | None:
        return Ref(self.about_kind, self.about_id) if self.about_kind and self.about_id else None
