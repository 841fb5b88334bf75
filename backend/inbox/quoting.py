"""What somebody wrote, without the mail they answer."""

import re
from typing import Final

_RULER: Final = re.compile(
    r"\s*(?:[-_]{2,}\s*(?:original message|alkuperäinen viesti|ursprungligt meddelande|forwarded message"
    r"|välitetty viesti|vidarebefordrat meddelande)\s*[-_]{2,}|_{20,})\s*",
    re.IGNORECASE,
)
_HEADER: Final = re.compile(
    r"[>\s*]*(from|lähettäjä|från|sent|lähetetty|skickat|date|päiväys|päivämäärä|datum|to|vastaanottaja|kenelle|till"
    r"|subject|aihe|ämne)\s?\*?:",
    re.IGNORECASE,
)
_SENDER: Final = ("from", "lähettäjä", "från")
_ATTRIBUTION: Final = re.compile(
    r"\s*\S.{0,300}(?:wrote|kirjoitti|skrev|writes|kirjoittaa)\b.{0,200}:\s*", re.IGNORECASE
)
_SIGNATURE: Final = re.compile(r"--\s?")
_LOOK_AHEAD: Final = 4


def unquoted(text: str) -> str:
    """The text above the mail that it answers, and above the signature; the whole where nothing would be left."""
    lines = text.split("\n")
    last = max((i for i, line in enumerate(lines) if line.strip() and not line.startswith(">")), default=-1)
    end = next((i for i in range(len(lines)) if _ends_at(lines, i, last)), len(lines))
    own = _without_tail(lines[:end])
    signature = next((i for i, line in enumerate(own) if _SIGNATURE.fullmatch(line)), len(own))
    for kept in (own[:signature], own):
        if said := "\n".join(kept).strip():
            return said
    return text.strip()


def _ends_at(lines: list[str], i: int, last: int) -> bool:
    """Whether the mail that is answered begins here; `last` is the last line that is not quoted."""
    line, after = lines[i], lines[i + 1 : i + 1 + _LOOK_AHEAD]
    if _RULER.fullmatch(line[:200]):
        return True
    if (found := _HEADER.match(line[:200])) and found[1].lower() in _SENDER:
        return sum(_HEADER.match(each[:200]) is not None for each in after) >= 2
    if not line.strip() or line.startswith(">"):
        return False
    if not _is_attribution(line) and not _is_attribution_in_two(line, after):
        return False
    # Who answers between the quoted lines keeps them: words come after the first of those.
    quoted = next((i + 1 + n for n, each in enumerate(after) if each.startswith(">")), None)
    return last < quoted if quoted is not None else not any(each.strip() for each in after)


def _is_attribution(line: str) -> bool:
    """Whether it says who wrote what follows."""
    return _ATTRIBUTION.fullmatch(line[:500]) is not None


def _is_attribution_in_two(line: str, after: list[str]) -> bool:
    """The same, where a program broke it for its length."""
    return bool(after) and not _is_attribution(after[0]) and _is_attribution(f"{line} {after[0]}")


def _without_tail(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith(">")):
        end -= 1
    return lines[:end]
