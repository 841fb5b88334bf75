"""Who takes part in the loaded data: Tiera, suppliers with agreements and people, customers, ordering contacts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle, islice
from random import Random

from backend.demo.load.copying import Loader, days, instant
from backend.demo.load.scales import YEARS, Scale
from backend.kit.actor import ActorKind, Language
from backend.kit.sorting import sort_key
from backend.parties.agreement_model import (
    Agreement,
    AgreementVersion,
    BankAccount,
    InvoicingProcess,
    Price,
    PriceGroup,
    Service,
    ServiceChannel,
    ServiceStart,
)
from backend.parties.model import (
    InhabitantCount,
    Organisation,
    OrganisationKindHeld,
    Person,
    RoleHeld,
    StatedCompetence,
)
from backend.parties.right_model import OrderingRight
from backend.parties.states import AgreementKind, OrganisationKind, ReferenceKey, RightState, ServiceChannelKind
from backend.rulebook.roles import Role

MARK = "KUORMA-"
"""Agreements of loaded data have numbers that begin so: by them it is known that a database was loaded."""
GROUPS = (("ASI", "Asiantuntija", Decimal(92)), ("SEN", "Vanhempi asiantuntija", Decimal(112)),
          ("ARK", "Arkkitehti", Decimal(129)))  # fmt: skip
SERVICES = (
    ("VAKA", "Varhaiskasvatuksen asiointi"),
    ("KOULU", "Oppilashallinto"),
    ("INT", "Integraatioalusta"),
    ("RAP", "Raportointialusta"),
)
FIRST = [
    "Aino",
    "Eero",
    "Elina",
    "Emma",
    "Hanna",
    "Heikki",
    "Iida",
    "Jari",
    "Johanna",
    "Juha",
    "Kaisa",
    "Karin",
    "Lauri",
    "Leena",
    "Liisa",
    "Markku",
    "Matti",
    "Mikko",
    "Minna",
    "Niina",
    "Noora",
    "Olli",
    "Oskari",
    "Outi",
    "Petri",
    "Päivi",
    "Riikka",
    "Sami",
    "Sari",
    "Satu",
    "Tero",
    "Tiina",
    "Timo",
    "Tuula",
    "Ulla",
    "Ville",
    "Åsa",
    "Östen",
]
LAST = [
    "Aalto",
    "Ahonen",
    "Anttila",
    "Eskola",
    "Hakala",
    "Heikkinen",
    "Hiltunen",
    "Hämäläinen",
    "Järvinen",
    "Kallio",
    "Karjalainen",
    "Keskinen",
    "Kinnunen",
    "Koivisto",
    "Korhonen",
    "Koskinen",
    "Laaksonen",
    "Laine",
    "Lehtonen",
    "Leinonen",
    "Lindqvist",
    "Mattila",
    "Mäkelä",
    "Mäkinen",
    "Nieminen",
    "Niskanen",
    "Nyman",
    "Ojala",
    "Peltola",
    "Pitkänen",
    "Rantala",
    "Saarinen",
    "Salmi",
    "Salo",
    "Salonen",
    "Tuominen",
    "Turunen",
    "Vainio",
    "Virtanen",
    "Ylönen",
    "Åberg",
]
PLACES = [
    "Koivu",
    "Mänty",
    "Haapa",
    "Pihla",
    "Lehto",
    "Niemi",
    "Saari",
    "Järvi",
    "Kangas",
    "Vuori",
    "Lahti",
    "Salmi",
    "Suvanto",
    "Harju",
    "Laakso",
    "Ranta",
]
KINDS_OF_PLACE = (("lan kaupunki", 30_000), ("lan kunta", 8_000), ("by stad", 20_000), ("mäen kunta", 5_000))
ASKERS = 5
"""People of a customer who report."""
PEOPLE = "id name sort_key email language created_at"
ROLES = "id person_id organisation_id role valid announced_at supplier_id customer_id"


@dataclass(slots=True)
class Supplier:
    """A supplier with its one agreement; `weight` is its share of all work."""

    id: int
    agreement_id: int
    weight: float
    business_id: str = ""
    iban: str = ""
    manager_ids: list[int] = field(default_factory=list)
    expert_ids: list[int] = field(default_factory=list)
    group_ids: list[int] = field(default_factory=list)
    service_ids: list[int] = field(default_factory=list)

    @property
    def agreement_number(self) -> str:
        return f"{MARK}{self.agreement_id}"


@dataclass(slots=True)
class Contact:
    """Somebody at Tiera who orders, by a right."""

    person_id: int
    right_id: int


@dataclass(slots=True)
class Parties:
    tiera_id: int
    since: date
    suppliers: list[Supplier] = field(default_factory=list)
    customers: list[tuple[int, int]] = field(default_factory=list)
    """Organisation and its representative."""
    askers: dict[int, list[int]] = field(default_factory=dict)
    """Organisation → all who report for it."""
    contacts: list[Contact] = field(default_factory=list)
    approver_ids: list[int] = field(default_factory=list)
    """Tiera's service managers."""

    def price(self, group: int, day: date) -> Decimal:
        """Euros an hour of a group (0 to 2) on a day: three per cent more each year."""
        return (GROUPS[group][2] * Decimal("1.03") ** (day.year - self.since.year)).quantize(Decimal("0.01"))


def load_parties(loader: Loader, scale: Scale, today: date, random: Random) -> Parties:
    """Store everybody and what is agreed with them."""
    since = today - timedelta(days=365 * YEARS + 30)
    made_at = instant(since, 6 * 60)
    tiera_id = loader.one("SELECT id FROM organisations WHERE side = 'buyer'")
    organisation_ids, people_ids = loader.keys(Organisation), loader.keys(Person)
    is_new = tiera_id is None
    parties = Parties(next(organisation_ids) if is_new else tiera_id, since)
    _invent(parties, loader, scale, organisation_ids)
    names = _names(random)

    organisations: list[tuple[int, str, ActorKind, int | None]] = []
    organisations += [(parties.tiera_id, "Kuntien Tiera Oy", ActorKind.BUYER, None)] if is_new else []
    organisations += [
        (s.id, f"Kuormapaja {n} Oy", ActorKind.SUPPLIER, None) for n, s in enumerate(parties.suppliers, 1)
    ]
    for n, (customer_id, _) in enumerate(parties.customers):
        ending, inhabitants = KINDS_OF_PLACE[n // len(PLACES) % len(KINDS_OF_PLACE)]
        size = int(inhabitants * random.lognormvariate(0, 0.6))
        rounds = n // (len(PLACES) * len(KINDS_OF_PLACE))
        organisations.append((customer_id, f"{PLACES[n % len(PLACES)]}{ending}" + f" {rounds + 1}" * (rounds > 0),
                              ActorKind.CUSTOMER, size))  # fmt: skip
    loader.copy(
        Organisation,
        "id name sort_key business_id side created_at",
        ((id, name, sort_key(name), business_id(id), side, made_at) for id, name, side, _ in organisations),
    )
    loader.copy(
        InhabitantCount,
        "organisation_id inhabitants counted_on source recorded_at",
        (
            (id, size, date(since.year, 12, 31), "Tilastokeskus", made_at)
            for id, _, _, size in organisations
            if size is not None
        ),
    )
    kinds = {
        ActorKind.BUYER: [OrganisationKind.BUYER],
        ActorKind.SUPPLIER: [OrganisationKind.SUPPLIER],
        ActorKind.CUSTOMER: [OrganisationKind.CUSTOMER, OrganisationKind.MUNICIPALITY],
    }
    loader.copy(
        OrganisationKindHeld,
        "organisation_id kind valid",
        ((id, kind, days(since)) for id, _, side, _ in organisations for kind in kinds[side]),
    )
    _load_people(loader, parties, scale, people_ids, names, made_at)
    _load_agreements(loader, parties, made_at, today)
    _load_rights(loader, parties, made_at)
    return parties


def business_id(number: int) -> str:
    """A business id with its check digit; numbers that have none are never met twice, so that all are different."""
    while True:
        digits = f"{3_000_000 + number}"
        rest = sum(int(d) * weight for d, weight in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
        if rest != 1:
            return f"{digits}-{11 - rest if rest else 0}"
        number += 1_000_000


def _invent(parties: Parties, loader: Loader, scale: Scale, organisation_ids: Iterator[int]) -> None:
    """Suppliers of falling size, customers."""
    weights = [1 / (n + 1) ** 0.9 for n in range(scale.suppliers)]
    for weight, agreement_id in zip(weights, loader.keys(Agreement), strict=False):
        supplier = Supplier(next(organisation_ids), agreement_id, weight / sum(weights))
        supplier.business_id = business_id(supplier.id)
        supplier.iban = f"FI{98 - int(f'{agreement_id:014}1518') * 100 % 97:02}{agreement_id:014}"
        parties.suppliers.append(supplier)
    parties.customers = [(next(organisation_ids), 0) for _ in range(scale.customers)]


def _names(random: Random) -> Iterator[str]:
    while True:
        yield f"{random.choice(FIRST)} {random.choice(LAST)}"


def _load_people(
    loader: Loader, parties: Parties, scale: Scale, ids: Iterator[int], names: Iterator[str], made_at: object
) -> None:
    people: list[tuple[int, str]] = []
    held: list[tuple[int, int, Role, ActorKind]] = []

    def add(organisation_id: int, role: Role, side: ActorKind) -> int:
        person_id = next(ids)
        people.append((person_id, next(names)))
        held.append((person_id, organisation_id, role, side))
        return person_id

    buyer, supplier_side = ActorKind.BUYER, ActorKind.SUPPLIER
    orderers = [add(parties.tiera_id, Role.SOLUTION_EXPERT, buyer) for _ in range(max(4, scale.suppliers // 2))]
    rights = loader.keys(OrderingRight)
    parties.contacts = [Contact(person_id, next(rights)) for person_id in orderers]
    parties.approver_ids = [add(parties.tiera_id, Role.SERVICE_MANAGER, buyer) for _ in range(3)]
    for supplier in parties.suppliers:
        roles = (Role.SERVICE_MANAGER, Role.ACCOUNT_MANAGER, Role.PROJECT_MANAGER)
        supplier.manager_ids = [add(supplier.id, role, supplier_side) for role in roles]
        experts = max(4, round(scale.experts * supplier.weight))
        supplier.expert_ids = [add(supplier.id, Role.EXPERT, supplier_side) for _ in range(experts)]
    customer = ActorKind.CUSTOMER
    parties.customers = [(id, add(id, Role.REPRESENTATIVE, customer)) for id, _ in parties.customers]
    for id, first in parties.customers:
        parties.askers[id] = [first, *(add(id, Role.REPRESENTATIVE, customer) for _ in range(ASKERS - 1))]
    loader.copy(
        Person,
        PEOPLE,
        (
            (id, name, sort_key(name), f"kuorma{id}@example.fi", Language.SV if id % 11 == 0 else Language.FI, made_at)
            for id, name in people
        ),
    )
    role_ids = list(islice(loader.keys(RoleHeld), len(held)))
    loader.copy(
        RoleHeld,
        ROLES,
        (
            (id, person_id, organisation_id, role, days(parties.since), made_at,
             organisation_id if side is supplier_side else None, organisation_id if side is customer else None)
            for id, (person_id, organisation_id, role, side) in zip(role_ids, held, strict=True)
        ),
    )  # fmt: skip
    loader.copy(
        StatedCompetence,
        "role_held_id competence recorded_at",
        ((id, "Kuormitusaineisto", made_at) for id in role_ids),
    )


def _load_agreements(loader: Loader, parties: Parties, made_at: object, today: date) -> None:
    suppliers, since = parties.suppliers, parties.since
    valid = days(since, today + timedelta(days=730))
    name = "DigiOne: sovelluskehitys ja ylläpito"
    loader.copy(
        Agreement,
        "id number name kind organisation_id valid option_until model_version created_at",
        (
            (s.agreement_id, s.agreement_number, name, AgreementKind.SUPPLIER, s.id, valid,
             today + timedelta(days=1095), "1.0", made_at)
            for s in suppliers
        ),
    )  # fmt: skip
    loader.copy(
        AgreementVersion,
        "agreement_id version name valid option_until model_version recorded_at",
        ((s.agreement_id, 1, name, valid, today + timedelta(days=1095), "1.0", made_at) for s in suppliers),
    )
    group_ids, service_ids = loader.keys(PriceGroup), loader.keys(Service)
    for supplier in suppliers:
        supplier.group_ids = list(islice(group_ids, len(GROUPS)))
        supplier.service_ids = list(islice(service_ids, len(SERVICES)))
    loader.copy(
        PriceGroup,
        "id agreement_id code name",
        (
            (id, s.agreement_id, code, group)
            for s in suppliers
            for id, (code, group, _) in zip(s.group_ids, GROUPS, strict=True)
        ),
    )
    years = range(since.year, today.year + 3)
    loader.copy(
        Price,
        "price_group_id valid unit_price recorded_at",
        (
            (id, days(max(since, date(year, 1, 1)), date(year, 12, 31)), parties.price(n, date(year, 12, 31)), made_at)
            for s in suppliers
            for n, id in enumerate(s.group_ids)
            for year in years
        ),
    )
    loader.copy(
        Service,
        "id agreement_id code name sort_key",
        (
            (id, s.agreement_id, code, service, sort_key(service))
            for s in suppliers
            for id, (code, service) in zip(s.service_ids, SERVICES, strict=True)
        ),
    )
    services = [id for s in suppliers for id in s.service_ids]
    loader.copy(ServiceStart, "service_id started_on recorded_at", ((id, since, made_at) for id in services))
    loader.copy(
        ServiceChannel,
        "service_id kind address hours for_whom recorded_at",
        (
            (id, ServiceChannelKind.PORTAL, "Palveluportaali", "Arkisin klo 8–16", "Asiakkaat ja Tiera", made_at)
            for id in services
        ),
    )
    approvers = parties.approver_ids
    loader.copy(
        BankAccount,
        "agreement_id iban proposed_by_id proposed_at confirmed_by_id confirmed_at",
        ((s.agreement_id, s.iban, approvers[0], made_at, approvers[1], made_at) for s in suppliers),
    )
    required = [ReferenceKey.ORDER_NUMBER.value, ReferenceKey.PERIOD.value, ReferenceKey.PRICE_GROUP.value]
    loader.copy(
        InvoicingProcess,
        "agreement_id valid_from required_references description announced_at announced_by_id",
        ((s.agreement_id, since, required, "Tilaustunnus, kausi ja hintaryhmä.", made_at, approvers[0])
         for s in suppliers),
    )  # fmt: skip


def _load_rights(loader: Loader, parties: Parties, made_at: object) -> None:
    """Every contact may order anything of any supplier."""
    loader.copy(
        OrderingRight,
        "id person_id organisation_id valid document_number document_on state recorded_at recorded_by_id "
        "confirmed_at confirmed_by_id",
        (
            (c.right_id, c.person_id, parties.tiera_id, days(parties.since), f"{MARK}{c.right_id}", parties.since,
             RightState.IN_FORCE, made_at, namer, made_at, parties.approver_ids[1])
            for c, namer in zip(parties.contacts, cycle(parties.approver_ids[:1]), strict=False)
        ),
    )  # fmt: skip
