"""The orders of the demo: what was wanted, what it was thought to take, who works on it and where it stands today."""

from dataclasses import dataclass
from enum import Enum, auto


class End(Enum):
    """Where an order has come to by today."""

    ASKED = auto()
    DRAFT = auto()
    REQUESTED = auto()
    ESTIMATED = auto()
    ORDERED = auto()
    IN_PROGRESS = auto()
    OVERRUN_ASKED = auto()
    DELIVERED = auto()
    ACCEPTED = auto()


@dataclass(frozen=True)
class Work:
    """Effort in hours; days are business days before today."""

    key: str
    deal: str
    title: str
    description: str
    began: int
    end: End
    rows: tuple[tuple[str, float], ...]
    """Price group and hours of the estimate."""
    experts: tuple[str, ...]
    tasks: tuple[str, ...]
    """What was done: descriptions of entries, in turns."""
    service: str
    customer: str | None = None
    goal: str | None = None
    limits: str | None = None
    spent: float = 0.0
    """Share of the estimate that was booked by the end of the work, or by yesterday."""
    lasts: int | None = None
    """Business days that the work took; None while it goes on."""
    alternative: tuple[str, tuple[tuple[str, float], ...]] | None = None
    due_in: int = 10
    """Business days after today (or, of what is accepted, before)."""
    overrun_at: float | None = None
    """Share of the estimate booked when an earlier overrun was asked and granted."""

    @property
    def estimated_minutes(self) -> int:
        return round(sum(hours for _, hours in self.rows) * 60)

    @property
    def manager(self) -> str:
        """Who leads it at the supplier."""
        return "manager_a" if self.deal == "deal_a" else "manager_b"


WORKS = (
    Work(
        "hakemus",
        "deal_a",
        "Varhaiskasvatushakemuksen uudistus",
        "Hakemuslomake jaetaan vaiheisiin ja esitäytetään väestötiedoista.",
        84,
        End.ACCEPTED,
        (("ASI", 48), ("SEN", 22.5)),
        ("expert_a", "expert_a2"),
        (
            "Lomakkeen vaiheistus ja välitallennus",
            "Väestötietojen esitäyttö: rajapinnan kutsut",
            "Huoltajan suostumusten näkymä",
            "Saavutettavuuden korjaukset lomakkeella",
            "Virheilmoitusten tekstit suomeksi ja ruotsiksi",
            "Testaus Mallilan kanssa ja löydösten korjaus",
        ),
        "VAKA",
        "mallila",
        "Hakija täyttää hakemuksen alle kymmenessä minuutissa.",
        "Maksupäätökset eivät kuulu tilaukseen.",
        spent=0.97,
        lasts=36,
        alternative=("Vain esitäyttö, lomake ennallaan", (("ASI", 26),)),
        due_in=-30,
    ),
    Work(
        "rajapinta",
        "deal_b",
        "Asianhallinnan rajapinta, vaihe 2",
        "Päätökset siirtyvät asianhallintaan ja tila palautuu asiointiin.",
        62,
        End.OVERRUN_ASKED,
        (("ASI", 120), ("SEN", 60)),
        ("expert_b",),
        (
            "Päätösten siirtosanoma ja sen tarkistukset",
            "Tilatiedon palautus asiointiin",
            "Virhejonon käsittely ja uudelleenlähetys",
            "Rajapinnan kuorman mittaus ja hidasteet",
            "Asianhallinnan testiympäristön selvitykset",
            "Liitteiden siirto ja tiedostotyypit",
        ),
        "INT",
        "mallila",
        "Päätös näkyy asioinnissa viiden minuutin kuluessa.",
        "Arkistointi ei kuulu tilaukseen.",
        spent=1.045,
        due_in=13,
    ),
    Work(
        "lomakkeet",
        "deal_a",
        "Asiointilomakkeiden saavutettavuuskorjaukset",
        "Lomakkeet vastaavat WCAG 2.1 AA -tasoa myös ruudunlukijalla.",
        46,
        End.IN_PROGRESS,
        (("ASI", 86), ("SEN", 24)),
        ("expert_a", "expert_a2"),
        (
            "Kohdistuksen järjestys lomakkeilla",
            "Ruudunlukijan nimet ja virheiden kuvaukset",
            "Kontrastit ja näkyvä kohdistus",
            "Lomakkeet 320 pikselin leveydellä",
            "Näppäimistökäyttö: päivämäärän valinta",
        ),
        "VAKA",
        "esimerkkila",
        "Saavutettavuusvalvonnan huomautukset on korjattu.",
        "Vain 12 käytetyintä lomaketta.",
        spent=0.64,
        due_in=18,
    ),
    Work(
        "opetus",
        "deal_a",
        "Oppilashallinnon opettajanäkymä",
        "Opettaja näkee ryhmänsä ja poissaolot yhdellä sivulla.",
        58,
        End.DELIVERED,
        (("ASI", 60), ("ARK", 12)),
        ("expert_a2",),
        (
            "Ryhmän yhteenvedon kysely ja näkymä",
            "Poissaolojen kirjaus näppäimistöllä",
            "Näkymän oikeudet koulun ja ryhmän mukaan",
            "Hakujen nopeutus suurissa kouluissa",
            "Käyttäjätestin havaintojen korjaus",
        ),
        "KOULU",
        None,
        "Poissaolon kirjaus onnistuu kolmella painalluksella.",
        "Arviointi ei kuulu tilaukseen.",
        spent=1.1,
        lasts=47,
        overrun_at=0.85,
        due_in=4,
    ),
    Work(
        "sso",
        "deal_b",
        "Kertakirjautumisen vianselvitys",
        "Selvitetään satunnaiset uloskirjautumiset ja korjataan syy.",
        70,
        End.ACCEPTED,
        (("ASI", 16),),
        ("expert_b",),
        (
            "Lokien läpikäynti ja toistaminen testissä",
            "Istunnon uusimisen korjaus",
            "Korjauksen seuranta tuotannossa",
        ),
        "INT",
        "nordby",
        spent=1.0,
        lasts=12,
        due_in=-45,
    ),
    Work(
        "raportit",
        "deal_b",
        "Raportointialustan versiopäivitys",
        "Alusta päivitetään ja vanhat raportit tarkistetaan.",
        34,
        End.IN_PROGRESS,
        (("ASI", 38), ("SEN", 15)),
        ("expert_b",),
        (
            "Päivityksen koeajo testiympäristössä",
            "Raporttien vertailu ennen ja jälkeen",
            "Aikataulutettujen ajojen siirto",
        ),
        "RAP",
        None,
        "Raportit tuottavat samat luvut kuin ennen.",
        "Uusia raportteja ei tehdä.",
        spent=0.86,
        due_in=9,
    ),
    Work(
        "tietosuoja",
        "deal_a",
        "Tietosuojan vaikutustenarvioinnin tuki",
        "Arvioidaan uuden asioinnin käsittelytoimet yhdessä tietosuojavastaavan kanssa.",
        9,
        End.ORDERED,
        (("SEN", 28),),
        ("expert_a",),
        ("Käsittelytoimien kuvaus",),
        "VAKA",
        "mallila",
        due_in=25,
    ),
    Work(
        "viestit",
        "deal_a",
        "Huoltajien viestit kolmella kielellä",
        "Viestipohjat suomeksi, ruotsiksi ja englanniksi sekä kielen valinta.",
        6,
        End.ESTIMATED,
        (("ASI", 64), ("SEN", 20)),
        ("expert_a2",),
        ("Viestipohjat",),
        "VAKA",
        "nordby",
        "Huoltaja saa viestit valitsemallaan kielellä.",
        "Puhelinviestit eivät kuulu tilaukseen.",
        alternative=("Vain suomeksi ja ruotsiksi", (("ASI", 44), ("SEN", 14))),
        due_in=40,
    ),
    Work(
        "arkisto",
        "deal_b",
        "Sähköisen arkiston siirtotestit",
        "Testataan lukuvuoden asiakirjojen siirto arkistoon.",
        3,
        End.REQUESTED,
        (("ASI", 40),),
        ("expert_b",),
        ("Siirtotestit",),
        "INT",
        "esimerkkila",
        due_in=45,
    ),
    Work(
        "koulutus",
        "deal_a",
        "Pääkäyttäjien koulutus uuteen asiointiin",
        "Kaksi etätilaisuutta ja ohjeaineisto.",
        1,
        End.DRAFT,
        (("ASI", 24),),
        ("expert_a",),
        ("Koulutus",),
        "VAKA",
        None,
        due_in=50,
    ),
    Work(
        "esteet",
        "deal_a",
        "Hakemuksen liitteiden koon nosto",
        "Perheet eivät saa lähetettyä kuvia lääkärinlausunnoista: raja on liian pieni.",
        2,
        End.ASKED,
        (("ASI", 8),),
        ("expert_a",),
        ("Liitteet",),
        "VAKA",
        "mallila",
        due_in=30,
    ),
)
