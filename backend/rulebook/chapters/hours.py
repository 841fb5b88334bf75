"""Hours: chapter 11.7.3."""

from backend.kit.translation import Text
from backend.rulebook.rule import kept, later

RULES = (
    kept(
        "H11.7.3-a",
        "1302",
        "E",
        Text("Tiera defines the time-entry targets and how to book on them. Without a target there is no entry."),
    ),
    kept(
        "H11.7.3-b",
        "1308",
        "E",
        Text(
            "Only work that Tiera ordered is booked. An entry on a target that is closed, not yet ordered or "
            "another supplier's is refused."
        ),
    ),
    kept(
        "H11.7.3-c",
        "1312–1314",
        "E",
        Text(
            "Entries are made in the agreed step, and the description tells this piece of work from others. A "
            "description that is empty, too short or only stop words is refused; one that equals another entry's is "
            "warned of."
        ),
    ),
    kept(
        "H11.7.3-d",
        "1298, 1320",
        "T",
        Text(
            "Hours are booked daily; later entries are marked, not refused. Nobody books more hours than a day has, "
            "over all targets, and nobody books in the future."
        ),
    ),
    later(
        "H11.7.3-e",
        "1320–1324",
        "R",
        "Hours may instead be transferred daily from the supplier's own system: an import that is safe to repeat "
        "and tells every bad row its reason.",
    ),
    later(
        "H11.7.3-j",
        "1322–1324",
        "ER",
        "The integration that transfers entries daily from the supplier's system is made and kept at the supplier's "
        "own cost and must meet Tiera's requirements: Tiera accepts it on record before imports count as daily "
        "booking, and hours spent on it are never billable.",
    ),
    later(
        "H11.7.3-f",
        "1326–1328",
        "T",
        "Weekly the supplier checks and corrects the entries: each week is confirmed as checked (ours: by the 1st "
        "business day of the next), errors found are reported the same day (ours). A correction keeps the old "
        "value.",
    ),
    kept(
        "H11.7.3-g",
        "1332",
        "T",
        Text(
            "Tiera approves the right entries of a month by the agreed business day of the next. Correct ones must "
            "be approved and a returned one has a reason. There is no silent approval, approved entries are locked, "
            "and late approval is Tiera's own lateness, shown to both sides."
        ),
    ),
    kept(
        "H11.7.3-h",
        "1304–1310",
        "E",
        Text("What is not approved may not be billed, and what was not ordered may not be billed."),
    ),
    kept(
        "H11.7.3-i",
        "1316–1318",
        "S",
        Text(
            "The bases of invoices, per service and per project, compare directly with the entries: every billed "
            "hour leads to its entries and back."
        ),
    ),
)
