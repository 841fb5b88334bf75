"""Addresses that forms are sent to, where a page stands that says what to mend."""

from pathlib import Path

from starlette.routing import Route

from tests.web.portal import Browser, settings_for
from web.app import create
from web.routing import FormRoute


async def test_the_address_of_a_form_leads_to_a_page_when_it_is_looked_at() -> None:
    app = create(settings_for("postgresql://nowhere/none", Path("nowhere")))
    browser, routes = Browser(app), [route for route in app.routes if isinstance(route, Route)]
    pages = [route for route in routes if "GET" in (route.methods or {"GET"})]
    alone = [each for each in routes if isinstance(each, FormRoute) and each.path not in {page.path for page in pages}]
    assert alone
    for form in alone:
        parts = {name: 1 if "Integer" in type(kind).__name__ else "x" for name, kind in form.param_convertors.items()}
        address = str(app.url_path_for(str(form.name), **parts))
        answer = await browser.get(address)
        above = answer.headers.get("location", "")
        assert (answer.status_code, address.startswith(f"{above}/")) == (303, True), form.path
        assert next(page for page in pages if page.path_regex.match(above)).path in form.path, form.path
