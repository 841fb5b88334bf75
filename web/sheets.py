"""A list as a file to take along: CSV for Finnish spreadsheets, or XLSX."""

import asyncio
import csv
import io
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from starlette.responses import Response

from backend.kit.clock import HELSINKI
from backend.kit.translation import Text, show
from web.pages import Page, Problem, found

Cell = str | int | float | Decimal | None
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
"""A moment as the schema writes it."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE: Final = 100
MOST_ROWS: Final = 10_000
WIDER: Final = Text(
    "What narrows the list cannot be read, and the file would have more than you asked for. Mend it on the page of the"
    " list, and take the file from there."
)


async def every_row(page: Page, document: str, field: str, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All rows of a list as it is narrowed and sorted; `field` is the connection's.

    Raises Problem where there are more than ten thousand: a file that lacks some would look like all of them; and where
    the address has what cannot be read: one of all rows would look like that of a few.
    """
    if page.filter and page.filter.misread:
        raise Problem(422, WIDER)
    rows: list[dict[str, Any]] = []
    after = None
    for _ in range(MOST_ROWS // PAGE):
        some = (await page.query(document, **variables, first=PAGE, after=after))[field]
        rows += some["nodes"]
        after = some["pageInfo"]["endCursor"]
        if not some["pageInfo"]["hasNextPage"]:
            return rows
    raise Problem(413, Text("This is more than %(most)s rows. Narrow the list, and take it in parts.", most=MOST_ROWS))


def writer_of(page: Page) -> Callable[..., Awaitable[Response]]:
    """What writes a file of the kind that the address ends in; 404 for another than CSV and XLSX."""
    return found({"csv": as_csv, "xlsx": as_xlsx}.get(page.path("kind")))


async def as_csv(page: Page, name: str, headings: Sequence[Text], rows: Sequence[Sequence[Cell]]) -> Response:
    """Semicolons, decimal commas, a byte order mark, Helsinki's time; `name` is the file's, without its ending."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow([show(heading, page.language) for heading in headings])
    for row in rows:
        writer.writerow([_said(cell) for cell in row])
    return attachment(("\ufeff" + target.getvalue()).encode(), "text/csv; charset=utf-8", f"{name}.csv")


def _said(cell: Cell) -> Cell:
    """A cell of a CSV file."""
    if isinstance(cell, float | Decimal):
        return f"{Decimal(str(cell)):f}".replace(".", ",")
    at = local(cell)
    return f"{at:%Y-%m-%d %H:%M}" if isinstance(at, datetime) else quoted(at)


async def as_xlsx(page: Page, name: str, headings: Sequence[Text], rows: Sequence[Sequence[Cell]]) -> Response:
    """One sheet; numbers stay numbers, and moments are moments in Helsinki's time."""
    content = await asyncio.to_thread(_workbook, [show(heading, page.language) for heading in headings], rows)
    return attachment(content, _XLSX, f"{name}.xlsx")


def local(cell: Cell) -> Cell | datetime:
    """A moment of the schema as a clock on a Finnish wall shows it, to the minute; all else as it is."""
    if not isinstance(cell, str) or not _INSTANT.fullmatch(cell):
        return cell
    return datetime.fromisoformat(cell).astimezone(HELSINKI).replace(second=0, microsecond=0, tzinfo=None)


def quoted(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula is made a text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _workbook(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    from openpyxl import Workbook  # who exports nothing need not pay for it

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(headings))
    for row in rows:
        sheet.append([at if isinstance(at := local(cell), datetime) else quoted(at) for cell in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def attachment(content: bytes, media_type: str, name: str) -> Response:
    """A file to take along, which nothing on the way keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=media_type, headers=headers)
