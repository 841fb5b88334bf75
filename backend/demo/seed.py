"""Fill an empty, migrated database with the demo, and tell who can sign in."""

import asyncio
from datetime import date

from backend.demo.beginning import begin, keep, let_in
from backend.demo.desk import Desk
from backend.demo.mailing import Mailing
from backend.demo.meeting import play as meet
from backend.demo.stage import Stage
from backend.demo.story import FIRST_DAY, Story
from backend.files.store import open_store
from backend.kit.actor import SCHEDULE
from backend.kit.calendar import start_of_day
from backend.kit.database import make_engine, make_sessions
from backend.notices.verbs import settle_past
from backend.settings import Settings


def fill(settings: Settings, today: date) -> None:
    """Play the demo's past up to this morning, into `settings.database_url`; `demo.json` says who can sign in."""
    asyncio.run(_fill(settings, today))


async def _fill(settings: Settings, today: date) -> None:
    store = open_store(settings.files)
    engine = make_engine(str(settings.database_url), pool_size=2)
    try:
        stage = Stage(make_sessions(engine, files=store), store, today)
        await begin(stage, stage.day(FIRST_DAY))
        await Story(stage).play()
        await Desk(stage).play()
        await Mailing(stage).play()
        await meet(stage)
        stage.at(today, 0)  # whenever on that day it is filled, nothing is to come
        people = await let_in(stage)
        since = start_of_day(stage.day(-1))
        await stage.entrance.enter(SCHEDULE, settle_past, unread_since=since)
        keep(settings.data / "demo.json", settings.base_url, people)
    finally:
        await engine.dispose()
