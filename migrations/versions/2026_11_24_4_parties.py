"""Organisations, agreements, people, roles, ordering rights."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_24_4_parties"
down_revision = "2026_11_24_3_files"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "organisations",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("business_id", sa.Text(), nullable=True),
        sa.Column(
            "side",
            sa.Enum(
                "buyer",
                "supplier",
                "customer",
                "system",
                name="actorkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("inhabitants", sa.BigInteger(), nullable=True),
        sa.Column("inhabitants_on", sa.Date(), nullable=True),
        sa.Column("inhabitants_source", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("inhabitants >= 0", name=op.f("ck_organisations_inhabitants")),
        sa.CheckConstraint("side <> 'system'", name=op.f("ck_organisations_a_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("business_id", name=op.f("uq_organisations_business_id")),
    )
    op.create_index(op.f("ix_organisations_sort_key"), "organisations", ["sort_key"], unique=False)
    op.create_index(
        "uq_organisations_buyer", "organisations", ["side"], unique=True, postgresql_where=sa.text("side = 'buyer'")
    )
    op.create_table(
        "people",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column(
            "language",
            sa.Enum("fi", "sv", "en", name="language", native_enum=False, create_constraint=True, length=40),
            server_default="fi",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    op.create_index(op.f("ix_people_sort_key"), "people", ["sort_key"], unique=False)
    op.create_table(
        "agreements",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("supplier", "customer", name="agreementkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("option_until", sa.Date(), nullable=True),
        sa.Column("greatest_total", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("greatest_total > 0", name=op.f("ck_agreements_greatest_total")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_agreements_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("number", name=op.f("uq_agreements_number")),
    )
    op.create_index(op.f("ix_agreements_organisation_id"), "agreements", ["organisation_id"], unique=False)
    op.create_table(
        "organisation_kinds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "buyer",
                "supplier",
                "customer",
                "municipality",
                "education_provider",
                "joint_authority",
                "ip_owner",
                "partner",
                name="organisationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind_key", sa.BigInteger(), sa.Computed("hashtextextended(kind::text, 0)", persisted=True), nullable=False
        ),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(organisation_id, organisation_id, '[]')"), "&&"),
            (sa.text("int8range(kind_key, kind_key, '[]')"), "&&"),
            (sa.column("valid"), "&&"),
            using="gist",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_organisation_kinds_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_kinds")),
    )
    op.create_index(
        op.f("ix_organisation_kinds_organisation_id"), "organisation_kinds", ["organisation_id"], unique=False
    )
    op.create_table(
        "roles_held",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "business_manager",
                "solution_manager",
                "product_owner",
                "solution_expert",
                "service_manager",
                "project_manager",
                "ict_architect",
                "security_lead",
                "key_user",
                "account_manager",
                "quality_lead",
                "expert",
                "representative",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("competence", sa.Text(), nullable=True),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("replacement_required_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replacement_reason", sa.Text(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "supplier_id = organisation_id AND customer_id IS NULL OR supplier_id IS NULL",
            name=op.f("ck_roles_held_side"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_roles_held_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_roles_held_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles_held")),
    )
    op.create_index("ix_roles_held_org", "roles_held", ["organisation_id"], unique=False)
    op.create_index("ix_roles_held_person", "roles_held", ["person_id"], unique=False)
    op.create_table(
        "bank_accounts",
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_bank_accounts_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_accounts")),
    )
    op.create_index(
        "uq_bank_accounts_open",
        "bank_accounts",
        ["agreement_id", "iban"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "invoicing_processes",
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("required_references", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_invoicing_processes_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoicing_processes")),
        sa.UniqueConstraint("agreement_id", "valid_from", name=op.f("uq_invoicing_processes_agreement_id_valid_from")),
    )
    op.create_table(
        "ordering_rights",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("agreement_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "largest_class",
            sa.Enum(
                "small", "assignment", "project", name="sizeclass", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column("most_minutes", sa.BigInteger(), nullable=True),
        sa.Column("most_euros", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("most_euros_a_year", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("for_organisation_ids", postgresql.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=False),
        sa.Column("document_file_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed", "in_force", "ended", name="rightstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("replaces_id", sa.BigInteger(), nullable=True),
        sa.Column("first_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'in_force' OR confirmed_at IS NOT NULL", name=op.f("ck_ordering_rights_in_force_is_confirmed")
        ),
        sa.CheckConstraint(
            "most_minutes > 0 AND most_euros > 0 AND most_euros_a_year > 0", name=op.f("ck_ordering_rights_limits")
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_ordering_rights_agreement_id")),
        sa.ForeignKeyConstraint(
            ["document_file_id"], ["stored_files.id"], name=op.f("fk_ordering_rights_document_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_ordering_rights_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_ordering_rights_person_id")),
        sa.ForeignKeyConstraint(["first_id"], ["ordering_rights.id"], name=op.f("fk_ordering_rights_first_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["ordering_rights.id"], name=op.f("fk_ordering_rights_replaces_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_ordering_rights_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ordering_rights")),
    )
    op.create_index("ix_ordering_rights_person", "ordering_rights", ["person_id"], unique=False)
    op.create_index(
        "uq_ordering_rights_successor",
        "ordering_rights",
        ["replaces_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_table(
        "price_groups",
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_price_groups_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_groups")),
        sa.UniqueConstraint("agreement_id", "code", name=op.f("uq_price_groups_agreement_id_code")),
    )
    op.create_table(
        "services",
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_services_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("agreement_id", "code", name=op.f("uq_services_agreement_id_code")),
    )
    op.create_table(
        "agreement_versions",
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("option_until", sa.Date(), nullable=True),
        sa.Column("greatest_total", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_agreement_versions_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_versions")),
        sa.UniqueConstraint("agreement_id", "version", name=op.f("uq_agreement_versions_agreement_id_version")),
    )
    op.create_table(
        "term_values",
        sa.Column("agreement_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_term_values_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_values")),
    )
    op.create_index("ix_term_values_of", "term_values", ["agreement_id", "name", "valid_from"], unique=False)
    op.create_table(
        "prices",
        sa.Column("price_group_id", sa.BigInteger(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(price_group_id, price_group_id, '[]')"), "&&"),
            (sa.column("valid"), "&&"),
            using="gist",
            where=sa.text("ended_at IS NULL"),
        ),
        sa.CheckConstraint("unit_price > 0", name=op.f("ck_prices_unit_price")),
        sa.ForeignKeyConstraint(["price_group_id"], ["price_groups.id"], name=op.f("fk_prices_price_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prices")),
    )
    op.create_index("ix_prices_of", "prices", ["price_group_id"], unique=False)


def downgrade() -> None:
    op.drop_table("prices")
    op.drop_table("term_values")
    op.drop_table("agreement_versions")
    op.drop_table("services")
    op.drop_table("price_groups")
    op.drop_table("ordering_rights")
    op.drop_table("invoicing_processes")
    op.drop_table("bank_accounts")
    op.drop_table("roles_held")
    op.drop_table("organisation_kinds")
    op.drop_table("agreements")
    op.drop_table("people")
    op.drop_table("organisations")
