import json
import logging
from io import StringIO

import psycopg
import pytest
import structlog

from backend.kit import logs


@pytest.fixture
def written():
    """Where logs go to; logging is as it was afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield StringIO()
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def lines(written):
    """What has been logged, as JSON."""
    logs.configure(production=True, stream=written)
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_is_json_with_level_time_and_what_is_bound(lines):
    with structlog.contextvars.bound_contextvars(request="abc"):
        structlog.stdlib.get_logger("portaali").info("relay.swept", count=3)
    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "relay.swept", "level": "info", "logger": "portaali", "request": "abc", "count": 3}


def test_a_line_that_cannot_be_written_stops_nobody(written):
    logs.configure(production=True, stream=written)
    written.close()
    structlog.stdlib.get_logger("portaali").info("relay.swept")


def test_lines_of_libraries_look_the_same(lines):
    logging.getLogger("some.library").warning("slow by %s ms", 12)
    assert lines()[0]["event"] == "slow by 12 ms"


@pytest.mark.parametrize("key", ["email", "display_name", "password", "token", "query", "recipient", "api_token"])
def test_what_is_personal_by_name_is_blanked(lines, key):
    structlog.stdlib.get_logger("portaali").info("signed_in", **{key: "Aino Virtanen"})
    assert lines()[0][key] == "–"


def test_an_error_of_the_database_is_told_without_the_values_of_the_statement(lines, empty_database_url):
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("CREATE TABLE accounts (email text UNIQUE)")
        connection.execute("INSERT INTO accounts VALUES ('aino@example.fi')")
        try:
            connection.execute("INSERT INTO accounts VALUES ('aino@example.fi')")
        except psycopg.errors.UniqueViolation:
            structlog.stdlib.get_logger("portaali").exception("failed")
    (line,) = lines()
    assert "23505 duplicate key value violates unique constraint" in line["exception"]
    assert "accounts_email_key" in line["exception"]
    assert "aino" not in json.dumps(line).replace("INSERT INTO accounts VALUES ('aino@example.fi')", "")


async def _call(app, headers=()):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/invitation/one-time", "query_string": b"q=Aino"}
    await logs.RequestLog(app)(scope | {"headers": list(headers)}, None, send)
    return sent


async def _answer(scope, receive, send):
    structlog.stdlib.get_logger("portaali").info("inside")
    await send({"type": "http.response.start", "status": 404, "headers": [(b"a", b"b")]})


async def test_a_request_has_one_id_in_its_lines_and_its_answer_and_its_path_is_not_told(lines):
    sent = await _call(_answer)
    inside, request = lines()
    assert inside["request"] == request["request"] == dict(sent[0]["headers"])[b"x-request-id"].decode()
    assert (request["method"], request["route"], request["status"]) == ("GET", "–", 404)
    assert "one-time" not in json.dumps(request)
    assert "Aino" not in json.dumps(request)


@pytest.mark.parametrize(
    ("given", "is_kept"), [(b"0123456789abcdef", True), (b"short", False), (b'"}\nforged line', False)]
)
async def test_an_id_from_outside_is_kept_only_when_it_is_sane(lines, given, is_kept):
    sent = await _call(_answer, [(b"x-request-id", given)])
    assert (dict(sent[0]["headers"])[b"x-request-id"] == given) is is_kept


async def test_a_request_that_fails_is_told_too(lines):
    async def fails(scope, receive, send):
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await _call(fails)
    assert lines()[-1]["event"] == "request"


def test_on_a_developers_machine_lines_are_for_people(written):
    logs.configure(production=False, stream=written)
    structlog.stdlib.get_logger("portaali").info("relay.swept", count=3)
    assert "relay.swept" in written.getvalue()
    assert "count=3" in written.getvalue()
    assert not written.getvalue().startswith("{")
