"""What people read of documents."""

from collections.abc import Mapping

from backend.kit.translation import Text

SENTENCES: Mapping[str, Text] = {
    "document.added": Text("The document was added to the register."),
    "document.edited": Text("What the register says of the document was changed."),
    "document.updated": Text("The document has a new version: %(ordinal)s."),
    "document.reviewed": Text("The document was looked through; the next time is by %(review_on)s."),
    "document.retired": Text("The document is used no more; the reason is on its page."),
    "document.submitted": Text("The supplier means the document for customers; it waits for Tiera's release."),
    "document.released": Text("Tiera has released the document to customers: version %(ordinal)s."),
    "document.returned": Text("Tiera did not release the document to customers; the reason is on its page."),
}
