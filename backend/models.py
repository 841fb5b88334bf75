"""Every module with mapped classes, imported once so that the metadata is whole."""

from importlib import import_module

ALL = tuple(
    import_module(f"backend.{name}")
    for name in (
        "kit.deadlines",
        "kit.entrance",
        "kit.events",
        "kit.numbers",
        "kit.seals",
        "ledger.model",
        "files.model",
        "parties.model",
        "parties.agreement_model",
        "parties.right_model",
        "identity.model",
        "governance.model",
        "bulletins.model",
        "documents.model",
        "tickets.model",
        "tickets.billing_model",
        "tickets.catalogue_model",
        "tickets.quality_model",
        "tickets.recurrence_model",
        "inbox.model",
        "orders.model",
        "orders.estimate_model",
        "orders.overrun_model",
        "hours.model",
        "invoices.model",
        "complaints.model",
        "notices.model",
    )
)
