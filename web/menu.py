"""The places of the portal, in the menu's order. A place is shown when its pages are there and its people are."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from backend.kit.actor import Actor, ActorKind
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.frame import MenuItem


@dataclass(frozen=True)
class Place:
    """Where one can go. `key` is the first part of the names of its routes."""

    key: str
    text: Text
    path: str
    shown_to: Callable[[Actor], bool]
    also: tuple[str, ...] = ()
    """The keys of further pages that belong there, and of what waits on them."""


def everybody(actor: Actor) -> bool:
    return True


def whoever_may(*rights: Right) -> Callable[[Actor], bool]:
    return lambda actor: any(actor.may(right) for right in rights)


DEMO_MAILS: Final = "/postit"
"""There in every installation, shown in a demo alone."""
MENU: Final = (
    Place("desk", Text("Desk"), "/tyopoyta", everybody),
    Place("tickets", Text("Requests and incidents"), "/pyynnot", everybody),
    Place("orders", Text("Orders"), "/tilaukset", everybody),
    Place("hours", Text("Hours"), "/tunnit", whoever_may(Right.BOOK_HOURS, Right.SEE_HOURS, Right.APPROVE_HOURS)),
    Place("invoices", Text("Invoices"), "/laskut", whoever_may(Right.SEE_INVOICES)),
    Place("complaints", Text("Complaints"), "/reklamaatiot", whoever_may(Right.COMPLAIN, Right.REPORT)),
    Place("bulletins", Text("Bulletins"), "/tiedotteet", everybody),
    Place("status", Text("How services stand"), "/tila", everybody),
    Place("papers", Text("Documents"), "/asiakirjat", everybody),
    Place("bodies", Text("Groups"), "/ryhmat", whoever_may(Right.KEEP_BODIES)),
    Place(
        "deviations",
        Text("Quality"),
        "/laatupoikkeamat",
        whoever_may(Right.REPORT, Right.MEASURE_DEVIATIONS),
        also=("recurrences", "figures"),
    ),
    Place("figures", Text("Figures"), "/luvut", lambda actor: actor.kind is ActorKind.CUSTOMER),
    Place("rights", Text("Rights"), "/oikeudet", everybody),
    Place("people", Text("People"), "/henkilot", everybody),
    Place("organisations", Text("Organisations"), "/organisaatiot", whoever_may(Right.ADMINISTER)),
    Place("agreements", Text("Agreements"), "/sopimukset", everybody, also=("services",)),
)
FOOTER: Final = (
    Place("rules", Text("The contract's rules"), "/saannot", everybody),
    Place("help", Text("Help"), "/ohjeet", everybody),
    Place("accessibility", Text("Accessibility statement"), "/saavutettavuus", everybody),
    Place("privacy", Text("Privacy notice"), "/tietosuoja", everybody),
    Place("mails", Text("Mails"), DEMO_MAILS, everybody),
)


def items(
    places: Collection[Place],
    actor: Actor | None,
    paths: Collection[str],
    counts: Mapping[str, int] | None = None,
    has: Collection[str] = (),
) -> tuple[MenuItem, ...]:
    """The places that this actor is shown, of those whose pages are there; None is a visitor nobody knows.

    Where they have something (`has`, by the key of the place) it is shown to whomever.
    """
    counts = counts or {}
    shown = (p for p in places if p.path in paths and (actor is None or p.shown_to(actor) or p.key in has))
    return tuple(MenuItem(place.key, place.text, place.path, _waiting(place, counts), place.also) for place in shown)


def _waiting(place: Place, counts: Mapping[str, int]) -> int:
    return sum(counts.get(key, 0) for key in (place.key, *place.also))
