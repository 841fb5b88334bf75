"""What is reported and written in the loaded data: composed of our domain's words, so that a search has to choose."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from backend.demo.load.parties import PLACES
from backend.tickets.states import MessageKind, TicketKind

T = TypeVar("T")

BEGINNINGS = (
    "hakemus", "päätös", "asiakas", "laskutus", "käyttäjä", "oppilas", "huoltaja", "esiopetus",
    "varhaiskasvatus", "koulu", "opettaja", "arviointi", "poissaolo", "lukujärjestys", "kuljetus", "ruokailu",
    "maksu", "tulotieto", "läsnäolo", "hoitoaika", "palvelu", "sopimus", "tilaus", "henkilöstö", "sijaisuus",
    "palkka", "työvuoro", "kirjaamo", "arkisto", "asiakirja", "lupa", "rakennus", "kaavoitus", "kirjasto",
    "liikunta", "nuoriso", "vuokra", "tilavaraus", "kokous", "pöytäkirja", "talous", "budjetti", "osto",
    "hankinta", "toimittaja", "raportointi", "tilasto", "tunnistus", "valtuutus", "suostumus", "viestintä",
    "ajanvaraus", "lomake", "rajapinta", "väestö", "osoite", "yhteystieto", "tukipyyntö", "kalenteri",
)  # fmt: skip
"""What a thing is of; those that come first are met most often."""
ENDINGS = (
    ("lomake", "lomakkeen", "lomakkeessa", "lomakkeet"),
    ("luettelo", "luettelon", "luettelossa", "luettelot"),
    ("rekisteri", "rekisterin", "rekisterissä", "rekisterit"),
    ("siirto", "siirron", "siirrossa", "siirrot"),
    ("raportti", "raportin", "raportissa", "raportit"),
    ("näkymä", "näkymän", "näkymässä", "näkymät"),
    ("liittymä", "liittymän", "liittymässä", "liittymät"),
    ("tunnus", "tunnuksen", "tunnuksessa", "tunnukset"),
    ("viesti", "viestin", "viestissä", "viestit"),
    ("ilmoitus", "ilmoituksen", "ilmoituksessa", "ilmoitukset"),
    ("tuloste", "tulosteen", "tulosteessa", "tulosteet"),
    ("haku", "haun", "haussa", "haut"),
    ("laskenta", "laskennan", "laskennassa", "laskennat"),
    ("kortti", "kortin", "kortissa", "kortit"),
    ("pohja", "pohjan", "pohjassa", "pohjat"),
    ("palvelin", "palvelimen", "palvelimessa", "palvelimet"),
    ("tallennus", "tallennuksen", "tallennuksessa", "tallennukset"),
    ("tarkistus", "tarkistuksen", "tarkistuksessa", "tarkistukset"),
    ("historia", "historian", "historiassa", "historiat"),
    ("taulukko", "taulukon", "taulukossa", "taulukot"),
    ("liite", "liitteen", "liitteessä", "liitteet"),
    ("asetus", "asetuksen", "asetuksessa", "asetukset"),
    ("oikeus", "oikeuden", "oikeudessa", "oikeudet"),
    ("muistutus", "muistutuksen", "muistutuksessa", "muistutukset"),
    ("koonti", "koonnin", "koonnissa", "koonnit"),
    ("tunniste", "tunnisteen", "tunnisteessa", "tunnisteet"),
)
"""What it is: by itself, of it, in it, many of it."""
UNITS = ("päiväkoti", "koulu", "lukio", "kirjasto", "palvelupiste", "toimisto", "varikko", "nuorisotalo", "uimahalli")
WHEN = ("aamusta alkaen", "eilisestä asti", "päivityksen jälkeen", "viikonlopun jälkeen", "yön ajon jälkeen",
        "joka aamu", "ruuhkassa", "kuun vaihteessa", "koeajossa", "lomien jälkeen")  # fmt: skip

TITLES: Mapping[TicketKind, tuple[str, ...]] = {
    TicketKind.INCIDENT: (
        "{Thing} ei aukea", "{Thing} jää tyhjäksi {when}", "Virhe {inside}", "{Of} tallennus ei onnistu",
        "{Thing} hidastelee {when}", "{Many} puuttuvat: {place}", "Väärät tiedot {inside}", "{Of} tulostus katkeaa",
        "{Thing} kaatuu {when}", "{Thing} ja {other} eivät täsmää", "Kirjautuminen katkeaa, kun {thing} avataan",
        "{Many} näkyvät kahteen kertaan", "{place}: {thing} ei päivity",
    ),
    TicketKind.SERVICE_REQUEST: (
        "Käyttöoikeus: {thing}", "Uusi {thing}: {place}", "{Of} muutos", "Opastusta: {thing}",
        "{Many} pitäisi päivittää", "{Thing} ruotsiksi", "Tunnus uudelle työntekijälle: {place}",
        "{Of} poisto käytöstä", "Kysymys: {thing} ja {other}", "{Thing} uuteen yksikköön", "Poiminta: {many}",
    ),
    TicketKind.PROBLEM: ("Toistuva virhe: {thing}", "{Of} hitauden syy", "{Many} katoavat ajoittain"),
    TicketKind.CHANGE: ("{Of} uudistus", "{Of} versiopäivitys", "{Thing} liitetään: {other}", "{Of} siirto pilveen"),
}  # fmt: skip
REPORTED = (
    "{Thing} antaa virheen {code}. Ilmiö näkyy {when}, yksikkönä {place}.",
    "Meillä {place} ei saa {of} tietoja näkyviin {when}. Muut näkymät toimivat.",
    "{Inside} näkyvät vanhat tiedot, vaikka {other} on päivitetty. Virhekoodi on {code}.",
    "Tarvitsemme apua: {thing}. Asia koskee yksikköä {place}, ja sen pitäisi olla kunnossa ensi viikolla.",
    "{Of} kanssa ei pääse eteenpäin: painike ei vastaa ja lokissa on {code}. Kokeiltu kahdella selaimella.",
    "Olisiko {thing} mahdollista saada käyttöön? Perusteena on {other}, jota {place} käyttää jo.",
)
TOO = (
    " Ohjeen mukaan {other} pitäisi tarkistaa ensin, ja se on tehty.",
    " Vastaava tapahtui myös keväällä, silloin syynä oli {other}.",
    " Liitteenä ei ole kuvaa, mutta voimme näyttää tilanteen etäyhteydellä.",
    "",
)
SAID: Mapping[MessageKind, tuple[str, ...]] = {
    MessageKind.HANDOVER: ("Kuuluu palvelun tuottajalle: {thing}.", "Vika on palvelussa, {other} toimii.",
                           "Tarvitaan toimittajan selvitys: {code}."),
    MessageKind.RESPONSE: ("Kiitos ilmoituksesta. Selvitämme, miksi {thing} ei toimi.",
                           "Kiitos, otimme asian työn alle. Tarkistamme ensin, onko {other} kunnossa.",
                           "Kiitos yhteydenotosta. Palaamme asiaan, kun {of} lokit on käyty läpi."),
    MessageKind.QUESTION: ("Milloin {thing} toimi viimeksi?", "Näkyykö sama, kun {other} avataan toisella tunnuksella?",
                           "Mikä yksikkö on kyseessä, ja onko {of} virhekoodi {code}?"),
    MessageKind.MESSAGE: ("Tarkistettu: {thing} toimii nyt toisella tunnuksella.",
                          "{Inside} on rivi, jonka koodi on {code}. Sama näkyy yksikössä {place}.",
                          "Lisätietona: {other} päivitettiin {when}.", "Asia on edelleen kesken, {thing} odottaa."),
    MessageKind.CAUSE: ("Syynä oli {other}, jonka asetus muuttui päivityksessä ({code}).",
                        "{Of} välimuisti täyttyi, koska {other} ajettiin kahdesti."),
    MessageKind.DECISION: ("Hyväksytään tehtäväksi sovitussa ikkunassa: {thing}.",
                           "Ei tehdä nyt, koska {other} uusitaan keväällä."),
    MessageKind.RESOLUTION: ("Korjattu: {thing} toimii taas. Kokeilkaa uudelleen.",
                             "{Of} asetukset on palautettu ja {other} ajettu uudelleen.",
                             "Valmis: {thing} on käytössä, yksikkönä {place}.",
                             "Ohjeistettu. {Of} ohje löytyy nyt myös tukisivulta."),
    MessageKind.ENDING: ("Asia hoitui itse, {thing} toimii.", "Ei tarvita enää: {other} riittää."),
}  # fmt: skip
WORDS_OF_THANKS = ("Kiitos nopeasta avusta.", "Hoitui hyvin.", "Kesti hieman, mutta kuntoon tuli.", None, None)


def title(kind: TicketKind, key: int) -> str:
    """What a case is called; the same key always gives the same."""
    return _fill(lambda choice: choice(TITLES[kind]), key)


def description(key: int) -> str:
    """What was reported."""
    return _fill(lambda choice: choice(REPORTED) + choice(TOO), key)


def said(kind: MessageKind, key: int) -> str:
    """What was written."""
    return _fill(lambda choice: choice(SAID[kind]), key)


class Choice:
    """Choices that follow from a key: several times cheaper than a generator of random numbers for each text."""

    __slots__ = ("_state",)

    def __init__(self, key: int) -> None:
        self._state = key * 0x9E3779B97F4A7C15 % 2**64

    def number(self, below: int) -> int:
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % below

    def __call__(self, some: Sequence[T]) -> T:
        return some[self.number(len(some))]

    def often(self, some: Sequence[T]) -> T:
        """One of those that come first, mostly."""
        return some[self.number(self.number(len(some)) + 1)]


def _fill(chosen: Callable[[Choice], str], key: int) -> str:
    choice = Choice(key)
    pattern = chosen(choice)
    about = choice.often(BEGINNINGS)
    thing, of, inside, many = choice(ENDINGS)
    place = choice(PLACES)
    return pattern.format(
        thing=about + thing, Thing=about.capitalize() + thing, of=about + of, Of=about.capitalize() + of,
        inside=about + inside, Inside=about.capitalize() + inside, many=about + many, Many=about.capitalize() + many,
        other=choice.often(BEGINNINGS) + choice(ENDINGS)[0], place=f"{place}lan {choice(UNITS)}", when=choice(WHEN),
        code=f"{place[:2].upper()}-{choice.number(9_000) + 1_000}",
    )  # fmt: skip


def thanks(key: int) -> str | None:
    """A word that goes with a rating, for some."""
    return Choice(key)(WORDS_OF_THANKS)
