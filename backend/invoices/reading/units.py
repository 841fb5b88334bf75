"""Units of quantities and prices: a UN/ECE code when it is certain, never a guess."""

import re
from decimal import Decimal
from typing import Final

_CODE: Final = re.compile(r"[A-Z0-9]{2,3}")
_MUTUALLY_DEFINED: Final = "ZZ"
_CENTS: Final = re.compile(r"(?:c|ct|cnt|cent|cents|snt|sentti|senttiä)\s*/.*|snt", re.IGNORECASE | re.DOTALL)
_HUNDRED: Final = Decimal(100)

# Words people write. "t" is hour (tunti, timme) or tonne, "htp" a day of agreed length: both stay unknown.
_WORDS: Final = {
    "h": "HUR",
    "tunti": "HUR",
    "tuntia": "HUR",
    "tunnit": "HUR",
    "timme": "HUR",
    "timmar": "HUR",
    "tim": "HUR",
    "hour": "HUR",
    "hours": "HUR",
    "min": "MIN",
    "pv": "DAY",
    "päivä": "DAY",
    "päivää": "DAY",
    "dag": "DAY",
    "dagar": "DAY",
    "kk": "MON",
    "kuukausi": "MON",
    "kuukautta": "MON",
    "mån": "MON",
    "månad": "MON",
    "kpl": "C62",
    "kappale": "C62",
    "st": "C62",
    "pcs": "C62",
    "kwh": "KWH",
}


def unit_of_code(code: str | None) -> str | None:
    """A UN/ECE Recommendation 20 code as given, None when it cannot be one or says nothing (`ZZ`)."""
    plain = (code or "").strip()
    return plain if _CODE.fullmatch(plain) and plain != _MUTUALLY_DEFINED else None


def unit_of_word(word: str | None) -> str | None:
    """The code that a sender's own word for a unit stands for, None unless it can be only one."""
    return _WORDS.get((word or "").strip().rstrip(".").lower())


def price_in_currency(price: Decimal, price_unit: str | None) -> Decimal:
    """A price in whole currency units; `c/kWh` and `snt/kWh` are hundredths."""
    return price / _HUNDRED if _CENTS.fullmatch((price_unit or "").strip()) else price
