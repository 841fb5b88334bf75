"""A list as a file to take along: CSV for Finnish spreadsheets, or XLSX."""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from starlette.responses import Response

from backend.kit.translation import Text, show
from web.pages import Page, found

Cell = str | int | float | Decimal | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_PAGES: Final = 100


async def every_row(page: Page, document: str, field: str, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All rows of a list as it is narrowed and sorted, ten thousand at most; `field` is the connection's."""
    rows: list[dict[str, Any]] = []
    after = None
    for _ in range(MOST_PAGES):
        some = (await page.query(document, **variables, first=100, after=after))[field]
        rows += some["nodes"]
        after = some["pageInfo"]["endCursor"]
        if not some["pageInfo"]["hasNextPage"]:
            break
    return rows


def writer_of(page: Page) -> Callable[..., Awaitable[Response]]:
    """What writes a file of the kind that the address ends in; 404 for another than CSV and XLSX."""
    return found({"csv": as_csv, "xlsx": as_xlsx}.get(page.path("kind")))


async def as_csv(page: Page, name: str, headings: Sequence[Text], rows: Sequence[Sequence[Cell]]) -> Response:
    """Semicolons, decimal commas, a byte order mark; `name` is the file's, without its ending."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow([show(heading, page.language) for heading in headings])
    for row in rows:
        writer.writerow([str(c).replace(".", ",") if isinstance(c, float | Decimal) else quoted(c) for c in row])
    return attachment(("\ufeff" + target.getvalue()).encode(), "text/csv; charset=utf-8", f"{name}.csv")


async def as_xlsx(page: Page, name: str, headings: Sequence[Text], rows: Sequence[Sequence[Cell]]) -> Response:
    """One sheet; numbers stay numbers."""
    content = await asyncio.to_thread(_workbook, [show(heading, page.language) for heading in headings], rows)
    return attachment(content, _XLSX, f"{name}.xlsx")


def quoted(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula is made a text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _workbook(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    from openpyxl import Workbook  # who exports nothing need not pay for it

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(headings))
    for row in rows:
        sheet.append([quoted(cell) for cell in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def attachment(content: bytes, media_type: str, name: str) -> Response:
    """A file to take along, which nothing on the way keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=media_type, headers=headers)
