"""The two processes that stay: the web server and the worker. What each needs is imported when it starts."""

import sys
from typing import Final

from backend.settings import Settings, Trouble

GRACE: Final = 15
"""Seconds that requests in hand have to finish when the server is asked to stop."""


def serve() -> None:
    """Run the web server: the portal and its API, on HOST and PORT.

    Needs DATABASE_URL, REDIS_URL and PORTAALI_SECRET. A signal to end lets requests in hand finish.
    """
    import gc
    import signal

    gc.disable()  # what is made until the server runs stays: to look for garbage in it takes a tenth of the start
    _do_without_rich()

    from backend.listening import SIGNALS, bind

    settings = Settings.read().complete()
    line = bind(settings.host, settings.port)  # what can go wrong is said before the long imports

    import uvicorn

    from backend.kit import logs
    from web.app import create

    logs.configure(production=settings.production)
    config = uvicorn.Config(
        create(settings),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=256 * 1024,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    config.load()
    gc.freeze()  # nor need the collector look at it again
    gc.enable()
    server = uvicorn.Server(config)
    for each in SIGNALS:  # the server has handlers of its own, and raises the signal again when it has ended well
        signal.signal(each, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, server.handle_exit)
    server.run(sockets=[line])
    if not server.started:
        raise Trouble("The web server could not start; the reason is above.")


def _do_without_rich() -> None:
    """structlog loads rich where it finds it, to draw exceptions that our log writes itself: a twentieth of a start."""
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]  # to Python: it is not there


def worker() -> None:
    """Run the worker: hands on what happened, keeps the timetable, sends mail and takes it in.

    Needs DATABASE_URL, REDIS_URL and PORTAALI_SECRET. A signal to end lets jobs in hand finish.
    """
    import gc

    settings = Settings.read().complete()
    _do_without_rich()

    from backend.kit import logs
    from workers.main import run

    logs.configure(production=settings.production)
    gc.collect()
    gc.freeze()  # as in the web server: to look through it while an invoice is judged takes a quarter of a second
    run(settings)
