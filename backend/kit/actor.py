"""Whoever acts: a frozen value that verbs, policies and reads are handed."""

import dataclasses
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any, ClassVar, Self


class ActorKind(StrEnum):
    """On whose side somebody acts."""

    BUYER = "buyer"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    SYSTEM = "system"


class Language(StrEnum):
    FI = "fi"
    SV = "sv"
    EN = "en"


class Channel(StrEnum):
    """By which door an act came in (D0-b)."""

    PORTAL = "portal"
    API = "api"
    MAIL = "mail"
    IMPORT = "import"
    SCHEDULE = "schedule"


@dataclass(frozen=True)
class Actor:
    """A person (or a service account) acting for an organisation.

    `kind`, `roles`, `rights` and `seen` may decide the form of a statement, so actors that share them share plans;
    all else is named in `parameters` and bound anew for each request.
    """

    kind: ActorKind
    organisation_id: int | None = None
    person_id: int | None = None
    service_account_id: int | None = None
    stands_for_id: int | None = None
    roles: frozenset[str] = frozenset()
    rights: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()
    """Rights that open what is read and nothing else: of a key that reads, its owner's."""
    only_reads: bool = False
    """Whether nothing is carried out for it, whatever it may: a key that only reads."""
    only_by_right: bool = False
    """Whether nothing is carried out for it that asks for no right: a key that is good for less than everything."""
    language: Language = Language.FI
    channel: Channel = Channel.PORTAL

    parameters: ClassVar[tuple[str, ...]] = (
        "organisation_id",
        "person_id",
        "service_account_id",
        "stands_for_id",
        "language",
        "channel",
    )

    def form(self) -> Hashable:
        """What of this actor may shape SQL."""
        return _form(self)

    def with_parameters(self, bind: Callable[[str], Any]) -> Self:
        """The same actor with SQL parameters for its values, as the compiler of reads wants it."""
        return dataclasses.replace(self, **{name: bind(name) for name in self.parameters})

    def may(self, right: str) -> bool:
        """Whether the roles held now, or the schedule itself, give this right."""
        return right in self.rights

    def sees(self, right: str) -> bool:
        """Whether what this right opens is shown; nothing can be done by that."""
        return right in self.rights or right in self.seen

    @property
    def deciding_person_ids(self) -> frozenset[int]:
        """The people who decide when this actor does: a stand-in counts as the person stood for (D0-f)."""
        return frozenset(i for i in (self.person_id, self.stands_for_id) if i is not None)


_form: Callable[[Actor], Hashable] = attrgetter(
    *(f.name for f in dataclasses.fields(Actor) if f.name not in Actor.parameters)
)

SCHEDULE = Actor(ActorKind.SYSTEM, channel=Channel.SCHEDULE)
"""The clock's own jobs: they select what is due and call a verb."""
