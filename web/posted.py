"""The form that came: read, and kept to be sent once more where it could not be carried out.

What is kept is sealed into the page that says so (signing in, trouble) and comes back with its key, so that it counts
once. Files are not kept: the form comes back with a word at each place where one was.
"""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Final

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Receive

from backend.kit import clock
from backend.kit.translation import Text
from web.pages import OF_THE_SESSION, Page
from web.security import TooMuch

MOST_FIELDS: Final = 5_000
_MOST_FILES: Final = 20
_MOST_TEXT: Final = 1_000_000
_SEALED_LASTS: Final = timedelta(hours=1)
_CHOOSE_AGAIN: Final = Text("Choose the file again.")
_TOO_MUCH: Final = Text("This is too much at once. Send smaller files, or fewer of them.")


async def take(page: Page) -> None:
    """Read the form of a request, or the one that was kept and is sent once more. Raises HTTPException.

    Where its files are too much, the fields are there and the files are refused.
    """
    try:
        posted = await page.request.form(max_files=_MOST_FILES, max_fields=MOST_FIELDS, max_part_size=_MOST_TEXT)
    except TooMuch as too_much:
        posted = await _without_files(page, too_much)
    sealed = posted.get("_sealed")
    if isinstance(sealed, str):
        note = page.portal.sealer.unseal("posted", sealed, within=_SEALED_LASTS, now=clock.now())
        if note and note["path"].partition("?")[0] == page.request.url.path:
            ours = [(name, value) for name, value in posted.multi_items() if name in OF_THE_SESSION]
            posted = FormData([*ours, *((name, value) for name, value in note["fields"])])
            page.refused_files = [(name, _CHOOSE_AGAIN) for name in note["files"]]
    page.posted = posted


async def _without_files(page: Page, too_much: TooMuch) -> FormData:
    if too_much.rest is None or not page.request.headers.get("Content-Type", "").startswith("multipart/form-data"):
        raise too_much
    chunks = _chunks(too_much.rest)
    limits = {"max_files": _MOST_FILES, "max_fields": MOST_FIELDS, "max_part_size": _MOST_TEXT}
    try:
        posted = await _Fields(page.request.headers, chunks, **limits).parse()
    except MultiPartException as error:
        raise HTTPException(400) from error
    fields: list[tuple[str, str | UploadFile]] = []
    for name, value in posted.multi_items():
        if isinstance(value, str):
            fields.append((name, value))
        elif value.filename:
            page.refused_files.append((name, _TOO_MUCH))
    await posted.close()
    return FormData(fields)


class _Fields(MultiPartParser):
    """Lets the bytes of files go by."""

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._current_part.file is None:
            super().on_part_data(data, start, end)


async def _chunks(receive: Receive) -> AsyncGenerator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HTTPException(400)
        yield message.get("body", b"")
        more = message.get("more_body", False)
