"""What people type becomes the schema's scalars, and comes back as one would type it."""

import pytest

from backend.kit.actor import Language
from backend.kit.translation import translate
from web.typed import READERS, Unreadable, typed


@pytest.mark.parametrize(
    ("scalar", "written", "value"),
    [
        ("Minutes", "7,5", 450),
        ("Decimal", "1 234,50", "1234.50"),
        ("Decimal", "-0,5", "-0.5"),
        ("Float", "1,5", 1.5),
        ("Int", "1 200", 1200),
        ("BigInt", "12345678901", "12345678901"),
        ("Date", "24.11.2026", "2026-11-24"),
        ("DateTime", "24.11.2026 klo 16.15", "2026-11-24T14:15:00Z"),
    ],
)
def test_each_scalar_is_read(scalar: str, written: str, value: object) -> None:
    assert READERS[scalar](written) == value


@pytest.mark.parametrize(
    ("scalar", "written"),
    [
        ("Minutes", "x"),
        ("Decimal", "0,123456789"),
        ("Int", "2147483648"),
        ("Int", "1,5"),
        ("Date", "31.2.2026"),
        ("DateTime", "1.1.2026"),
    ],
)
def test_what_cannot_be_read_is_told_with_an_example(scalar: str, written: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        READERS[scalar](written)
    assert "esimerkiksi" in translate(unreadable.value.message, Language.FI)


@pytest.mark.parametrize(
    ("value", "scalar", "shown"),
    [
        (450, "Minutes", "7,5"),
        (-440, "Minutes", "-7:20"),
        ("1234.500000", "Decimal", "1 234,5"),
        ("2026-11-04", "Date", "4.11.2026"),
        ("2026-11-24T14:15:00+00:00", "DateTime", "24.11.2026 16.15"),
        (True, "Boolean", "true"),
        (None, "String", ""),
        (7, "Int", "7"),
    ],
)
def test_values_of_the_schema_are_shown_as_one_would_type_them(value: object, scalar: str, shown: str) -> None:
    assert typed(value, scalar) == shown
    if shown and scalar in READERS:
        READERS[scalar](shown)
