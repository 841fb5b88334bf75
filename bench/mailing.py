"""From a verb's commit to its mail handed over: the worker runs as in production, mails go to a folder."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

from backend.identity.actors import actor_of_person
from backend.kit import clock
from backend.kit.actor import Actor, Channel
from backend.kit.database import Sessions, make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.orders import draft_verbs, estimate_verbs
from backend.parties.model import Organisation, Person
from bench.measuring import INSTALLED, ROOT, cpu_of
from bench.scenery import Person as Holder
from bench.scenery import ask

QUIET = 0.4
"""Seconds for the mails of what went before, of which no number is known, to be gone."""


def measure(url: str, environment: dict[str, str], orderer: Holder, folder: Path, repetitions: int) -> list[float]:
    """Milliseconds from the return of the entrance, when all is committed, until the first mail is there."""
    words = [sys.executable, "-m", "backend.cli", "worker"]
    process = subprocess.Popen(words, env={**INSTALLED, **environment}, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        _await_idle(process.pid)
        return asyncio.run(_measure(url, orderer, folder, repetitions))
    finally:
        process.terminate()
        process.wait(30)


def _await_idle(pid: int) -> None:
    """Until a worker has done what its timetable finds in fresh data: judging shares the loop with mails."""
    until, before = time.monotonic() + 60, -1.0
    while time.monotonic() < until and (now := cpu_of(pid)) - before > 0.1:
        before = now
        time.sleep(1)  # what a process does not do is no event: two readings of its CPU show it


async def _measure(url: str, orderer: Holder, folder: Path, repetitions: int) -> list[float]:
    engine = make_engine(url, pool_size=2)
    sessions = make_sessions(engine)
    entrance, actor = Entrance(sessions), await _actor(sessions, orderer)
    ((agreement_id,),) = ask(url, "SELECT agreement_id FROM orders ORDER BY id LIMIT 1")
    times = []
    for n in range(repetitions + 2):
        content = draft_verbs.Content(title=f"Mittaus {n}", description="Mitataan, kauanko viesti kestää.")
        order = (
            await entrance.enter(actor, draft_verbs.create_order, agreement_id=agreement_id, content=content)
        ).thing()
        await asyncio.sleep(QUIET)
        before = _mails(folder)
        (await entrance.enter(actor, estimate_verbs.request_estimate, order_id=order.id)).thing()
        began = time.perf_counter()
        while _mails(folder) == before:
            if time.perf_counter() - began > 30:
                raise SystemExit("no mail was handed over in half a minute")
            await asyncio.sleep(0.001)  # the figure's grain; Python has no word of a folder's new files
        times.append((time.perf_counter() - began) * 1e3)
        await asyncio.sleep(QUIET)
    await engine.dispose()
    return times[2:]  # the first ones wait for the worker to start


def _mails(folder: Path) -> int:
    return len(os.listdir(folder)) if folder.exists() else 0


async def _actor(sessions: Sessions, holder: Holder) -> Actor:
    async with sessions() as session:
        person = await session.get_one(Person, holder.id)
        organisation = await session.get_one(Organisation, holder.organisation_id)
        actor = await actor_of_person(session, person, organisation, clock.now(), Channel.PORTAL)
    assert actor
    return actor
