"""What people read of invoices."""

from collections.abc import Mapping

from backend.kit.translation import Text

SENTENCES: Mapping[str, Text] = {
    # How it comes
    "invoice.drafted": Text("An invoice of %(gross)s was drafted."),
    "invoice.edited": Text("The draft was edited; it is now %(gross)s."),
    "invoice.discarded": Text("The draft was discarded."),
    "invoice.received": Text("An invoice of %(gross)s has come. Lines: %(lines)s."),
    "invoice.copy_received": Text("The same invoice came once more; it was not taken twice."),
    "invoice.late": Text("The invoice came after its deadline."),
    # The clock of a month
    "invoice.due_soon": Text("The invoice for %(month)s is due on %(due_at)s."),
    "invoice.overdue": Text(
        "What is approved of %(month)s was to be invoiced by %(due_at)s: not all of it was, or an invoice was "
        "withdrawn or credited since."
    ),
    # What is found and decided
    "invoice.judged": Text("The invoice was checked line by line: nothing was found."),
    "invoice.judged_again": Text(
        "The invoice was checked again and nothing new was found. Errors: %(errors)s, warnings: %(warnings)s."
    ),
    "invoice.findings_found": Text(
        "The invoice was checked line by line. Errors found: %(errors)s, warnings: %(warnings)s."
    ),
    "invoice.lines_approved": Text("Lines were approved, %(amount)s in all: %(lines)s."),
    "invoice.lines_disputed": Text("Lines were disputed, %(amount)s in all: %(lines)s. The reasons are with them."),
    "invoice.lines_withdrawn": Text("The supplier has withdrawn lines: %(lines)s."),
    "invoice.withdrawn": Text("The supplier has withdrawn the invoice."),
    "invoice.credited": Text("What was credited has moved the invoice on."),
    "invoice_line.pointed": Text("A line was pointed to what it bills."),
    "invoice_line.pointing_ended": Text(
        "A line is not pointed to what it credited any more: that invoice was withdrawn."
    ),
    "invoice_line.answered": Text("The supplier has answered a disputed line."),
    "invoice_line.reopened": Text("A line was taken up for decision again."),
    "invoice_line.credited": Text("A line was credited: %(amount)s in all."),
}
