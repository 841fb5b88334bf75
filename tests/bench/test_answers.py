import http.server
import json
import socketserver
import threading
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from bench.answers import agree, differences, rows_of

OURS = {
    "order": {"id": "Order:7", "state": "IN_PROGRESS", "orderedBy": {"name": "Aino"}},
    "timeEntries": {"nodes": [{"id": "TimeEntry:2", "day": "2026-11-02", "minutes": 90, "person": {"name": "Ville"}}]},
    "invoiceLines": {"nodes": [{"quantity": 1.5, "amount": {"amount": "120.00", "currency": "EUR"}, "text": None}]},
}
ITS = {
    "order": {
        "id": "7",
        "state": "in_progress",
        "orderedBy": {"name": "Aino"},
        "timeEntries": {"nodes": [{"id": "2", "day": "2026-11-02", "minutes": "90", "person": {"name": "Ville"}}]},
        "invoiceLines": {"nodes": [{"quantity": "1.500", "amount": "120.00", "text": None}]},
    }
}
BARE = {
    "order": {"id": 7, "state": "in_progress", "orderedBy": "Aino"},
    "timeEntries": [{"id": 2, "day": "2026-11-02", "minutes": 90, "person": "Ville"}],
    "invoiceLines": [{"quantity": "1.5", "amount": "120.0", "text": None}],
}


def found(one, other, kept=()):
    return list(differences(rows_of({"data": one}, kept), rows_of({"data": other}, kept)))


@pytest.mark.parametrize("other", [ITS, BARE])
def test_the_same_rows_in_another_form_are_the_same(other):
    assert found(OURS, other) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-11-05T10:50:00+00:00", "2026-11-05T12:50:00.000000+02:00"),
        ("2026-11-05T10:50:00Z", "2026-11-05T10:50:00.000000+00:00"),
        ("DESK", "desk"),
        (1200, "1200.00"),
        (True, True),
    ],
)
def test_values_are_compared_and_not_how_they_are_written(one, other):
    assert found({"a": {"b": one, "c": 1}}, {"a": {"b": other, "c": 1}}) == []


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ([{"id": "Order:7", "n": 1}], [{"id": "8", "n": 1}], ["[0].id: '7' and '8'"]),
        ([{"id": "Order:7", "n": 1}], [], ["the top: 1 and 0 rows"]),
        ([{"id": 7, "n": None}], [{"id": 7, "n": "x"}], ["[0].n: None and 'x'"]),
        ([{"id": 7, "n": 1}], [{"id": 7, "m": 1}], ["[0]: fields ['id', 'n'] and ['id', 'm']"]),
        ([{"id": 7, "n": {"nodes": [1, 2]}}], [{"id": 7, "n": {"nodes": [1]}}], ["[0].n: 2 and 1 rows"]),
        ([{"at": "2026-11-05T10:50:00Z"}], [{"at": "2026-11-05T10:50:01Z"}], None),
    ],
)
def test_rows_that_differ_are_told_with_their_place(one, other, told):
    differing = found({"orders": {"nodes": one}}, {"orders": {"nodes": other}})
    assert differing == told if told else len(differing) == 1


def test_cursors_and_what_is_kept_from_who_asks_are_not_compared():
    ours = {"tickets": {"nodes": [{"id": 1, "state": "x", "requester": None}], "pageInfo": {"endCursor": "a"}}}
    its = {"tickets": {"nodes": [{"id": 1, "state": "x", "requester": {"name": "A"}}], "pageInfo": {"endCursor": "b"}}}
    assert len(found(ours, its)) == 1
    assert found(ours, its, kept=("requester",)) == []


@contextmanager
def answering(*answers):
    """A server on the loopback that gives these in turn."""
    left = list(answers)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(left.pop(0)).encode())

        def log_message(self, *_):
            pass

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield SimpleNamespace(port=server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


REQUESTS = [{"method": "GET", "path": "/"}] * 2


def orders(*ids):
    return {"data": {"orders": {"nodes": [{"id": id, "state": "ended"} for id in ids]}}}


def test_rows_are_counted_where_all_answer_alike():
    with answering(orders(1, 2), orders(3)) as ours, answering(orders(1, 2), orders(3)) as other:
        assert agree("list", {"ours": (ours, REQUESTS), "peer": (other, REQUESTS)}) == 3


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        (orders(4), r"to list, ours and peer answer differently at \[0\].id: '3' and '4'"),
        ({"errors": [{"message": "no"}]}, "An answer is at fault"),
    ],
)
def test_nothing_is_measured_where_one_answers_otherwise(second, sentence):
    with (
        answering(orders(1, 2), orders(3)) as ours,
        answering(orders(1, 2), second) as other,
        pytest.raises(SystemExit, match=sentence),
    ):
        agree("list", {"ours": (ours, REQUESTS), "peer": (other, REQUESTS)})


def test_nothing_is_measured_where_there_are_no_rows():
    with (
        answering(orders(), orders()) as ours,
        answering(orders(), orders()) as other,
        pytest.raises(SystemExit, match="list has no rows"),
    ):
        agree("list", {"ours": (ours, REQUESTS), "peer": (other, REQUESTS)})
