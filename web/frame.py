"""What surrounds every page: who is here, for whom, and where one can go from here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from backend.kit.actor import Actor
from backend.kit.translation import Text

FIRST_PLACES: Final = 5


@dataclass(frozen=True)
class Visitor:
    """A signed-in person. `account` names the sign-in account: form tokens belong to it."""

    actor: Actor
    account: str
    name: str


@dataclass(frozen=True)
class MenuItem:
    """A place in the menu or the footer; `count` is how many things wait there for this very person.

    `key` is the first part of the names of its routes: `orders` is current on `orders.show`.
    """

    key: str
    text: Text
    href: str
    count: int = 0
    also: tuple[str, ...] = ()
    """The keys of further pages that belong there."""

    def holds(self, section: str) -> bool:
        """Whether a page of this section is here."""
        return section == self.key or section in self.also


@dataclass(frozen=True)
class Organisation:
    """One of the organisations a person may act for."""

    id: int
    name: str


@dataclass(frozen=True)
class Frame:
    """The header and the footer of a page. Without a name nobody is signed in."""

    home: str = "/"
    menu: tuple[MenuItem, ...] = ()
    footer: tuple[MenuItem, ...] = ()
    person: str = ""
    organisation: Organisation | None = None
    organisations: tuple[Organisation, ...] = ()
    unread: int = 0
    bulletins: tuple[Mapping[str, Any], ...] = ()
    """What is current and for whoever is here, as the schema gives it."""
    more_bulletins: int = 0
    views: tuple[Mapping[str, Any], ...] = ()
    """Of a list: how it was saved, as the schema gives it."""
    save_view: str = ""
    """Of a list: where what it shows is saved."""
    notices: str = ""
    settings: str = ""
    switch: str = ""
    sign_out: str = ""

    @property
    def first(self) -> tuple[MenuItem, ...]:
        """What a wide menu shows at once; a single place more is no reason for a menu of its own."""
        return self.menu if len(self.menu) <= FIRST_PLACES + 1 else self.menu[:FIRST_PLACES]

    @property
    def more(self) -> tuple[MenuItem, ...]:
        return self.menu[len(self.first) :]

    def is_in_more(self, section: str) -> bool:
        return any(item.holds(section) for item in self.more)

    @property
    def initials(self) -> str:
        """`Maija Lehto` → `ML`."""
        words = self.person.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
