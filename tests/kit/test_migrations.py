"""The migrations make what the mapped classes say, and can be undone."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from backend.kit import migrating
from backend.kit.database import Base
from backend.models import ALL


def _engine(url: str) -> sa.Engine:
    return sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)


def test_the_database_at_head_is_what_the_classes_say(database_url: str) -> None:
    assert ALL
    with _engine(database_url).connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert differences == []


def test_every_migration_can_be_undone_and_done_again(empty_database_url: str) -> None:
    migrating.upgrade(empty_database_url)
    migrating.downgrade(empty_database_url, "base")
    with _engine(empty_database_url).connect() as connection:
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
    migrating.upgrade(empty_database_url)


def test_what_ended_late_before_it_was_told_is_marked_and_nothing_else(empty_database_url: str) -> None:
    migrating.upgrade(empty_database_url)
    migrating.downgrade(empty_database_url, "2026_11_29_82_told_late-1")
    rows = (
        ("ticket.respond", "NULL", "'2026-11-02'", "NULL", "2026-11-02"),
        ("ticket.respond", "'2026-11-01'", "'2026-11-02'", "NULL", "2026-11-01"),
        ("order.delivery", "NULL", "'2026-11-01'", "NULL", None),
        ("order.estimate", "NULL", "NULL", "'2026-11-03'", None),
        ("ticket.resolve", "NULL", "NULL", "'2026-11-03'", "2026-11-03"),
        ("ticket.resolve", "NULL", "NULL", "NULL", None),
    )
    with _engine(empty_database_url).begin() as connection:
        for about_id, (kind, breached, met, dropped, _) in enumerate(rows):
            values = f"'Ticket', {about_id}, '{kind}', '2026-10-01', '2026-11-01', {breached}, {met}, {dropped}"
            columns = "about_kind, about_id, kind, started_at, due_at, breached_at, met_at, dropped_at"
            connection.execute(sa.text(f"INSERT INTO deadlines ({columns}) VALUES ({values})"))
    migrating.upgrade(empty_database_url)
    with _engine(empty_database_url).connect() as connection:
        marked = connection.execute(sa.text("SELECT breached_at::date::text FROM deadlines ORDER BY about_id"))
        assert [row[0] for row in marked] == [row[4] for row in rows]


def test_what_was_approved_and_what_credited_it_is_payable_from_the_later_of_both(empty_database_url: str) -> None:
    migrating.upgrade(empty_database_url)
    migrating.downgrade(empty_database_url, "2026_11_29_92_payable_lines-1")
    lines = (
        (1, "approved", "'2026-11-02'", "NULL", "2026-11-02"),
        (2, "credited", "'2026-11-02'", "NULL", "2026-11-02"),  # approved before
        (3, "credited", "'2026-11-02'", "NULL", None),  # disputed before
        (4, "disputed", "'2026-11-02'", "NULL", None),
        (5, "open", "NULL", "NULL", None),
        (6, "approved", "'2026-11-05'", "2", "2026-11-05"),
        (7, "approved", "'2026-11-01'", "1", "2026-11-02"),
        (8, "approved", "'2026-11-05'", "3", None),
        (9, "open", "NULL", "1", None),
    )
    with _engine(empty_database_url).begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for line_id, state, decided, credits, _ in lines:
            columns = "id, invoice_id, supplier_id, position, text, amount, state, decided_at, credits_line_id"
            values = f"{line_id}, 1, 1, {line_id}, '', 1, '{state}', {decided}, {credits}"
            connection.execute(
                sa.text(f"INSERT INTO invoice_lines ({columns}) OVERRIDING SYSTEM VALUE VALUES ({values})")
            )
        for line_id, state in ((2, "approved"), (3, "disputed")):
            columns = "at, name, subject_kind, subject_id, channel, audience, from_state, figures"
            values = f"now(), 'invoice_line.credited', 'InvoiceLine', {line_id}, 'portal', 'both', '{state}', '{{}}'"
            connection.execute(sa.text(f"INSERT INTO events ({columns}) VALUES ({values})"))
    migrating.upgrade(empty_database_url)
    with _engine(empty_database_url).connect() as connection:
        found = connection.execute(sa.text("SELECT payable_at::date::text FROM invoice_lines ORDER BY id"))
        assert [row[0] for row in found] == [line[4] for line in lines]
