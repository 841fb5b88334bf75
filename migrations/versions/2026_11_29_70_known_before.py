"""Inhabitants and stated competence are rows that are never changed: what was known before stays."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_70_known_before"
down_revision = "2026_11_29_69_held_portions"
branch_labels = None
depends_on = None

COUNTS = """
INSERT INTO inhabitant_counts (organisation_id, inhabitants, counted_on, source, recorded_at)
SELECT o.id, o.inhabitants, coalesce(o.inhabitants_on, CAST(o.created_at AT TIME ZONE 'Europe/Helsinki' AS date)),
       coalesce(o.inhabitants_source, '–'),
       coalesce((SELECT max(e.at) FROM events e WHERE e.name = 'organisation.inhabitants_recorded'
                 AND e.subject_kind = 'Organisation' AND e.subject_id = o.id), o.created_at)
FROM organisations o WHERE o.inhabitants IS NOT NULL ORDER BY o.id
"""
COMPETENCES = """
INSERT INTO stated_competences (role_held_id, competence, recorded_at)
SELECT r.id, r.competence,
       coalesce((SELECT max(e.at) FROM events e WHERE e.name = 'role.competence_stated'
                 AND e.subject_kind = 'RoleHeld' AND e.subject_id = r.id), r.announced_at)
FROM roles_held r WHERE r.competence IS NOT NULL ORDER BY r.id
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "inhabitant_counts",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("inhabitants", sa.BigInteger(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("inhabitants >= 0", name=op.f("ck_inhabitant_counts_inhabitants")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_inhabitant_counts_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inhabitant_counts")),
    )
    op.create_table(
        "stated_competences",
        sa.Column("role_held_id", sa.BigInteger(), nullable=False),
        sa.Column("competence", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["role_held_id"], ["roles_held.id"], name=op.f("fk_stated_competences_role_held_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stated_competences")),
    )
    for table, key in (("inhabitant_counts", "organisation_id"), ("stated_competences", "role_held_id")):
        op.create_index(f"ix_{table}_{key}", table, [key])
        op.create_index(f"uq_{table}_known", table, [key], unique=True, postgresql_where=sa.text("ended_at IS NULL"))
    op.execute(COUNTS)
    op.execute(COMPETENCES)
    op.drop_constraint(op.f("ck_organisations_inhabitants"), "organisations")
    for column in ("inhabitants", "inhabitants_on", "inhabitants_source"):
        op.drop_column("organisations", column)
    op.drop_column("roles_held", "competence")


def downgrade() -> None:
    op.add_column("roles_held", sa.Column("competence", sa.Text(), nullable=True))
    op.add_column("organisations", sa.Column("inhabitants", sa.BigInteger(), nullable=True))
    op.add_column("organisations", sa.Column("inhabitants_on", sa.Date(), nullable=True))
    op.add_column("organisations", sa.Column("inhabitants_source", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_organisations_inhabitants"), "organisations", "inhabitants >= 0")
    op.execute(
        "UPDATE organisations o SET inhabitants = c.inhabitants, inhabitants_on = c.counted_on, "
        "inhabitants_source = c.source FROM inhabitant_counts c "
        "WHERE c.organisation_id = o.id AND c.ended_at IS NULL"
    )
    op.execute(
        "UPDATE roles_held r SET competence = c.competence FROM stated_competences c "
        "WHERE c.role_held_id = r.id AND c.ended_at IS NULL"
    )
    op.drop_table("stated_competences")
    op.drop_table("inhabitant_counts")
