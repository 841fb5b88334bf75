"""Every page of the portal by the name of its route: an example of it in the demo, and who visits it.

A route that stands nowhere here fails `test_every_page.py`. Whoever is not named gets no page: 403, 404 or 409.
"""

from collections import defaultdict
from collections.abc import Iterator

from tests.web import pages_of_following, pages_of_parties, pages_of_service, pages_of_work
from tests.web.visiting import CUSTOMERS, KEY_USER, TIERA, VISITORS, WORKERS, Example

EXAMPLES = (
    Example("desk.show", VISITORS),
    Example("search.show", VISITORS),
    Example("search.show", VISITORS, query="haku=TIL-2026"),
    Example("settings.show", VISITORS),
    Example("settings.password", VISITORS),
    Example("settings.keys", VISITORS),
    Example("settings.new_key", VISITORS),
    Example("settings.programs", KEY_USER),
    Example("settings.new_program", KEY_USER),
    Example("settings.new_program_key", KEY_USER, "select id from service_accounts"),
    Example("settings.ask_to_end_program", KEY_USER, "select id from service_accounts"),
    Example("notices.list", VISITORS),
    Example("notices.preferences", VISITORS),
    Example("notices.failed", KEY_USER),
    Example("saved.new", VISITORS, "select 'tickets.list' as list", query="isOpen=true&sort=DUE"),
    Example("saved.new", VISITORS, "select 'orders.list' as list"),
    Example("saved.edit", ("service_manager", "key_user"), "select id from saved_views where is_shared"),
    Example("saved.edit", ("manager_a",), "select id from saved_views where name = 'Omat avoimet'"),
    Example("rules.list", VISITORS),
    Example("rules.list", VISITORS, query="haku=eiole"),
    *pages_of_work.EXAMPLES,
    *pages_of_service.EXAMPLES,
    *pages_of_following.EXAMPLES,
    *pages_of_parties.EXAMPLES,
)

OPEN = (
    Example("identity.sign_in", VISITORS),
    Example("identity.forgotten", VISITORS),
    Example("identity.invitation", VISITORS, "select 'x' as secret", status=404),
    Example("identity.reset", VISITORS, "select 'x' as secret", status=404),
    Example("tickets.rate_by_link", VISITORS, "select 'x' as secret", status=404),
    Example("accessibility.show", VISITORS),
    Example("privacy.show", VISITORS),
    Example("help.show", VISITORS),
    Example("mails.list", VISITORS),
    Example("mails.list", VISITORS, query="kenelle=ei.kukaan@tiera.example"),
    Example("mails.show", VISITORS, "select 'esimerkki' as key"),
)
"""For everybody, signed in or not."""

NO_PAGES = {
    "identity.home": "leads to the desk",
    "tickets.by_number": "leads to the ticket of a number",
    "tickets.export": "a file",
    "bulletins.by_number": "leads to the bulletin of a number",
    "bulletins.export": "a file",
    "calendars.give": "for calendar programs",
    "tickets.bill": "leads to approving it for billing",
    "complaints.by_number": "leads to the complaint of a number",
    "complaints.export": "a file",
    "complaints.print": "a file",
    "deviations.export": "a file",
    "recurrences.export": "a file",
    "figures.export": "a file",
    "papers.export": "a file",
    "orders.by_number": "leads to the order of this number",
    "language.choose": "leads back to where one was",
    "orders.export": "a file of the list",
    "invoices.export_list": "a file of the list",
    "hours.export_targets": "a file of the list",
    "people.export": "a file of the list",
    "organisations.export": "a file of the list",
    "agreements.export": "a file of the list",
    "rights.export": "a file of the list",
    "hours.export": "a file of the list",
    "invoices.export": "a file of approved lines",
    "files.give": "the bytes of a file",
    "files.preview": "a small picture of a file",
    "static": "the browser's files",
    "health.alive": "for machines",
    "health.ready": "for machines",
    "api.graphql": "the API",
}
"""GET routes that show nothing to read, and what they do instead."""
LANGUAGES = ("fi", "sv", "en")
LEADS_ON = {
    "hours.week": "Tiera books nothing and comes to what it approves",
    "deviations.show": "a customer that was told of one comes to the ticket on whose page it stands",
}
"""Pages that lead whom they do not concern to those that do."""
BY_BEARER = {"api.graphql", "files.bring"}
"""What programs send to with a token of their own in a header: no form of a browser, and no cookie counts."""


def language_of(visitor: str) -> str:
    return "sv" if visitor == VISITORS[-1] else "fi"


def first_visits() -> dict[str, list[Example]]:
    """Each page by who opens it first of all, in their own language."""
    pages = (*EXAMPLES, *OPEN)
    return {who: mine for who in VISITORS if (mine := [one for one in pages if one.who[0] == who])}


def readings() -> dict[tuple[str, str], list[Example]]:
    """Each page in the other two languages, by who reads it: the first visitors of the other sides, if there are any.

    So each page is seen by each side and in each language; that it answers everybody else is asked without a browser.
    """
    found: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for one in (*EXAMPLES, *OPEN):
        first, *others = (who for n, who in enumerate(one.who) if _side(who) not in map(_side, one.who[:n]))
        rest = (language for language in LANGUAGES if language != language_of(first))
        for who, language in zip((*others, first, first), rest, strict=False):
            found[who, language].append(one)
    return found


def _side(visitor: str) -> tuple[str, ...]:
    return next(side for side in (TIERA, WORKERS, CUSTOMERS) if visitor in side)


def refused() -> Iterator[tuple[str, Example]]:
    """Who may not see what."""
    for one in EXAMPLES:
        for visitor in VISITORS:
            if visitor not in one.who:
                yield visitor, one
