"""What people read of hours."""

from collections.abc import Mapping

from backend.kit.translation import Text

SENTENCES: Mapping[str, Text] = {
    "time_entry.booked": Text("%(minutes)s were booked for %(day)s."),
    "time_entry.corrected": Text("An entry of %(minutes)s was corrected to %(to_minutes)s."),
    "time_entry.approved": Text("An entry of %(minutes)s was approved."),
    "time_entry.split": Text("An entry was split at the ceiling: %(kept)s fit below it, %(minutes)s are above it."),
    "time_entry.returned": Text("An entry of %(minutes)s was returned; the reason is with the entry."),
    "time_entry.marked_against_instruction": Text(
        "%(minutes)s of an entry were marked as extra work against instruction, at the supplier's own cost."
    ),
    "time_entry.approval_withdrawn": Text("The approval of an entry of %(minutes)s was taken back."),
    "hours.approved": Text("Approved: %(minutes)s. Entries: %(entries)s."),
    "hours.approval_withdrawn": Text("An approval of hours was taken back."),
    "hours.approval_due_soon": Text("The hours of %(month)s must be approved by %(due_at)s."),
    "hours.approval_late": Text("The hours of %(month)s were to be approved by %(due_at)s."),
    "target.defined": Text("“%(part)s” was opened for hours at the supplier's own cost."),
    "target.instructed": Text("Tiera said how hours are booked on it."),
    "target.closed": Text("“%(part)s” was closed: no more hours are booked on it."),
}
