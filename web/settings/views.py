"""My settings: language, password, and the browsers that are signed in."""

from typing import Any, Final

from starlette.responses import Response

from backend.kit import clock
from backend.kit.actor import Language
from backend.kit.translation import Text
from web.forms import Form
from web.identity import forms
from web.identity.presence import house, present_of
from web.language import COOKIE
from web.pages import Page, Problem
from web.routing import get, post
from web.settings import key_views, program_views

_BROWSERS: Final = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser(agent: str | None) -> Text | str:
    """What a browser calls itself, as people do: `Firefox, Windows`."""
    name, system = (next((n for mark, n in known if mark in (agent or "")), None) for known in (_BROWSERS, _SYSTEMS))
    if name is None:
        return Text("An unknown browser")
    return f"{name}, {system}" if system else name


async def show(page: Page, language: Form | None = None) -> Response:
    data = await page.query("settings/settings.graphql", at=clock.now().isoformat())
    present = await present_of(page.request)
    own = f"SignInSession:{present.session_id}" if present else ""
    sessions = [
        {
            **row,
            "browser": browser(row["agent"]),
            "is_own": row["id"] == own,
            "end": page.form("EndSessionInput", {"sessionId": row["id"]}, row["id"]),
        }
        for row in data["sessions"]["nodes"]
    ]
    return await page.render(
        "settings/settings.html",
        language_form=language or page.form("ChooseLanguageInput", {"language": data["viewer"]["person"]["language"]}),
        sessions=sorted(sessions, key=lambda row: not row["is_own"]),
        end_others=page.form("EndOtherSessionsInput", {"exceptId": own}, "others"),
    )


async def choose_language(page: Page) -> Response:
    form = page.sent("ChooseLanguageInput")
    if await page.mutate("settings/choose_language.graphql", form) is None:
        return await show(page, form)
    chosen = Language[form.variables["language"]]
    house(page.request).reception.forget()
    page.language = chosen
    answer = await page.done(Text("Your language is saved."), page.url("settings.show"))
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax")  # what was chosen in passing gives way
    return answer


async def end_session(page: Page) -> Response:
    return await _end(page, "EndSessionInput", "settings/end_session.graphql", Text("The browser is signed out."))


async def end_others(page: Page) -> Response:
    message = Text("All other browsers are signed out.")
    return await _end(page, "EndOtherSessionsInput", "settings/end_other_sessions.graphql", message)


async def _end(page: Page, input_type: str, document: str, message: Text) -> Response:
    form = page.sent(input_type)
    if await page.mutate(document, form) is None:
        raise Problem(page.status)
    house(page.request).reception.forget()
    return await page.done(message, page.url("settings.show"))


async def password_page(page: Page, form: Form | None = None) -> Response:
    present = await present_of(page.request)
    shown = form or forms.fresh(page, "ChangePasswordInput")
    return await page.render("settings/password.html", form=shown, present=present)


async def change_password(page: Page) -> Response:
    form = forms.sent(page, "ChangePasswordInput")
    present = await present_of(page.request)
    if present is None:
        raise Problem(401)
    if form.is_fine:
        given: dict[str, Any] = form.variables
        errors = await house(page.request).reception.change_password(present, given["current"], given["password"])
        if not errors:
            message = Text("Your password is changed. Other browsers are signed out.")
            return await page.done(message, page.url("settings.show"))
        forms.refused(form, errors)
    page.status = 422
    return await password_page(page, forms.without_secrets(form))


routes = [
    get("/asetukset", show, name="settings.show"),
    post("/asetukset/kieli", choose_language, name="settings.choose_language"),
    post("/asetukset/istunnot/paata", end_session, name="settings.end_session"),
    post("/asetukset/istunnot/paata-muut", end_others, name="settings.end_others"),
    get("/asetukset/salasana", password_page, name="settings.password"),
    post("/asetukset/salasana", change_password, name="settings.change_password"),
    *key_views.routes,
    *program_views.routes,
]
