"""The service catalogue: products, their versions, and what was ordered by which."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_28_13_catalogue"
down_revision = "2026_11_28_12_deductions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "products",
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_products_service_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_products_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
    )
    op.create_index("ix_products_offered", "products", ["category", "name", "id"])
    op.create_table(
        "product_versions",
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("euros", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("target_minutes", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("euros > 0", name=op.f("ck_product_versions_price")),
        sa.CheckConstraint("target_minutes > 0", name=op.f("ck_product_versions_target")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_product_versions_made_by_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_product_versions_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_versions")),
        sa.UniqueConstraint("product_id", "ordinal", name=op.f("uq_product_versions_product_id_ordinal")),
    )
    op.create_table(
        "product_orders",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_product_orders_ticket_id")),
        sa.ForeignKeyConstraint(["version_id"], ["product_versions.id"], name=op.f("fk_product_orders_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_orders")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_product_orders_ticket_id")),
    )
    op.create_index(op.f("ix_product_orders_version_id"), "product_orders", ["version_id"])


def downgrade() -> None:
    op.drop_table("product_orders")
    op.drop_table("product_versions")
    op.drop_table("products")
