"""Every page of the portal by the name of its route: an example of it in the demo, and who visits it.

A route that stands nowhere here fails `test_every_page.py`. Whoever is not named gets no page: 403, 404 or 409.
"""

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
    Example("notices.list", VISITORS),
    Example("notices.preferences", VISITORS),
    Example("notices.failed", KEY_USER),
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
    "deviations.export": "a file",
    "recurrences.export": "a file",
    "figures.export": "a file",
    "papers.export": "a file",
    "orders.by_number": "leads to the order of this number",
    "language.choose": "leads back to where one was",
    "orders.export": "a file of the list",
    "rights.export": "a file of the list",
    "hours.export": "a file of the list",
    "invoices.export": "a file of approved lines",
    "files.give": "the bytes of a file",
    "static": "the browser's files",
    "health.alive": "for machines",
    "health.ready": "for machines",
    "api.graphql": "the API",
}
"""GET routes that show nothing to read, and what they do instead."""
LEADS_ON = {"hours.week": "Tiera books nothing and comes to what it approves"}
"""Pages that lead whom they do not concern to those that do."""
BY_BEARER = {"api.graphql", "files.bring"}
"""What programs send to with a token of their own in a header: no form of a browser, and no cookie counts."""


def language_of(visitor: str) -> str:
    return "sv" if visitor == VISITORS[-1] else "fi"


def opened(visitor: str, language: str) -> list[Example]:
    """What this visitor opens in a browser: in their own language as the first of their side, else as the first of all.

    So each page is seen by each side and in each language; that it answers everybody else is asked without a browser.
    """
    everything = (*EXAMPLES, *(one for one in OPEN if visitor == VISITORS[0]))
    is_first = _is_first_of_side if language == language_of(visitor) else _is_first_of_all
    return [one for one in everything if visitor in one.who and is_first(visitor, one)]


def _is_first_of_all(visitor: str, one: Example) -> bool:
    return one.who[0] == visitor


def _is_first_of_side(visitor: str, one: Example) -> bool:
    """Whether nobody of Tiera, of a supplier or of a customer, whichever this visitor is of, comes before them."""
    side = next(side for side in (TIERA, WORKERS, CUSTOMERS) if visitor in side)
    return next(who for who in one.who if who in side) == visitor


def refused() -> Iterator[tuple[str, Example]]:
    """Who may not see what."""
    for one in EXAMPLES:
        for visitor in VISITORS:
            if visitor not in one.who:
                yield visitor, one
