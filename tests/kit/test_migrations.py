"""The migrations make what the mapped classes say, and can be undone."""

import json
from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from backend.kit import migrating
from backend.kit.calendar import start_of_day
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


def test_what_was_withdrawn_or_handled_is_waited_for_no_more(empty_database_url: str) -> None:
    migrating.upgrade(empty_database_url)
    migrating.downgrade(empty_database_url, "2026_11_29_98_returned-1")
    problems = ((1, "withdrawn", "NULL"), (2, "merged", "1"), (3, "open", "NULL"))
    recurrences = (
        (1, "taken", "1", "found"),
        (2, "declined", "2", "found"),
        (3, "taken", "3", "taken"),
        (4, "accepted", "1", "accepted"),
    )
    complaints = ((1, "handled", True), (2, "handled", False), (3, "sent", False))
    with _engine(empty_database_url).begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for id_, state, into in problems:
            needed = _needed(connection, "tickets", id=id_, number=f"'T{id_}'", state=f"'{state}'", merged_into_id=into)
            connection.execute(sa.text(needed))
        for id_, state, problem, _ in recurrences:
            given = {"id": id_, "state": f"'{state}'", "problem_id": problem, "root": f"'{id_}'", "kind": "'incident'"}
            if state in ("declined", "accepted"):
                given |= {"answer": f"'{state}'", "answered_at": "'2026-11-02'"}
                act = {"name": f"'recurrence.remedy_{state}'", "subject_kind": "'Recurrence'", "subject_id": id_}
                connection.execute(sa.text(_needed(connection, "events", id=10 + id_, **act, at="'2026-11-02'")))
            connection.execute(sa.text(_needed(connection, "recurrences", **given)))
        for id_, state, is_on_record in complaints:
            given = {"id": id_, "state": f"'{state}'", "number": f"'R{id_}'"}
            connection.execute(sa.text(_needed(connection, "complaints", **given)))
            clock = {"about_kind": "'Complaint'", "about_id": id_, "kind": "'complaint.acknowledgement'"}
            connection.execute(sa.text(_needed(connection, "deadlines", id=id_, **clock)))
            if is_on_record:
                act = {"name": "'complaint.handled'", "subject_kind": "'Complaint'", "subject_id": id_}
                connection.execute(sa.text(_needed(connection, "events", id=id_, **act)))
    migrating.upgrade(empty_database_url)
    with _engine(empty_database_url).connect() as connection:
        found = connection.execute(sa.text("SELECT state, problem_id IS NULL FROM recurrences ORDER BY id"))
        assert [tuple(row) for row in found] == [(state, state == "found") for *_, state in recurrences]
        found = connection.execute(sa.text("SELECT is_accepted, answer FROM recurrences ORDER BY id"))
        kept = [(None, None), (False, "declined"), (None, None), (True, "accepted")]
        assert [tuple(row) for row in found] == kept
        found = connection.execute(sa.text("SELECT dropped_at IS NOT NULL FROM deadlines ORDER BY about_id"))
        assert [row[0] for row in found] == [is_on_record for *_, is_on_record in complaints]


def test_roles_of_before_whose_last_day_is_known_end_ordering_rights_too(empty_database_url: str) -> None:
    migrating.upgrade(empty_database_url)
    migrating.downgrade(empty_database_url, "2026_11_30_07_role_ends-1")
    begun = datetime.now(UTC)
    to_come, past = "daterange('2026-01-01', '9000-01-01')", "daterange('2025-01-01', '2026-01-01')"
    roles = (
        *((1, 1, to_come), (2, 1, "daterange('2026-01-01', NULL)"), (3, 2, to_come), (4, 3, to_come)),
        *((5, 1, past), (6, 2, past)),
    )
    with _engine(empty_database_url).begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for id_, person, valid in roles:
            given = {"id": id_, "person_id": person, "valid": valid, "role": "'key_user'"}
            given |= {"announced_at": "'2025-01-01'", "end_announced_at": "'2025-06-01'"}
            connection.execute(sa.text(_needed(connection, "roles_held", **given)))
        for id_, person, state in ((1, 1, "proposed"), (2, 2, "ended")):
            given = {"id": id_, "person_id": person, "valid": to_come, "state": f"'{state}'"}
            connection.execute(sa.text(_needed(connection, "ordering_rights", **given)))
    migrating.upgrade(empty_database_url)
    with _engine(empty_database_url).connect() as connection:
        columns = "about_kind, kind, about_id, due_at, started_at"
        found = connection.execute(sa.text(f"SELECT {columns} FROM deadlines ORDER BY about_id")).all()
    assert {tuple(row[:2]) for row in found} == {("RoleHeld", "role.ending")}
    on_last, on_past = (start_of_day(date(year, 1, 1)) for year in (9000, 2026))
    assert [tuple(row[2:4]) for row in found] == [(1, on_last), (3, on_last), (4, on_last), (5, on_past)]
    assert [row[4] >= begun for row in found] == [False, False, False, True], "what was ordered until now stands"


_NAMES = {
    "kind": "'problem'", "holder": "'desk'", "criticality": "'normal'", "reach": "'many'", "cause": "'quality'",
    "channel": "'portal'", "audience": "'both'",
}  # fmt: skip
_SAMPLES = {"text": "'x'", "bigint": "1", "integer": "1", "boolean": "false", "jsonb": "'{}'", "ARRAY": "'{}'"}


def _needed(connection: sa.Connection, table: str, **given: object) -> str:
    """SQL: a row of a table with what is given, and something in whatever else it must have."""
    wanted = sa.text(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = :table "
        "AND is_nullable = 'NO' AND column_default IS NULL AND is_generated = 'NEVER' AND is_identity = 'NO'"
    )
    needed = {name: _SAMPLES.get(type_, "now()") for name, type_ in connection.execute(wanted, {"table": table})}
    row = {name: _NAMES.get(name, value) for name, value in needed.items()} | given
    values = ", ".join(str(value) for value in row.values())
    return f"INSERT INTO {table} ({', '.join(row)}) OVERRIDING SYSTEM VALUE VALUES ({values})"


def test_lines_of_before_have_their_shares_of_the_vat(empty_database_url: str) -> None:
    migrating.upgrade(empty_database_url)
    migrating.downgrade(empty_database_url, "2026_11_30_04_vat_of_lines-1")
    invoices: tuple[tuple[int, str, list[tuple[str, str]]], ...] = (
        (1, "254.22", []),
        (2, "242.26", []),
        (3, "500.00", []),
        (4, "25.50", [("25.5", "25.51")]),
        (5, "254.23", []),
        (6, "254.23", [("25.5", "254.23"), ("0", "0.00")]),
        (7, "268.23", [("25.5", "254.23"), ("14", "14.00")]),
        (8, "0.01", []),
    )
    lines = (
        (1, 1, "761.83", "25.5", "194.27"),
        (1, 2, "235.13", "25.5", "59.95"),
        (2, 1, "950.00", "25.5", "242.26"),  # as the invoice says
        (3, 1, "950.00", "25.5", "242.25"),  # what is that far apart is no rounding
        (4, 1, "100.00", "25.5", "25.50"),
        (4, 2, "100.00", "NULL", None),
        (5, 1, "996.96", "25.5", "254.23"),
        (5, 2, "-10.00", "0", "0.00"),
        (5, 3, "-10.00", "O", None),
        (6, 1, "996.96", "25.5", "254.23"),
        (6, 2, "-10.00", "0", "0.00"),
        (7, 1, "996.96", "25.5", "254.23"),
        (7, 2, "100.00", "14", "14.00"),
        (8, 1, "100.00", "0", "0.01"),
    )
    with _engine(empty_database_url).begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for invoice_id, vat, said in invoices:
            rates = json.dumps([{"rate": rate, "amount": amount} for rate, amount in said])
            columns = "id, supplier_id, number, kind, origin, state, issued_on, arrived_at, currency, net, vat, gross"
            values = f"{invoice_id}, {invoice_id}, '', 'invoice', 'ubl', 'received', '2026-11-02', now(), 'EUR'"
            statement = f"INSERT INTO invoices ({columns}, terms_on, document) OVERRIDING SYSTEM VALUE "
            insert = sa.text(statement + f"VALUES ({values}, 0, {vat}, 0, '{{}}', CAST(:document AS jsonb))")
            connection.execute(insert, {"document": f'{{"vat_rates": {rates}}}' if said else None})
        for invoice_id, position, amount, rate, _ in lines:
            columns = "invoice_id, supplier_id, position, text, amount, vat_rate, vat_category, state"
            its = "NULL, 'O'" if rate == "O" else f"{rate}, 'S'"
            values = f"{invoice_id}, 1, {position}, '', {amount}, {its}, 'open'"
            connection.execute(sa.text(f"INSERT INTO invoice_lines ({columns}) VALUES ({values})"))
    migrating.upgrade(empty_database_url)
    with _engine(empty_database_url).connect() as connection:
        shares = connection.execute(sa.text("SELECT vat::text FROM invoice_lines ORDER BY invoice_id, position"))
        assert [row[0] for row in shares] == [row[4] for row in lines]


def test_requests_of_before_are_known_by_their_mutations(empty_database_url: str) -> None:
    migrating.upgrade(empty_database_url)
    migrating.downgrade(empty_database_url, "2026_11_30_10_acts-1")
    paths = {
        "backend.inbox.desk_verbs.split_ticket": "split_ticket",
        "backend.hours.target_verbs.define_target": "define_target",
        "backend.tickets.handling_verbs.close_ticket": "close_ticket",
        "backend.files.verbs.add_file": "backend.files.verbs.add_file",  # no mutation
    }

    def kept() -> list[str]:
        with _engine(empty_database_url).connect() as connection:
            return list(connection.scalars(sa.text("SELECT verb FROM idempotency_keys ORDER BY key::int")))

    with _engine(empty_database_url).begin() as connection:
        for key, path in enumerate(paths):
            values = f"'person:1@1', '{path}', '{key}', '', now()"
            connection.execute(sa.text(f"INSERT INTO idempotency_keys (who, verb, key, request, at) VALUES ({values})"))
    migrating.upgrade(empty_database_url)
    assert kept() == list(paths.values())
    migrating.downgrade(empty_database_url, "2026_11_30_10_acts-1")
    assert kept() == list(paths)


def test_so_are_those_whose_verbs_have_moved_since_unless_a_later_one_is_known_by_it(empty_database_url: str) -> None:
    migrating.upgrade(empty_database_url)
    migrating.downgrade(empty_database_url, "2026_11_30_10_acts-1")
    paths = [
        (1, "backend.tickets.merging_verbs.split_ticket", "split_ticket"),
        (2, "backend.hours.verbs.define_target", "define_target"),
        (3, "backend.hours.verbs.close_target", "backend.hours.verbs.close_target"),
        (3, "backend.hours.target_verbs.close_target", "close_target"),
    ]
    insert = "INSERT INTO idempotency_keys (who, verb, key, request, at) VALUES ('person:1@1', :verb, :key, '', now())"
    with _engine(empty_database_url).begin() as connection:
        for key, path, _ in paths:
            connection.execute(sa.text(insert), {"verb": path, "key": str(key)})
    migrating.upgrade(empty_database_url)
    with _engine(empty_database_url).connect() as connection:
        kept = connection.execute(sa.text("SELECT key::int, verb FROM idempotency_keys")).all()
    assert {tuple(row) for row in kept} == {(key, name) for key, _, name in paths}


def test_a_sanction_that_nobody_decided_on_loses_the_sum_of_nothing_and_gets_it_back(empty_database_url: str) -> None:
    former = "2026_11_30_15_sums-1"
    migrating.upgrade(empty_database_url)
    migrating.downgrade(empty_database_url, former)
    rows = [
        (1, "waiting", "0.00", "NULL", None),
        (2, "entitled", "0.00", "NULL", None),
        (3, "lapsed", "0.00", "NULL", None),
        (4, "entitled", "1500.00", "NULL", "1500.00"),
        (5, "applied", "0.00", "now()", "0.00"),
        (6, "waived", "0.00", "now()", "0.00"),
    ]

    def sums() -> list[str | None]:
        with _engine(empty_database_url).connect() as connection:
            return list(connection.scalars(sa.text("SELECT amount::text FROM sanctions ORDER BY complaint_id")))

    with _engine(empty_database_url).begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for id, state, amount, decided_at, _ in rows:
            columns = "complaint_id, agreement_id, supplier_id, state, amount, due_at, arisen_at, decided_at"
            values = f"{id}, 1, 1, '{state}', {amount}, now(), now(), {decided_at}"
            connection.execute(sa.text(f"INSERT INTO sanctions ({columns}) VALUES ({values})"))
    migrating.upgrade(empty_database_url)
    assert sums() == [row[4] for row in rows]
    migrating.downgrade(empty_database_url, former)
    assert sums() == [row[2] for row in rows]
