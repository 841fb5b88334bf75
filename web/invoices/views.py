"""The pages of invoices."""

from web.invoices import accounts, invoice_page, line_page, listing, sending, taking_back

routes = [
    *listing.routes,
    *accounts.routes,
    *sending.routes,
    *taking_back.routes,
    *line_page.routes,
    *invoice_page.routes,
]
