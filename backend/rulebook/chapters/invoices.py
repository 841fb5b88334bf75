"""Invoices: chapter 11.9."""

from backend.kit.translation import Text
from backend.rulebook.rule import kept, later

RULES = (
    kept(
        "H11.9-i",
        "1402–1404, 1406–1410",
        "RE",
        Text(
            "Invoicing follows the process that Tiera has announced, and a line carries the reference data "
            "announced. An invoice is judged by what was announced when it was sent."
        ),
    ),
    kept(
        "H11.9-a",
        "1404",
        "T",
        Text(
            "The supplier invoices by the agreed business day of the month, counted by arrival, normally for the "
            "month before. Late work of earlier months is allowed and marked. Where Tiera approved hours late, the "
            "supplier has its time from the approval."
        ),
    ),
    kept(
        "H11.9-b",
        "1406–1416",
        "E",
        Text(
            "A line may bill only approved hours with Tiera's references, effort above the estimate that Tiera "
            "approved, approved incidents and service requests, or orders placed by the ordering procedure and "
            "approved. It names which of the four it is and what it refers to."
        ),
    ),
    kept(
        "H11.9-c",
        "1414",
        "E",
        Text("An incident or service request is billable only once Tiera has approved it for billing."),
    ),
    kept(
        "H11.9-h",
        "412–414, 974–976, 1084, 1324, 1355, 1468–1470, 1473",
        "E",
        Text(
            "Some work is at the supplier's own cost by the contract: it can be booked but never approved for "
            "billing, and a line that bills it is an error that names the rule."
        ),
    ),
    later(
        "H11.3.3-c",
        "1187",
        "RE",
        "The supplier's project manager gives a project's billing data for approval in advance: a proposal can be "
        "pre-approved line by line, a line that equals its pre-approved data passes, one that differs is a finding "
        "(ours: warning or error by term).",
    ),
    kept(
        "D11.9-d",
        "",
        "E",
        Text(
            "Every invoice line is judged by itself. A finding has a code, a severity, the rule's name, the "
            "expected and the found value, and a sentence in the reader's language."
        ),
    ),
    kept(
        "D11.9-h",
        "",
        "E",
        Text(
            "A line means an order or ticket, a period and a price group, taken from explicit references and never "
            "guessed. It takes approved, unbilled minutes of exactly that, the oldest day first."
        ),
    ),
    kept(
        "D11.9-e",
        "",
        "E",
        Text(
            "Tiera approves single lines or the whole invoice. A disputed line stays open while the others go on, "
            "and a credit note settles it. Nothing can be billed twice, whatever happens at once."
        ),
    ),
    later(
        "D11.9-f",
        "",
        "R",
        "The invoice proposal: from what is approved and not yet billed, the software writes the invoice that would "
        "pass.",
    ),
    kept(
        "D11.9-g",
        "",
        "R",
        Text(
            "Invoices come as Finvoice 3.0 or Peppol BIS Billing 3 files, by the programming interface, or typed in "
            "the portal. The file is kept as it was received."
        ),
    ),
    later(
        "H11.9-j",
        "1417–1418",
        "R",
        "An invoice ends in payment (“Saa suorituksen”): due day and the day paid are recorded; a late payment is "
        "Tiera's lateness, shown to both (payment time is not in the source: a term, ours: 30 days).",
    ),
)
