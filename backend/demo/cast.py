"""Who is in the demo. Everybody and everything is made up; the municipalities do not exist."""

from dataclasses import dataclass
from decimal import Decimal

from backend.kit.actor import ActorKind, Language
from backend.parties.states import OrganisationKind
from backend.rulebook.roles import Role


@dataclass(frozen=True)
class Party:
    key: str
    name: str
    side: ActorKind
    business_id: str
    kinds: tuple[OrganisationKind, ...] = ()
    inhabitants: int | None = None


@dataclass(frozen=True)
class Member:
    key: str
    name: str
    party: str
    role: Role
    competence: str
    language: Language = Language.FI
    listed: bool = True
    """Whether the sign-in page of the demo offers this person."""

    @property
    def email(self) -> str:
        plain = self.name.lower().translate(str.maketrans("åäöé", "aaoe")).replace(" ", ".")
        return f"{plain}@{self.party.replace('_', '-')}.example"


@dataclass(frozen=True)
class Deal:
    """An agreement with a supplier: its price groups with the price of an hour, its account."""

    key: str
    party: str
    number: str
    name: str
    greatest_total: Decimal
    prices: tuple[tuple[str, str, Decimal], ...]
    services: tuple[tuple[str, str], ...]
    iban: str


TIERA = Party("tiera", "Kuntien Tiera Oy", ActorKind.BUYER, "1000002-0", (OrganisationKind.BUYER,))
KEY_USER = Member("key_user", "Jari Nieminen", "tiera", Role.KEY_USER, "Portaalin perustiedot ja käyttäjät")

K = OrganisationKind
PARTIES = (
    Party("koodipaja", "Koodipaja Oy", ActorKind.SUPPLIER, "1000003-9", (K.SUPPLIER,)),
    Party("pohjanlumi", "Pohjanlumi Ohjelmistot Oy", ActorKind.SUPPLIER, "1000004-7", (K.SUPPLIER,)),
    Party("mallila", "Mallilan kaupunki", ActorKind.CUSTOMER, "1000005-5", (K.CUSTOMER, K.MUNICIPALITY), 84_310),
    Party("nordby", "Nordby stad", ActorKind.CUSTOMER, "1000006-3", (K.CUSTOMER, K.MUNICIPALITY), 21_640),
    Party("esimerkkila", "Esimerkkilän kunta", ActorKind.CUSTOMER, "1000007-1", (K.CUSTOMER, K.MUNICIPALITY), 12_205),
)

R = Role
PEOPLE = (
    Member("ordering_contact", "Anna Korhonen", "tiera", R.SOLUTION_EXPERT, "Varhaiskasvatuksen ratkaisut"),
    Member("service_manager", "Mikko Laine", "tiera", R.SERVICE_MANAGER, "Palvelunhallinta, ITIL"),
    Member("product_owner", "Elina Saarinen", "tiera", R.PRODUCT_OWNER, "DigiOne-alustan kehitys"),
    Member("business_manager", "Päivi Heikkinen", "tiera", R.BUSINESS_MANAGER, "Opetuksen ja kasvatuksen palvelut"),
    Member("solution_manager", "Antero Kallio", "tiera", R.SOLUTION_MANAGER, "Oppilashallinto", listed=False),
    Member("tiera_project_manager", "Riikka Salo", "tiera", R.PROJECT_MANAGER, "IPMA C", listed=False),
    Member("manager_a", "Sari Mäkelä", "koodipaja", R.SERVICE_MANAGER, "Julkisen hallinnon palvelut 12 vuotta"),
    Member("expert_a", "Ville Lehtonen", "koodipaja", R.EXPERT, "Python, PostgreSQL, saavutettavuus"),
    Member("account_a", "Timo Rantala", "koodipaja", R.ACCOUNT_MANAGER, "Puitesopimukset", listed=False),
    Member("expert_a2", "Noora Ahonen", "koodipaja", R.EXPERT, "Käyttöliittymät ja palvelumuotoilu", listed=False),
    Member("project_a", "Juho Peltola", "koodipaja", R.PROJECT_MANAGER, "Ketterät hankkeet", listed=False),
    Member("quality_a", "Minna Toivonen", "koodipaja", R.QUALITY_LEAD, "ISTQB", listed=False),
    Member("manager_b", "Kaisa Hämäläinen", "pohjanlumi", R.SERVICE_MANAGER, "Integraatiopalvelut"),
    Member("expert_b", "Oskari Virtanen", "pohjanlumi", R.EXPERT, "Rajapinnat ja tietovarastot"),
    Member("account_b", "Helena Niskanen", "pohjanlumi", R.ACCOUNT_MANAGER, "Asiakkuudet", listed=False),
    Member("mallila_rep", "Hanna Järvinen", "mallila", R.REPRESENTATIVE, "Varhaiskasvatuspalvelut"),
    Member("nordby_rep", "Karin Lindqvist", "nordby", R.REPRESENTATIVE, "Utbildningstjänster", Language.SV),
    Member("esimerkkila_rep", "Petri Koskinen", "esimerkkila", R.REPRESENTATIVE, "Sivistystoimi", listed=False),
)

DEALS = (
    Deal(
        "deal_a",
        "koodipaja",
        "SOP-2026-014",
        "DigiOne: sovelluskehitys ja ylläpito",
        Decimal(620_000),
        (
            ("ASI", "Asiantuntija", Decimal("95.00")),
            ("SEN", "Vanhempi asiantuntija", Decimal("112.00")),
            ("ARK", "Arkkitehti", Decimal("128.50")),
        ),
        (("VAKA", "Varhaiskasvatuksen asiointi"), ("KOULU", "Oppilashallinto"), ("VIESTI", "Kodin ja koulun viestit")),
        "FI2112345600000785",
    ),
    Deal(
        "deal_b",
        "pohjanlumi",
        "SOP-2026-021",
        "DigiOne: integraatiot ja raportointi",
        Decimal(240_000),
        (("ASI", "Asiantuntija", Decimal("98.00")), ("SEN", "Vanhempi asiantuntija", Decimal("118.00"))),
        (("INT", "Integraatioalusta"), ("RAP", "Raportointialusta")),
        "FI5810171000000122",
    ),
)
