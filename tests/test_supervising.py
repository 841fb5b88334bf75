import os
import signal
import socket

import pytest

from backend.listening import SIGNALS, bind
from backend.settings import Trouble
from backend.supervising import Stopped, kept_secret, stoppable, write_private


def test_a_port_that_is_taken_is_said_with_another_that_may_be_free():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Trouble, match=f"Port {port} of 127.0.0.1 cannot be used .* PORT={port + 1} make demo"):
            bind("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_a_host_that_is_not_here_is_said(host):
    with pytest.raises(Trouble, match=r"HOST is .* no address of this machine"):
        bind(host, 8000)


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_stops_and_the_next_cannot_cut_the_stopping_short(number):
    before = signal.getsignal(number)
    steps = []

    def work():
        with stoppable():
            try:
                os.kill(os.getpid(), number)
                signal.pause()
            finally:
                for each in SIGNALS:
                    os.kill(os.getpid(), each)
                steps.append("stopped in order")

    with pytest.raises(Stopped):
        work()
    assert steps == ["stopped in order"]
    assert signal.getsignal(number) == before


def test_the_secret_is_made_once_and_ours_alone(tmp_path):
    secret = kept_secret(tmp_path / "data")
    assert len(secret) >= 32
    assert kept_secret(tmp_path / "data") == secret
    assert (tmp_path / "data" / "secret").stat().st_mode & 0o777 == 0o600


def test_a_private_file_is_replaced_whole(tmp_path):
    file = tmp_path / "demo.json"
    file.write_text("old and readable by all")
    write_private(file, "new")
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]
