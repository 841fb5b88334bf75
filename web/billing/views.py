"""The pages of what is approved for billing."""

from web.billing import approval_page, approving, complaint_views

routes = [*approving.routes, *complaint_views.routes, *approval_page.routes]
