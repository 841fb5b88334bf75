"""Finnish business ids, bank accounts, and links that may be shown."""

import re
from typing import Final
from urllib.parse import urlsplit

_BUSINESS_ID: Final = re.compile(r"(?:FI|0037)?([0-9]{7})-?([0-9])")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2)
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_LINK: Final = re.compile(r"https://[!-~]+", re.IGNORECASE)
_MOST_IN_A_LINK: Final = 2000


def normalise_business_id(given: str | None) -> str | None:
    """`2345678-0`, `23456780`, `FI23456780` (VAT) or `003723456780` (OVT) → `2345678-0`.

    None when it is none of these or its check digit is wrong.
    """
    found = _BUSINESS_ID.fullmatch("".join((given or "").split()).upper())
    if not found:
        return None
    rest = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, found[1], strict=True)) % 11
    if rest == 1 or int(found[2]) != (11 - rest) % 11:
        return None
    return f"{found[1]}-{found[2]}"


def normalise_account(given: str) -> str:
    """An account number without spaces, in capitals; not judged here (see `is_iban`)."""
    return "".join(given.split()).upper()


def is_iban(account: str) -> bool:
    """Whether a normalised account number is an IBAN with right check digits (ISO 13616)."""
    if not _IBAN.fullmatch(account):
        return False
    return int("".join(str(int(character, 36)) for character in account[4:] + account[:4])) % 97 == 1


def safe_link(given: str | None) -> str | None:
    """The address when it is a plain https one, else None: nothing else is ever shown as a link."""
    address = (given or "").strip()
    if len(address) > _MOST_IN_A_LINK or not _LINK.fullmatch(address):
        return None
    try:
        parts = urlsplit(address)
        has_good_port = parts.port != 0
    except ValueError:
        return None
    return address if has_good_port and parts.hostname and "@" not in parts.netloc else None


def plain_name(given: str | None) -> str | None:
    """The last part of a file's name, without folders and unprintable characters; None when nothing is left."""
    last = re.split(r"[/\\]", given or "")[-1]
    name = " ".join("".join(character if character.isprintable() else " " for character in last).split())
    return name[:200] if name.strip(". ") else None
