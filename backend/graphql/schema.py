"""The schema: every slice's part, put together."""

import sys
from collections.abc import Sequence
from functools import cache

import strawberry
from strawberry.printer import print_schema as print_strawberry

from backend.graphql import (
    agreements,
    answer_mutations,
    billing,
    billing_mutations,
    bodies,
    bulletin_mutations,
    bulletins,
    catalogue,
    catalogue_mutations,
    complaint_mutations,
    complaints,
    documents,
    hour_lists,
    hour_mutations,
    identity,
    inbox,
    invoice_lists,
    invoice_mutations,
    live,
    message_mutations,
    notices,
    order_mutations,
    orders,
    overrun_mutations,
    parties,
    party_mutations,
    prices,
    quality,
    quality_mutations,
    recurrences,
    relay,
    reports,
    rights,
    rulebook,
    saved_views,
    search,
    sensitive_mutations,
    service_status,
    terms,
    ticket_lists,
    ticket_mutations,
    ticket_templates,
    viewer,
)
from backend.graphql.assembling import assemble

QUERIES: Sequence[type] = (
    viewer.ViewerQuery,
    relay.NodeQuery,
    identity.IdentityQuery,
    saved_views.SavedViewsQuery,
    rulebook.RulebookQuery,
    parties.PartiesQuery,
    agreements.AgreementsQuery,
    prices.PricesQuery,
    terms.TermsQuery,
    rights.RightsQuery,
    bodies.BodiesQuery,
    bulletins.BulletinsQuery,
    documents.DocumentsQuery,
    ticket_lists.TicketsQuery,
    ticket_templates.TicketTemplatesQuery,
    service_status.ServiceStatusQuery,
    billing.BillingQuery,
    catalogue.CatalogueQuery,
    quality.QualityQuery,
    recurrences.RecurrencesQuery,
    inbox.InboxQuery,
    orders.OrdersQuery,
    notices.NoticesQuery,
    hour_lists.HoursQuery,
    invoice_lists.InvoicesQuery,
    complaints.ComplaintsQuery,
    reports.ReportsQuery,
    search.SearchQuery,
)
"""The slices' parts of the query, `viewer` first."""
MUTATIONS: Sequence[type] = (
    identity.IdentityMutation,
    saved_views.SavedViewsMutation,
    party_mutations.PartiesMutation,
    agreements.AgreementsMutation,
    prices.PricesMutation,
    terms.TermsMutation,
    rights.RightsMutation,
    bodies.BodiesMutation,
    bulletin_mutations.BulletinsMutation,
    documents.DocumentsMutation,
    ticket_mutations.TicketsMutation,
    message_mutations.MessagesMutation,
    billing_mutations.BillingMutation,
    catalogue_mutations.CatalogueMutation,
    answer_mutations.AnswersMutation,
    ticket_templates.TicketTemplatesMutation,
    sensitive_mutations.SensitiveTextsMutation,
    quality_mutations.QualityMutation,
    recurrences.RecurrencesMutation,
    inbox.InboxMutation,
    order_mutations.OrdersMutation,
    overrun_mutations.OverrunsMutation,
    hour_mutations.HoursMutation,
    invoice_mutations.InvoicesMutation,
    complaint_mutations.ComplaintsMutation,
    notices.NoticesMutation,
)
"""The slices' parts of the mutation."""
SUBSCRIPTIONS: Sequence[type] = (live.ChangesSubscription,)
"""The parts of the subscription."""
TYPES: Sequence[type] = ()
"""Types that only an interface leads to."""


@cache
def build(*, development: bool = False) -> strawberry.Schema:
    """The schema, made when it is first asked for: one for development, checked, and one for all else.

    What is declared does not change from start to start: a test and `portaali schema --check` look at it.
    """
    return assemble(
        QUERIES, MUTATIONS, TYPES, subscriptions=SUBSCRIPTIONS, development=development, checked=development
    )


def print_schema(schema: strawberry.Schema) -> str:
    """The text of `schema.graphql`."""
    return print_strawberry(schema) + "\n"


if __name__ == "__main__":
    sys.stdout.write(print_schema(build()))
