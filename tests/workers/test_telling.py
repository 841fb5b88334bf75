"""Nothing lost: whatever ends in the middle, the bell tells once and a mail comes, at most repeated."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from backend import embedded
from backend.kit import migrating
from tests.waiting import eventually
from tests.workers.conftest import Place, leave, make_place
from tests.workers.making import MailServer, ask, killed, mail_server, settings_for, worker

BELLS = "SELECT count(*) FROM deliveries WHERE way = 'bell'"
DONE = "SELECT count(*) FROM deliveries WHERE way = 'mail' AND done_at IS NOT NULL"
TRIES = "SELECT max(tries) FROM deliveries"


@pytest.fixture
def post() -> Iterator[tuple[MailServer, int]]:
    with mail_server() as made:
        yield made


async def test_what_happens_is_in_the_bell_and_mailed(
    place: Place, redis_url: str, tmp_path: Path, post: tuple[MailServer, int]
) -> None:
    server, port = post
    with worker(settings_for(tmp_path, place.url, redis_url, port)):
        await place.happen()
        eventually(lambda: ask(place.url, DONE) == 1)
    assert ask(place.url, BELLS) == len(server.mails) == 1
    (mail,) = server.mails
    assert mail["From"] == "palveluportaali@localhost"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "https://portaali.example.fi/tilaukset/" in mail.get_content()


async def test_what_happened_while_no_worker_ran_is_told_when_one_does(
    place: Place, redis_url: str, tmp_path: Path
) -> None:
    await place.happen(3)
    with worker(settings_for(tmp_path, place.url, redis_url)):
        eventually(lambda: ask(place.url, DONE) == 3)
    assert len(list((tmp_path / "mail").glob("*.eml"))) == ask(place.url, BELLS) == 3


@pytest.mark.long
async def test_two_workers_tell_each_thing_once(
    place: Place, redis_url: str, tmp_path: Path, post: tuple[MailServer, int]
) -> None:
    server, port = post
    here, there = (settings_for(tmp_path / name, place.url, redis_url, port) for name in ("a", "b"))
    with worker(here), worker(there):
        await place.happen(30)
        eventually(lambda: ask(place.url, DONE) == 30)
    assert len(server.keys) == len(set(server.keys)) == ask(place.url, BELLS) == 30


@pytest.mark.long
async def test_a_worker_killed_in_mid_job_tells_once_in_the_bell_and_repeats_a_mail_at_most(
    place: Place, redis_url: str, tmp_path: Path, post: tuple[MailServer, int]
) -> None:
    server, port = post
    settings = settings_for(tmp_path, place.url, redis_url, port)
    server.gate.clear()
    with worker(settings) as first:
        await place.happen()
        assert server.entered.acquire(timeout=10)  # the server has it, the worker does not know yet
        killed(first)
    server.gate.set()
    with worker(settings):
        eventually(lambda: ask(place.url, DONE) == 1)
    assert ask(place.url, BELLS) == 1
    assert len(server.keys) == 2 and len(set(server.keys)) == 1


@pytest.mark.long
async def test_a_worker_asked_to_stop_finishes_the_mail_in_hand_and_leaves_the_rest_to_others(
    place: Place, redis_url: str, tmp_path: Path, post: tuple[MailServer, int]
) -> None:
    server, port = post
    settings = settings_for(tmp_path, place.url, redis_url, port)
    server.gate.clear()
    await place.happen(10)
    with worker(settings, lease=60) as first:
        assert server.entered.acquire(timeout=10)
        first.process.send_signal(first.polite)
        eventually(lambda: "Shutting down" in (first.log or tmp_path).read_text() or not first.is_running)
        server.gate.set()
        assert first.process.wait(20) == 0
    assert ask(place.url, DONE) == len(server.keys) < 10
    with worker(settings, lease=60):
        eventually(lambda: ask(place.url, DONE) == 10)
    assert len(server.keys) == len(set(server.keys)) == 10


async def test_a_mail_that_is_refused_for_good_is_given_up_and_says_why(
    place: Place, redis_url: str, tmp_path: Path, post: tuple[MailServer, int]
) -> None:
    server, port = post
    server.answers.append("550 no such user")
    with worker(settings_for(tmp_path, place.url, redis_url, port)):
        await place.happen()
        eventually(lambda: ask(place.url, "SELECT failure FROM deliveries WHERE given_up_at IS NOT NULL"))
        await place.happen()
        eventually(lambda: ask(place.url, DONE) == 1)
    assert "550 no such user" in ask(place.url, "SELECT failure FROM deliveries WHERE given_up_at IS NOT NULL")


async def test_a_mail_that_is_refused_for_now_waits_for_its_pause(
    place: Place, redis_url: str, tmp_path: Path, post: tuple[MailServer, int]
) -> None:
    server, port = post
    server.answers.append("451 try later")
    with worker(settings_for(tmp_path, place.url, redis_url, port)):
        await place.happen()
        eventually(lambda: ask(place.url, "SELECT failure FROM deliveries WHERE next_at > now()"))
    assert ask(place.url, TRIES) == 1
    assert server.mails == []


@pytest.mark.long
async def test_redis_is_gone_for_a_while_under_use_and_all_is_told_after(
    tmp_path: Path, post: tuple[MailServer, int]
) -> None:
    server, port = post
    with (
        tempfile.TemporaryDirectory(prefix="portaali-") as folder,
        embedded.servers(Path(folder) / "data", durable=False, say=lambda _: None) as own,
    ):
        migrating.upgrade(own.database_url)
        place = await make_place(own.database_url)
        (valkey,) = [child for child in own.children if child.name == "Valkey"]
        with worker(settings_for(tmp_path, own.database_url, own.redis_url, port)):
            await place.happen(5)
            eventually(lambda: ask(place.url, DONE) == 5)
            valkey.stop()
            await place.happen(20)  # nobody who acts notices
            eventually(lambda: ask(place.url, BELLS) == 25)  # and the bell needs no queue
            assert ask(place.url, DONE) == 5
            own.revive(valkey)
            await place.happen(5)
            eventually(lambda: ask(place.url, DONE) == 30, within=20)
        await leave(place)
    assert len(set(server.keys)) == 30


@pytest.mark.long
async def test_what_redis_forgets_is_handed_over_again(
    place: Place, redis_url: str, tmp_path: Path, post: tuple[MailServer, int]
) -> None:
    import redis

    server, port = post
    await place.happen(3)
    with worker(settings_for(tmp_path, place.url, "redis://127.0.0.1:1/0", port), lease=1):
        eventually(lambda: ask(place.url, BELLS) == 3)
    with redis.Redis.from_url(redis_url) as line, worker(settings_for(tmp_path, place.url, redis_url, port), lease=1):
        line.flushdb()
        eventually(lambda: ask(place.url, DONE) == 3)
    assert len(set(server.keys)) == 3


async def test_from_commit_to_mail_handed_over_when_idle(
    place: Place, redis_url: str, tmp_path: Path, post: tuple[MailServer, int]
) -> None:
    server, port = post
    took = []
    with worker(settings_for(tmp_path, place.url, redis_url, port)):
        await place.happen()  # the first pays for imports and connections
        eventually(lambda: ask(place.url, DONE) == 1)
        for n in range(10):
            begun = monotonic()
            await place.happen()
            eventually(lambda n=n: len(server.at) == n + 2)
            took.append((server.at[-1] - begun) * 1_000)
    print(f"\ncommit to mail handed over, idle: {sorted(took)[5]:.0f} ms (median), {max(took):.0f} ms (most)")
    assert len(set(server.keys)) == 11
