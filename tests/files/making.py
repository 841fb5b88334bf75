"""Files for tests."""

import hashlib
import io
import zipfile

from sqlalchemy.ext.asyncio import AsyncSession

from backend.files import verbs
from backend.files.model import StoredFile
from backend.files.sniffing import PDF
from backend.kit.actor import Actor
from backend.parties import right_queries as _rights_hold_files  # noqa: F401  # registers them
from tests.making import NOW

PDF_BYTES = b"%PDF-1.7\n1 0 obj\n"


def office_document(inside: str = "word/document.xml") -> bytes:
    """The bytes of an archive with one file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(inside, "<x/>")
    return target.getvalue()


async def make_file(session: AsyncSession, actor: Actor, content: bytes = PDF_BYTES, name: str = "a.pdf") -> StoredFile:
    """A file that the actor brought and nothing uses yet; its bytes are in no store."""
    sha256 = hashlib.sha256(content).hexdigest()
    return await verbs.add_file(session, actor, sha256=sha256, size=len(content), name=name, media_type=PDF, now=NOW)
