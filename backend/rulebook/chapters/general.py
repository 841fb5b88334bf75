"""What holds for every rule."""

from backend.kit.translation import Text
from backend.rulebook.rule import kept

RULES = (
    kept(
        "D0-a",
        "",
        "E",
        Text(
            "A refusal is an answer: it names the rule, the limit and what would be allowed, in the reader's "
            "language, and nothing is stored half-way."
        ),
    ),
    kept(
        "D0-b",
        "",
        "R",
        Text(
            "Every change of state stays on record for good: who made it, when, from what to what, for whom and by "
            "which channel."
        ),
    ),
    kept(
        "D0-c",
        "",
        "T",
        Text(
            "Dates, months and years are those of Helsinki. A case keeps the terms of the day on which its duty arose."
        ),
    ),
    kept(
        "D0-d",
        "",
        "E",
        Text(
            "Money is in euros with two decimals, each line rounded once, half up. Value added tax is rounded per "
            "rate, and shares add up to the cent."
        ),
    ),
    kept(
        "D0-e",
        "",
        "E",
        Text(
            "Effort is counted in whole minutes, in the agreed step. The length of a person-day is a dated term, "
            "shown as not being in the governance model."
        ),
    ),
    kept(
        "D0-f",
        "",
        "E",
        Text(
            "Four eyes: whoever placed an order does not alone accept its delivery and approve its invoice lines. "
            "Nobody decides on a request of their own, and a stand-in counts as the person stood for."
        ),
    ),
)
