"""A complaint, its responses with all their versions, and the sanction that it may bring."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.complaints.states import ComplaintCause, ComplaintState, SanctionState
from backend.kit.database import Concerned, Thing, enum_type
from backend.kit.words import Texts, index_of_words

WORDS_OF_COMPLAINTS: Texts = (
    "title", "description", "meeting", "begun_with", "time_reason", "call_reason", "handling", "end_reason",
)  # fmt: skip
WORDS_OF_RESPONSES: Texts = (
    "summary", "main_points", "problem", "effects", "measures", "prevention", "judgement",
)  # fmt: skip
WORDS_OF_SANCTIONS: Texts = ("reason",)


class Complaint(Thing):
    """What was not good enough, in Tiera's words; never deleted (H11.10-e)."""

    __tablename__ = "complaints"
    __table_args__ = (
        sa.Index("ix_complaints_supplier", "supplier_id", "id"),
        sa.Index("ix_complaints_state", "state", "due_key", "id"),
        sa.Index("ix_complaints_due", "due_key", "id"),
        sa.Index("ix_complaints_about", "about_kind", "about_id"),
        sa.CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", name="about"),
        sa.CheckConstraint("(meeting IS NULL) = (met_on IS NULL)", name="meeting"),
        sa.CheckConstraint("(called_for IS NULL) = (call_reason IS NULL)", name="called"),
        sa.CheckConstraint("number IS NOT NULL OR state IN ('draft', 'withdrawn')", name="number_since_sent"),
        sa.Index(
            "uq_complaints_mail_id",
            "mail_id",
            unique=True,
            postgresql_where=sa.text("number IS NOT NULL OR state <> 'withdrawn'"),
        ),
        index_of_words("ix_complaints_words", WORDS_OF_COMPLAINTS),
    )

    number: Mapped[str | None] = mapped_column(unique=True)
    """Gapless (`REK-2026-0007`); taken when it is sent."""
    state: Mapped[ComplaintState] = mapped_column(enum_type(ComplaintState))
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreements.id"), index=True)
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    service_id: Mapped[int | None] = mapped_column(sa.ForeignKey("services.id"))
    about_kind: Mapped[str | None]
    about_id: Mapped[int | None]
    meeting: Mapped[str | None]
    """The meeting that it is about, by the name of its body: meetings are no things here."""
    met_on: Mapped[date | None] = mapped_column(sa.Date)
    mail_id: Mapped[int | None] = mapped_column(sa.ForeignKey("incoming_mails.id"))
    """The mail that it was begun of; of a draft that was withdrawn another may be begun."""
    title: Mapped[str]
    description: Mapped[str]
    cause: Mapped[ComplaintCause] = mapped_column(enum_type(ComplaintCause))
    touches_shared_use: Mapped[bool] = mapped_column(server_default=sa.false())
    """It goes to the development group as well (H7.4-a)."""
    cannot_wait: Mapped[bool] = mapped_column(server_default=sa.false())
    """Tiera thinks that it cannot wait for the steering group's normal rhythm (H11.10-i)."""
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    made_at: Mapped[datetime]
    sent_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    receiver_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    """The supplier's service manager to whom it was sent."""
    stand_in_ids: Mapped[list[int]] = mapped_column(ARRAY(sa.BigInteger), server_default="{}")
    """The people who stood in for the service manager that day: it was sent to them as well."""
    acknowledge_due_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    begin_due_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    begun_with: Mapped[str | None]
    """The first action after the acknowledgement (H11.10-j)."""
    response_due_at: Mapped[datetime | None]
    """Until when a proper response must have arrived at Tiera."""
    time_reason: Mapped[str | None]
    """Why Tiera gave more time for it, the last time."""
    answered_at: Mapped[datetime | None]
    """When the newest response arrived."""
    judge_due_at: Mapped[datetime | None]
    """Until when Tiera says whether it is proper."""
    called_for: Mapped[date | None] = mapped_column(sa.Date)
    """The day for which Tiera called the steering group to an extraordinary meeting, the last one (H11.10-i)."""
    call_reason: Mapped[str | None]
    """Why, and where or how it meets; of several meetings each after its day."""
    handled_on: Mapped[date | None] = mapped_column(sa.Date)
    """The day of the steering group's meeting."""
    handling: Mapped[str | None]
    """What the steering group said."""
    closed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    """Why it was withdrawn."""
    tiera_says_suppliers: Mapped[bool | None]
    """Tiera's word on whether the cause was the supplier's (H11.10-h)."""
    supplier_says_suppliers: Mapped[bool | None]
    due_key: Mapped[datetime] = mapped_column(
        sa.Computed("coalesce(response_due_at, TIMESTAMPTZ '9999-12-31 00:00+00')", persisted=True)
    )
    """To sort by: what is not due at any time comes last."""
    version: Mapped[int] = mapped_column(server_default="1")
    target_id: Mapped[int | None] = mapped_column(sa.ForeignKey("own_cost_targets.id"))
    """What the supplier books the handling of it on, at its own cost (H11.10-h)."""
    terms_on: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The terms of the day on which it was sent (before: of its making)."""

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


class ComplaintResponse(Thing):
    """One version of the supplier's written response; a draft until it is sent (H11.10-d)."""

    __tablename__ = "complaint_responses"
    __table_args__ = (
        sa.UniqueConstraint("complaint_id", "ordinal"),
        sa.Index(
            "uq_complaint_responses_draft", "complaint_id", unique=True, postgresql_where=sa.text("sent_at IS NULL")
        ),
        sa.CheckConstraint("(judged_at IS NULL) = (is_proper IS NULL)", name="judged"),
        index_of_words("ix_complaint_responses_words", WORDS_OF_RESPONSES),
    )

    complaint_id: Mapped[int] = mapped_column(sa.ForeignKey("complaints.id"))
    ordinal: Mapped[int]
    version: Mapped[int] = mapped_column(server_default="1")
    """Counts how often responses to its complaint have been written on, this one the last."""
    summary: Mapped[str] = mapped_column(server_default="")
    main_points: Mapped[str] = mapped_column(server_default="")
    problem: Mapped[str] = mapped_column(server_default="")
    effects: Mapped[str] = mapped_column(server_default="")
    measures: Mapped[str] = mapped_column(server_default="")
    prevention: Mapped[str] = mapped_column(server_default="")
    written_at: Mapped[datetime]
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    business_days: Mapped[int | None]
    """How many business days after the complaint it arrived, by the complaint's terms."""
    is_proper: Mapped[bool | None]
    judgement: Mapped[str | None]
    """Tiera's reason; of a response that is not proper: what is missing."""
    judged_at: Mapped[datetime | None]
    judged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    supplier_id: Mapped[int]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


class Sanction(Thing):
    """What Tiera is entitled to when no proper response came by the deadline (H11.10-g). Money is euros."""

    __tablename__ = "sanctions"
    __table_args__ = (
        sa.UniqueConstraint("complaint_id"),
        sa.Index("ix_sanctions_supplier", "supplier_id", "state"),
        index_of_words("ix_sanctions_words", WORDS_OF_SANCTIONS),
        sa.CheckConstraint("amount >= 0", name="amount"),
    )

    complaint_id: Mapped[int] = mapped_column(sa.ForeignKey("complaints.id"))
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreements.id"))
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    state: Mapped[SanctionState] = mapped_column(enum_type(SanctionState))
    amount: Mapped[Decimal | None]
    """The agreed sum; where the agreement states none, what Tiera says when it applies the sanction."""
    due_at: Mapped[datetime]
    """The deadline that was missed."""
    arisen_at: Mapped[datetime]
    reason: Mapped[str | None]
    """Why Tiera applied or waived it."""
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)
