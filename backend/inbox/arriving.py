"""A mail's bytes come into the house: read, and kept byte for byte before a row says that they are there."""

import hashlib
from dataclasses import replace
from typing import Final

from backend.files import rules as files
from backend.files.sniffing import sniff
from backend.files.store import Store
from backend.files.verbs import Kept
from backend.inbox.reading import Attachment, read
from backend.inbox.taking_verbs import Arrived

MAIL: Final = "message/rfc822"


def arrive(raw: bytes, store: Store, *, is_whole: bool = True) -> Arrived:
    """Read a mail and keep it with its attachments. Whoever calls runs in a thread.

    `is_whole` is false for the beginning of a mail that was too large to be brought.
    """
    mail = read(raw)
    if not is_whole:
        mail = replace(mail, is_whole=False, attachments=(), others=tuple(each.name for each in mail.attachments))
    kept: list[Kept] = []
    unopened: list[str] = []
    for attachment in mail.attachments:
        media_type = _media_type(attachment)
        if media_type is None or len(kept) == files.MOST_FILES:
            unopened.append(files.read_name(attachment.name))
        else:
            kept.append(_keep(attachment.content, attachment.name, media_type, store))
    unopened += map(files.read_name, mail.others)
    name = hashlib.sha256(raw).hexdigest()[:12]
    whole = _keep(raw, f"{name}.eml" if is_whole else f"{name}-beginning.eml", MAIL, store)
    return Arrived(mail, whole, tuple(kept), tuple(unopened))


def _media_type(attachment: Attachment) -> str | None:
    """What an attachment is, by its bytes, where it may be kept by itself: as strictly as what people upload."""
    return sniff(attachment.content) if 0 < len(attachment.content) <= files.MOST_BYTES else None


def _keep(content: bytes, name: str, media_type: str, store: Store) -> Kept:
    return Kept(store.put(content), len(content), name, media_type)
