"""What a text names that a complaint may be about, and whose it is."""

import pytest

from backend.complaints import naming
from backend.kit import said_numbers


@pytest.mark.rule("H11.10-a")
def test_invoices_and_orders_are_named_where_their_numbers_are_said_as_such() -> None:
    text = "Laskureklamaatio L-44. Laskussa nro 2026/7, laskut: eilen; fakturans nummer 9A. Ei 55. Tilauksenne T-88-."
    assert said_numbers.invoice_numbers_in(text) == ["L-44", "2026/7", "9A"]
    assert said_numbers.order_numbers_in(text) == ["T-88"]
    assert said_numbers.numbers_in("koskee til-2026-00012 ja TIK-2026-00001, TIL-2026-00012") == [
        "TIL-2026-00012",
        "TIK-2026-00001",
    ]
    assert len(said_numbers.invoice_numbers_in(" ".join(f"lasku {n}" for n in range(50)))) == said_numbers.MOST_NUMBERS


NAMES = ((1, "Arkisto Oy"), (2, "Tieto Evry Oyj"), (3, "Tieto Ab"), (4, "X Oy"))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Arkistolle: siirto ei toiminut", {1}),
        ("arkisto oy:n lasku", {1}),
        ("arkisto ei aukea", set()),
        ("Tieto Evryn palvelu", {2}),
        ("Tieto Evry ja Tieto", {2, 3}),
        ("Tietokanta on hidas", set()),
        ("Merkitty X:llä", set()),
        ("X Oy:ltä", {4}),
    ],
)
@pytest.mark.rule("H11.10-a")
def test_a_supplier_is_named_by_its_whole_name_or_as_it_is_written_without_its_legal_form(
    text: str, named: set[int]
) -> None:
    assert naming.those_named(NAMES, text) == named
