"""The form that came, read: as it was typed, or as it was kept and is sent once more (`web/kept.py`)."""

from typing import Final

from starlette.datastructures import FormData

from backend.kit.translation import Text
from web.kept import ANOTHERS, MOST_TEXT, OF_THE_SESSION, TOO_OLD, unseal
from web.pages import Page, Problem

MOST_FIELDS: Final = 5_000
_MOST_FILES: Final = 20
_OF_THE_KEPT: Final = OF_THE_SESSION | {"_sealed"}
"""Fields of a form that only sends on what was kept; others carry it along, as signing in does."""
_CHOOSE_AGAIN: Final = Text("Choose the file again.")


async def take(page: Page) -> None:
    """Read the form of a request, or the one that was kept and is sent once more.

    Raises HTTPException where it cannot be read, and Problem where what was kept is too old or is another person's.
    """
    posted = await page.request.form(max_files=_MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_TEXT)
    sealed = posted.get("_sealed")
    if isinstance(sealed, str) and _OF_THE_KEPT.issuperset(posted):
        kept = unseal(page.portal.sealer, sealed)
        if kept is None or kept.path.partition("?")[0] != page.request.url.path:
            raise Problem(400, TOO_OLD)
        if kept.owner != posted.get("_csrf"):
            raise Problem(403, ANOTHERS)
        ours = [(name, value) for name, value in posted.multi_items() if name in OF_THE_SESSION]
        posted = FormData([*ours, *((name, value) for name, value in kept.fields)])
        page.refused_files = [(name, _CHOOSE_AGAIN) for name in kept.files]
    page.posted = page.came = posted
