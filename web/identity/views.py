"""Signing in and out, the links that work once, and for whom one acts."""

from datetime import timedelta
from typing import Final
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from backend.identity.states import LinkPurpose
from backend.kit import clock
from backend.kit.faults import Code, UserError
from backend.kit.translation import Text
from web.forms import Form
from web.identity import demo, forms, invite_views, sign_out_views
from web.identity.presence import (
    arrived,
    drop_session,
    house,
    keep_session,
    origin_of,
    present_of,
    secret_of,
    visitor,
)
from web.kept import ANOTHERS, TOO_OLD, unseal
from web.language import local_path
from web.pages import Page, Problem
from web.routing import get, post

_KEPT: Final = timedelta(hours=1)
NO_ROLE_YET: Final = Text(
    "Your password is saved. You have no role in force today: sign in from the first day of your role on."
)


async def home(page: Page) -> Response:
    return RedirectResponse(page.url("desk.show" if page.visitor else "identity.sign_in"), 303)


# Signing in


async def ask_to_sign_in(page: Page, sealed: str | None) -> Response:
    """For whoever is not signed in and wants a page that needs it. What they were sending is carried along."""
    if sealed is None:
        here = quote(page.here())
        return RedirectResponse(f"{page.url('identity.sign_in')}?takaisin={here}", 303)
    acting = _field(page, "_acting")
    note = page.portal.sealer.seal("acting", {"acting": acting}, now=clock.now())
    return await _sign_in_page(page, forms.fresh(page, "SignInInput"), sealed=sealed, acting=note, status=401)


async def sign_in_page(page: Page) -> Response:
    if page.visitor is not None:
        return RedirectResponse(_back(page, page.params.get("takaisin")), 303)
    return await _sign_in_page(page, forms.fresh(page, "SignInInput"), back=page.params.get("takaisin", ""))


async def sign_in(page: Page) -> Response:
    form = forms.sent(page, "SignInInput")
    if not form.is_fine:
        return await _again(page, forms.without_secrets(form), 422)
    return await _enter(page, form, form.variables["email"], form.variables["password"])


async def sign_in_as(page: Page) -> Response:
    """One of the demo's people, by a click; there are none in any other database."""
    wanted = _field(page, "person")
    person = next((p for p in demo.people(page.request.app.state.demo_people) if p.key == wanted), None)
    if person is None:
        raise Problem(404)
    return await _enter(page, forms.fresh(page, "SignInInput"), person.email, person.password)


async def _enter(page: Page, form: Form, email: str, password: str) -> Response:
    reception = house(page.request).reception
    agent = page.request.headers.get("User-Agent")
    signed_in = await reception.sign_in(email, password, origin=origin_of(page.request), agent=agent)
    if signed_in.secret is None:
        return await _again(page, forms.refused(form, signed_in.errors), _status(signed_in.errors))
    return await _go_on(page, signed_in.secret)


async def _go_on(page: Page, secret: str) -> Response:
    """Back to where they wanted to go, or on with what they were sending."""
    sealed = _field(page, "_sealed")
    meant = page.portal.sealer.unseal("acting", _field(page, "_meant"), within=_KEPT, now=clock.now()) or {}
    title = Text("You are signed in again")
    answer = await _resume(page, secret, sealed, str(meant.get("acting", "")), title) if sealed else None
    if answer is None:
        answer = RedirectResponse(_back(page, _field(page, "back")), 303)
    keep_session(page.request, answer, secret)
    return answer


async def _resume(page: Page, secret: str, sealed: str, acting: str, title: Text) -> Response | None:
    """A page that sends once more what was on its way, for the organisation it was meant for; None if that is lost.

    What is too old, or was written by somebody else, goes nowhere, and the page says so.
    """
    kept = unseal(page.portal.sealer, sealed)
    reception = house(page.request).reception
    present = await reception.of_session(secret)
    if present is None:
        return None
    if kept is None or not page.portal.sealer.fits(kept.owner, "form", present.account):
        arrived(page.request, present)
        page.meet(visitor(page.request, present))
        return await page.problem(Problem(403, ANOTHERS) if kept else Problem(400, TOO_OLD))
    if acting.isdigit() and int(acting) != present.actor.organisation_id:
        if (await reception.switch(present, int(acting))).errors:
            return None
        present = await reception.of_session(secret)
        if present is None:
            return None
    arrived(page.request, present)
    page.meet(visitor(page.request, present))
    return await page.render(
        "layout/resume.html",
        title=title,
        to=kept.path,
        sealed=sealed,
        acting=present.actor.organisation_id or "",
    )


async def _again(page: Page, form: Form, status: int) -> Response:
    back, sealed, acting = (_field(page, name) for name in ("back", "_sealed", "_meant"))
    return await _sign_in_page(page, form, back=back, sealed=sealed, acting=acting, status=status)


async def _sign_in_page(
    page: Page,
    form: Form,
    *,
    back: str = "",
    sealed: str = "",
    acting: str = "",
    said: Text | None = None,
    status: int = 200,
) -> Response:
    people = demo.people(page.request.app.state.demo_people)
    carried = {"back": back, "_sealed": sealed, "_meant": acting}
    said = said or (Text("You are signed out.") if "ulkona" in page.params else None)
    return await page.render(
        "identity/sign_in.html", status=status, form=form, carried=carried, people=people, said=said
    )


def _status(errors: tuple[UserError, ...]) -> int:
    return 429 if errors[0].code is Code.TOO_MANY_REQUESTS else 422


def _field(page: Page, name: str) -> str:
    value = page.posted.get(name) if page.posted else None
    return value if isinstance(value, str) else ""


def _back(page: Page, path: str | None) -> str:
    return local_path(path or page.url("desk.show"), page.url("desk.show"))


# Leaving, and acting for another


async def sign_out(page: Page) -> Response:
    present = await present_of(page.request)
    if present is not None:
        await house(page.request).reception.sign_out(present)
    answer = RedirectResponse(f"{page.url('identity.sign_in')}?ulkona=1", 303)
    drop_session(page.request, answer)
    return answer


async def switch(page: Page) -> Response:
    present, wanted = await present_of(page.request), _field(page, "organisation")
    if present is None or not wanted.isdigit():
        raise Problem(404)
    entered = await house(page.request).reception.switch(present, int(wanted))
    if entered.errors:
        raise Problem(403, entered.errors[0].message)
    name = dict(present.organisations).get(int(wanted), "")
    message = Text("You now act for %(organisation)s.", organisation=name)
    sealed, secret = _field(page, "_sealed"), secret_of(page.request)
    if sealed and secret and (answer := await _resume(page, secret, sealed, wanted, message)):
        return answer
    return await page.done(message, local_path(_field(page, "takaisin"), page.url("desk.show")))


# Links that work once


async def forgotten_page(page: Page) -> Response:
    return await page.render("identity/forgotten.html", form=forms.fresh(page, "ForgottenInput"), asked=False)


async def forgotten(page: Page) -> Response:
    form = forms.sent(page, "ForgottenInput")
    if not form.is_fine:
        return await page.render("identity/forgotten.html", form=form, asked=False, status=422)
    errors = await house(page.request).reception.forgotten(form.variables["email"], origin=origin_of(page.request))
    if errors:
        again = forms.refused(form, errors)
        return await page.render("identity/forgotten.html", form=again, asked=False, status=_status(errors))
    return await page.render("identity/forgotten.html", form=form, asked=True)


async def invitation_page(page: Page) -> Response:
    return await _link_page(page, forms.fresh(page, "ChoosePasswordInput"), 200)


async def _link_page(page: Page, form: Form, status: int) -> Response:
    link = await house(page.request).reception.find_link(page.request.path_params["secret"])
    if link is None:
        return await page.render("identity/dead_link.html", status=404 if status == 200 else status)
    is_first = link.purpose is LinkPurpose.INVITATION
    return await page.render("identity/choose_password.html", status=status, form=form, link=link, is_first=is_first)


async def choose_password(page: Page) -> Response:
    form = forms.sent(page, "ChoosePasswordInput")
    if not form.is_fine:
        return await _link_page(page, forms.without_secrets(form), 422)
    reception = house(page.request).reception
    agent = page.request.headers.get("User-Agent")
    secret = page.request.path_params["secret"]
    signed_in = await reception.use_link(secret, form.variables["password"], agent=agent)
    if signed_in.secret is None and signed_in.has_chosen:
        return await _sign_in_page(page, forms.fresh(page, "SignInInput"), said=NO_ROLE_YET)
    if signed_in.secret is None:
        return await _link_page(page, forms.refused(form, signed_in.errors), _status(signed_in.errors))
    answer = RedirectResponse(page.url("desk.show"), 303)
    keep_session(page.request, answer, signed_in.secret)
    return answer


routes = [
    get("/", home, name="identity.home", open=True),
    get("/kirjaudu", sign_in_page, name="identity.sign_in", open=True),
    post("/kirjaudu", sign_in, name="identity.enter", open=True),
    post("/kirjaudu/demo", sign_in_as, name="identity.enter_demo", open=True),
    post("/kirjaudu/ulos", sign_out, name="identity.sign_out"),
    post("/kirjaudu/organisaatio", switch, name="identity.switch"),
    get("/unohtunut", forgotten_page, name="identity.forgotten", open=True),
    post("/unohtunut", forgotten, name="identity.ask_reset", open=True),
    get("/kutsu/{secret}", invitation_page, name="identity.invitation", open=True),
    post("/kutsu/{secret}", choose_password, name="identity.accept", open=True),
    get("/uusi-salasana/{secret}", invitation_page, name="identity.reset", open=True),
    post("/uusi-salasana/{secret}", choose_password, name="identity.use_reset", open=True),
    *invite_views.routes,
    *sign_out_views.routes,
]
