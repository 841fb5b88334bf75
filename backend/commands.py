"""The commands of `portaali`. What one of them needs is imported when it runs."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from backend.serving import serve, worker
from backend.settings import Settings, Trouble

app = typer.Typer(
    name="portaali",
    help="Palveluportaali: the portal that keeps the service contract. Settings are read from the environment.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Scale(StrEnum):
    """How much `load` makes."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


def say(sentence: str) -> None:
    """Tell the person at the terminal, who may have closed it."""
    with suppress(OSError):
        print(sentence, flush=True)


@app.command()
def demo() -> None:
    """Start everything on this machine, filled with a demo; stop it all with Ctrl-C.

    Brings its own PostgreSQL and Valkey unless DATABASE_URL and REDIS_URL name others. Listens on HOST (127.0.0.1) and
    PORT (8000); keeps everything in PORTAALI_DATA (.portaali).
    """
    from backend import supervising

    supervising.demo(Settings.read(), say)


app.command()(serve)
app.command()(worker)


@app.command()
def migrate(
    to: Annotated[str, typer.Option(help="The revision to end at; `base` is an empty database.")] = "head",
    down: Annotated[bool, typer.Option("--down", help="Go back to it instead of forward.")] = False,
    new: Annotated[str, typer.Option(help="Write a migration that brings the database to the code; its name.")] = "",
) -> None:
    """Bring the database's structure to what this version needs; fine to run again."""
    from backend.kit import migrating

    with database() as url, _troubles():
        if new:
            import backend.models  # noqa: F401  every mapped class
            from backend.kit import clock
            from backend.kit.database import Base

            say(f"Written: {migrating.create(url, new, Base.metadata, clock.now().date())}")
        elif down:
            migrating.downgrade(url, to)
        else:
            migrating.upgrade(url, to)


@app.command(hidden=True)
def fill() -> None:
    """Migrate, and fill an empty database with the demo."""
    from backend import supervising
    from backend.kit import clock, logs, migrating

    settings = Settings.read().complete()
    logs.configure(production=settings.production)
    url = str(settings.database_url)
    with _troubles():
        migrating.upgrade(url)
        if _has_a_past(url):
            return
    from backend.demo.seed import fill as fill_demo

    say("Filling the demo; this takes a moment, once …")
    mark = supervising.filling(settings.data)
    mark.touch()
    fill_demo(settings, clock.now().astimezone(clock.HELSINKI).date())
    mark.unlink()


@app.command()
def begin(
    name: Annotated[str, typer.Option(help="The buyer's name, such as “Kuntien Tiera Oy”.", prompt=True)],
    business_id: Annotated[str, typer.Option(help="Its business id.", prompt=True)],
    key_user: Annotated[str, typer.Option(help="The name of the first key user.", prompt=True)],
    email: Annotated[str, typer.Option(help="The key user's address.", prompt=True)],
) -> None:
    """Begin an installation: the buyer, and its first key user, who then does all the rest.

    Prints a link with which the key user chooses a password; it works once, for 72 hours.
    """
    import asyncio

    from backend.identity.founding import begin_installation
    from backend.kit import migrating

    settings = Settings.read()
    with database() as url, _troubles():
        migrating.require_head(url)
        link = asyncio.run(
            begin_installation(
                url, settings.base_url, name=name, business_id=business_id, person_name=key_user, email=email
            )
        )
    say(f"The key user chooses a password here, once, within 72 hours: {link}")


@app.command()
def backup(to: Annotated[Path, typer.Argument(help="The archive to write.")]) -> None:
    """Write the database and the files into one archive, while everything runs."""
    from backend import backups
    from backend.kit import clock

    with database() as url:
        backups.backup(url, Settings.read().files, to, clock.now(), say)


@app.command()
def restore(archive: Annotated[Path, typer.Argument(help="What `portaali backup` wrote.")]) -> None:
    """Bring a backup back, into an empty database and an empty folder of files."""
    from backend import backups

    with database() as url:
        backups.restore(url, Settings.read().files, archive, say)


@app.command()
def verify() -> None:
    """Check that what is on record is what was sealed, night by night, since the beginning."""
    import asyncio

    from backend.kit import migrating
    from backend.kit.database import make_engine, make_sessions
    from backend.kit.seals import Broken, find_broken

    async def broken(url: str) -> list[Broken]:
        engine = make_engine(url)
        try:
            async with make_sessions(engine)() as session:
                return [day async for day in find_broken(session)]
        finally:
            await engine.dispose()

    with database() as url, _troubles():
        migrating.require_head(url)
        days = asyncio.run(broken(url))
    if days:
        told = "; ".join(f"{each.day}: sealed with {each.sealed} events, now {each.found}" for each in days)
        raise Trouble(f"The record is not what was sealed ({told}): compare with a backup from before.")
    say("Every sealed day is as it was.")


@app.command()
def schema(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail when it would.")] = False,
    to: Annotated[Path, typer.Option(help="The file to write.")] = Path("schema.graphql"),
) -> None:
    """Print the GraphQL schema from the code into schema.graphql; the check also finds what breaks a client unsaid."""
    from backend.graphql import breaking
    from backend.graphql.reads.check import problems
    from backend.graphql.schema import build, print_schema

    if wrong := [*problems(build()._schema)]:
        raise Trouble("\n".join(wrong))
    text = print_schema(build())
    if not check:
        to.write_text(text)
        return
    if not to.exists() or to.read_text() != text:
        raise Trouble(f"{to} is not what the code says: run `make schema` and look at what changed.")
    before, changelog = breaking.earlier(to), to.with_name("CHANGELOG.md")
    said = changelog.read_text() if changelog.exists() else ""
    if unnamed := [*breaking.unnamed(before, text, said)] if before else []:
        raise Trouble("\n".join(unnamed))


@app.command()
def rules() -> None:
    """Write docs/rules.md (where the code keeps each rule, what proves it), docs/states.md and docs/permissions.md."""
    from backend import diagrams, permissions
    from backend.rulebook.table import print_rules

    print_rules()
    diagrams.write(Path("docs/states.md"))
    permissions.write(Path("docs/permissions.md"))


@app.command()
def load(scale: Annotated[Scale, typer.Option(help="How much.")] = Scale.SMALL) -> None:
    """Fill an empty database with data for measuring, far more than the demo has."""
    from backend.demo.load import load as load_data

    with database() as url:
        load_data(url, scale.value)


@app.command()
def bench(
    peer: Annotated[bool, typer.Option("--peer", help="Measure against PostGraphile too (needs npm).")] = False,
) -> None:
    """Measure, in one run, against the bare limit; from a checkout."""
    import subprocess

    if not Path("bench", "__main__.py").exists():
        raise Trouble("There is no bench/ here: run it in a checkout of the project.")
    done = subprocess.run([sys.executable, "-m", "bench", *(["--peer"] if peer else [])], env=dict(os.environ))
    raise typer.Exit(done.returncode)


@contextmanager
def database() -> Iterator[str]:
    """The address of the database that is meant: DATABASE_URL's, or the embedded one, started if it does not run."""
    from backend import embedded

    settings = Settings.read()
    if settings.database_url:
        yield settings.database_url
    elif running := embedded.find_running(settings.data):
        yield running[0]
    else:
        with embedded.servers(settings.data, valkey=False, say=say) as own:
            yield own.database_url


@contextmanager
def _troubles() -> Iterator[None]:
    """A database that cannot be reached or used is a Trouble."""
    from psycopg import OperationalError, ProgrammingError

    from backend.kit.migrating import UnsuitableDatabase

    try:
        yield
    except UnsuitableDatabase as fault:
        raise Trouble(str(fault)) from fault
    except (OperationalError, ProgrammingError) as fault:  # the second: its address cannot be read
        raise Trouble(f"The database cannot be reached: {str(fault).strip()}") from fault


def _has_a_past(url: str) -> bool:
    """Whether anything has ever happened in the database: whatever does leaves an event."""
    import psycopg

    with psycopg.connect(url) as connection:
        return connection.execute("SELECT FROM events LIMIT 1").fetchone() is not None
