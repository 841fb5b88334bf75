"""Small pictures of what people bring: drawn by a program of its own, once, and kept beside the bytes."""

import asyncio
import logging
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from backend.files import drawing
from backend.files.drawing import UNDRAWABLE
from backend.files.store import Store

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "image/webp"
LONGEST: Final = 20
"""Seconds that a drawing may take on a busy machine; of a processor it has fewer."""
_PROGRAM: Final = Path(drawing.__file__)
_STOPPED: Final = (-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP)
"""How a program ends that is stopped with the server: nothing is known of the content then."""


class NotDrawn(Exception):
    """It was not drawn this time, for reasons of ours; it may be later."""


@dataclass(frozen=True)
class Previews:
    """The previews of a store. One is drawn at a time: it takes a processor."""

    store: Store
    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def of(self, sha256: str, media_type: str) -> bytes | None:
        """A WebP of the bytes under a hash; None where none can be made. Raises NotDrawn, KeyError for bytes lost."""
        try:
            return await asyncio.to_thread(self.store.get_preview, sha256)
        except KeyError:
            async with self.turn:
                return await asyncio.to_thread(self._draw_once, sha256, media_type)

    def _draw_once(self, sha256: str, media_type: str) -> bytes | None:
        try:
            return self.store.get_preview(sha256)  # drawn while we waited for our turn
        except KeyError:
            drawn = draw(self.store.get(sha256), media_type)
        if drawn is not None:
            self.store.put_preview(sha256, drawn)
        return drawn


def draw(content: bytes, media_type: str) -> bytes | None:
    """Have a preview drawn; None where the content is such that none can be. Raises NotDrawn.

    What the program reads and says goes by files without a name, so that it can fill no memory of ours; it gets
    nothing of our environment.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as drawn, tempfile.TemporaryFile() as said:
        given.write(content)
        given.seek(0)
        try:
            ended = subprocess.run(
                [sys.executable, "-I", _PROGRAM, media_type],
                stdin=given,
                stdout=drawn,
                stderr=said,
                env={},
                cwd="/",
                start_new_session=True,
                timeout=LONGEST,
            ).returncode
        except subprocess.TimeoutExpired as late:
            raise NotDrawn("the machine is too busy") from late
        drawn.seek(0)
        said.seek(0)
        picture, words = drawn.read(), said.read()
    if ended in (0, UNDRAWABLE) or (ended < 0 and ended not in _STOPPED):  # by another signal: a limit was passed
        return picture if ended == 0 and (picture[:4], picture[8:12]) == (b"RIFF", b"WEBP") else None
    log.error("drawing ended with %s: %s", ended, words.decode(errors="replace")[-2000:])
    raise NotDrawn(f"the program ended with {ended}")
