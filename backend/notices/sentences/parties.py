"""What people read of organisations, people, agreements and rights."""

from collections.abc import Mapping

from backend.kit.translation import Text

SENTENCES: Mapping[str, Text] = {
    "organisation.added": Text("The organisation was added."),
    "organisation.changed": Text("The organisation's details were changed."),
    "organisation.inhabitants_recorded": Text("Its inhabitants were recorded: %(inhabitants)s on %(counted_on)s."),
    "organisation.kind_held": Text("Kind of the organisation from %(valid_from)s on: %(kind)s."),
    "organisation.kind_ended": Text("Kind of the organisation until %(last_day)s only: %(kind)s."),
    "person.added": Text("%(part)s was added."),
    "person.changed": Text("The person's details were changed."),
    "role.announced": Text("%(person)s begins on %(valid_from)s: %(role)s."),
    "role.stand_in_named": Text("%(person)s stands in from %(valid_from)s on: %(role)s."),
    "role.competence_stated": Text("The competence for a role was stated."),
    "role.end_announced": Text("%(person)s ends on %(last_day)s: %(role)s."),
    "role.called_off": Text("The role of %(person)s from %(valid_from)s on was called off: %(role)s."),
    "role.replacement_required": Text("Tiera requires that %(person)s is replaced: %(role)s."),
    "agreement.concluded": Text("The agreement was concluded; it is valid from %(valid_from)s on."),
    "agreement.changed": Text("The agreement was changed."),
    "agreement.total_reached": Text(
        "Orders under the agreement have reached %(percent)s %% of its greatest total: %(euros)s of %(greatest_total)s."
    ),
    "agreement.extended": Text("The agreement was extended; its last day is %(last_day)s."),
    "agreement.ended": Text("The agreement ends earlier than was agreed; its last day is %(last_day)s."),
    "agreement.ends_soon": Text("The agreement ends on %(last_day)s."),
    "agreement.has_ended": Text("The agreement has ended."),
    "service.added": Text("The service “%(part)s” was added."),
    "service.renamed": Text("The service “%(former)s” is now called “%(called)s”."),
    "service.mail_begun": Text("New matters that come by mail become tickets of the service “%(part)s”."),
    "service.mail_ended": Text("The service “%(part)s” takes no mail any more."),
    "service.channel_defined": Text("A channel of the service “%(part)s” was defined: %(channel)s."),
    "service.channel_ended": Text("A channel of the service “%(part)s” is used no more: %(channel)s."),
    "service.start_taken_back": Text("The mark that the service “%(part)s” had started was taken back."),
    "price_group.added": Text("The price group “%(part)s” was added."),
    "price.set": Text("The price of “%(part)s” is %(unit_price)s an hour from %(valid_from)s on."),
    "bank_account.proposed": Text("A bank account was proposed and waits for somebody else to confirm it."),
    "bank_account.confirmed": Text("A bank account was confirmed: invoices may be paid to it."),
    "bank_account.ended": Text("A bank account has ended: nothing is paid to it any more."),
    "invoicing_process.announced": Text("From %(valid_from)s on invoices must carry what Tiera has announced."),
    "term.changed": Text("A term changes from %(valid_from)s on. %(term)s It is then: %(value)s."),
    "ordering_right.named": Text("%(person)s was named an ordering contact; the naming waits to be confirmed."),
    "ordering_right.confirmed": Text("The naming of %(person)s as an ordering contact was confirmed."),
    "ordering_right.replaced": Text("%(person)s has a newer ordering right; this one has ended."),
    "ordering_right.ended": Text("The ordering right of %(person)s has been ended."),
    "ordering_right.ends_soon": Text("The ordering right of %(person)s ends soon."),
    "ordering_right.has_ended": Text("The ordering right of %(person)s has ended."),
    "ordering_right.told": Text("Ordering contacts have changed. %(change)s"),
}

WITHOUT: Mapping[str, tuple[str, Text]] = {
    "service.renamed": ("former", Text("A service is now called “%(part)s”.")),
}
"""Of events that were recorded before they had a figure: which that is, and what is said of those."""
