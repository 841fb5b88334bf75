"""Who is told of what happens to organisations, people, agreements and rights. Every event of the slice is here."""

from collections.abc import Mapping

from backend.kit.notices import Notice, To

_BOTH_SIDES = (To.TIERA_SERVICE_MANAGERS, To.ACCOUNT_MANAGER)
_SUPPLIER = (To.SUPPLIER_MANAGERS, To.ACCOUNT_MANAGER)

NOTICES: Mapping[str, Notice] = {
    # Organisations: basic data, for the timeline
    "organisation.added": Notice((), "D0-b"),
    "organisation.changed": Notice((), "D0-b"),
    "organisation.inhabitants_recorded": Notice((), "D0-b"),
    "organisation.kind_held": Notice((), "D0-b"),
    "organisation.kind_ended": Notice((), "D0-b"),
    # People: changes are announced in advance
    "person.added": Notice((), "D0-b"),
    "person.changed": Notice((To.PERSON,), "D0-b"),
    "role.announced": Notice((To.PERSON, To.TIERA_SERVICE_MANAGERS, To.SUPPLIER_MANAGERS), "H11.3-b", required=True),
    "role.stand_in_named": Notice(
        (To.PERSON, To.TIERA_SERVICE_MANAGERS, To.SUPPLIER_MANAGERS), "H11.10-a", required=True
    ),
    "role.competence_stated": Notice((), "H11.3-a"),
    "role.end_announced": Notice(
        (To.PERSON, To.TIERA_SERVICE_MANAGERS, To.SUPPLIER_MANAGERS), "H11.3-b", required=True
    ),
    "role.called_off": Notice((To.PERSON, To.TIERA_SERVICE_MANAGERS, To.SUPPLIER_MANAGERS), "H11.3-b", required=True),
    "role.replacement_required": Notice(_SUPPLIER, "H11.3-b", required=True),
    # Agreements, with what is paid and where to
    "agreement.concluded": Notice(_BOTH_SIDES, "H3-a"),
    "agreement.changed": Notice(_BOTH_SIDES, "D3-a", required=True),
    "agreement.total_reached": Notice((To.TIERA_SERVICE_MANAGERS, To.ACCOUNT_MANAGER), "D3-a", required=True),
    "agreement.extended": Notice(_BOTH_SIDES, "D3-a", required=True),
    "agreement.ended": Notice(_BOTH_SIDES, "D3-a", required=True),
    "agreement.ends_soon": Notice(_BOTH_SIDES, "D3-a", required=True),
    "agreement.has_ended": Notice(_BOTH_SIDES, "D3-a", required=True),
    "service.added": Notice((), "D0-b"),
    "service.renamed": Notice((), "D0-b"),
    "service.mail_begun": Notice((), "H11.7.2-a"),
    "service.mail_ended": Notice((), "H11.7.2-a"),
    "service.channel_defined": Notice((To.SUPPLIER_MANAGERS,), "H11.5-a"),
    "service.channel_ended": Notice((To.SUPPLIER_MANAGERS,), "H11.5-a"),
    "service.start_taken_back": Notice((To.SUPPLIER_MANAGERS, To.TIERA_SERVICE_MANAGERS), "H11.11-e"),
    "price_group.added": Notice((To.ACCOUNT_MANAGER,), "D0-c"),
    "price.set": Notice((To.ACCOUNT_MANAGER,), "D0-c", required=True),
    "bank_account.proposed": Notice((To.TIERA_NAMERS,), "D0-f", required=True),
    "bank_account.confirmed": Notice((To.ACCOUNT_MANAGER,), "D0-f", required=True),
    "bank_account.ended": Notice(_BOTH_SIDES, "D0-f", required=True),
    "invoicing_process.announced": Notice(_SUPPLIER, "H11.9-i", required=True),
    "term.changed": Notice(_SUPPLIER, "D0-c", required=True),
    # Ordering rights: the supplier is told of every change by an event of its own
    "ordering_right.named": Notice((To.TIERA_NAMERS,), "H11.8.1-a", required=True),
    "ordering_right.confirmed": Notice((To.PERSON,), "H11.8.1-a", required=True),
    "ordering_right.replaced": Notice((), "H11.8.1-a"),
    "ordering_right.ended": Notice((To.PERSON,), "H11.8.1-a", required=True),
    "ordering_right.ends_soon": Notice((To.PERSON, To.TIERA_NAMERS), "H11.8.1-b", required=True),
    "ordering_right.has_ended": Notice((To.PERSON, To.TIERA_NAMERS), "H11.8.1-b", required=True),
    "ordering_right.told": Notice(_SUPPLIER, "H11.8.1-c", required=True),
}
