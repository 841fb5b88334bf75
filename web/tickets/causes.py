"""What an incident of wide reach waits for before it is closed (H11.2.3-b)."""

from collections.abc import Mapping
from typing import Any

from backend.kit.translation import Text

LACKS_CAUSE = Text("An incident of wide reach is closed once its root cause has been written.")


def lacks_cause(ticket: Mapping[str, Any]) -> bool:
    """Whether it is resolved, and closed by nobody before its root cause has been written (H11.2.3-b)."""
    return bool(ticket["state"] == "RESOLVED" and ticket["lacksCause"])
