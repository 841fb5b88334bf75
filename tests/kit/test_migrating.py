from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import backend.models  # noqa: F401  every mapped class
import migrations
from backend.kit import migrating
from backend.kit.database import Base, make_engine


async def test_a_database_at_head_says_so_and_one_without_revisions_does_not(database_url, empty_database_url):
    for url, expected in ((database_url, True), (empty_database_url, not migrating.heads())):
        engine = make_engine(url)
        async with engine.connect() as connection:
            assert await connection.run_sync(migrating.current_is_head) is expected
        await engine.dispose()


def test_migrations_lead_up_down_to_nothing_and_up_again(empty_database_url):
    migrating.upgrade(empty_database_url)
    migrating.downgrade(empty_database_url, "base")
    assert _relations(empty_database_url) <= {"alembic_version"}
    migrating.upgrade(empty_database_url)


def test_the_head_found_without_alembic_is_alembics_own():
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert migrating.heads() == set(script.get_heads())


def test_the_migrations_make_what_the_mapped_classes_say(database_url):
    engine = sa.create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


async def test_texts_fold_and_compare_alike_on_every_server(session):
    folded, ordered = (
        await session.execute(
            sa.text("SELECT lower('ÄÖÅ'), array(SELECT unnest(ARRAY['ä', 'Z', 'a']) AS x ORDER BY x)")
        )
    ).one()
    assert folded == "äöå"
    assert ordered == ["Z", "a", "ä"]


def _relations(url):
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        names = set(sa.inspect(connection).get_table_names())
    engine.dispose()
    return names
