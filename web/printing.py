"""A document to take along as a PDF, tagged for screen readers; what people wrote is set as text, never as markup."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from starlette.responses import Response

from backend.kit.actor import Language
from backend.kit.clock import now
from backend.kit.translation import show
from web.pages import Page
from web.sheets import attachment

_TURNING: Final = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""Signs that turn the direction of what comes after them: in one text they would turn the next one too."""
_PAPER: Final = Path(__file__).parent / "layout" / "paper.typ"


@dataclass(frozen=True)
class Paper:
    """What is printed: values of any kind that people read, in blocks one below the other."""

    title: object
    lede: object
    blocks: Sequence[dict[str, Any]]
    is_wide: bool = False
    """Whether the page lies on its side."""


def heading(text: object, level: int = 1) -> dict[str, Any]:
    return {"kind": "heading", "text": text, "level": level}


def said(text: object) -> dict[str, Any]:
    """What somebody wrote, with its line breaks."""
    return {"kind": "said", "text": text}


def facts(pairs: Iterable[tuple[object, object]]) -> dict[str, Any]:
    """Terms and what is said of them; None is left out."""
    return {"kind": "facts", "pairs": [pair for pair in pairs if pair[1] is not None]}


def table(columns: Sequence[tuple[object, int]], rows: Sequence[Sequence[object]]) -> dict[str, Any]:
    """`columns` are headings with their shares of the width; the heading stands on each page."""
    return {"kind": "table", "headings": [name for name, _ in columns], "widths": [w for _, w in columns], "rows": rows}


async def as_pdf(page: Page, name: str, paper: Paper) -> Response:
    """The document in the reader's language; `name` is the file's, without its ending."""
    data = {
        "title": paper.title,
        "lede": paper.lede,
        "blocks": paper.blocks,
        "wide": paper.is_wide,
        "language": page.language.value,
    }
    content = await asyncio.to_thread(_set, json.dumps(_written(data, page.language)), now().replace(microsecond=0))
    return attachment(content, "application/pdf", f"{name}.pdf")


def _written(value: Any, language: Language) -> Any:
    """The data with everything that people read written for them; shapes, numbers and flags stay what they are."""
    if isinstance(value, dict):
        return {key: _written(each, language) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_written(each, language) for each in value]
    return value if isinstance(value, int) else show(value, language).translate(_TURNING)


def _set(data: str, at: datetime) -> bytes:
    import typst  # who prints nothing need not pay for it

    content = typst.compile(_PAPER, sys_inputs={"data": data}, ignore_system_fonts=True, timestamp=at)
    assert isinstance(content, bytes)
    return content
