"""The demo's service catalogue: what municipalities order often, and one thing that was ordered yesterday."""

from decimal import Decimal

from backend.demo.papers import paper
from backend.demo.stage import Stage
from backend.kit.amounts import Minutes
from backend.tickets import catalogue_verbs
from backend.tickets.catalogue_rules import Answer, Field
from backend.tickets.catalogue_states import FieldKind
from backend.tickets.catalogue_verbs import Content

CHOICE, NUMBER, DATE, FILE = FieldKind.CHOICE, FieldKind.NUMBER, FieldKind.DATE, FieldKind.FILE
HOUR = 60

PRODUCTS = (
    (
        "VAKA",
        Content(
            name="Uusi asiointilomake",
            category="Lomakkeet ja tekstit",
            description="Lomake asiointipalveluun suomeksi ja ruotsiksi, enintään 20 kenttää. Saat luonnoksen "
            "tarkistettavaksi ennen julkaisua.",
            euros=Decimal("320.00"),
            target_minutes=Minutes(40 * HOUR),
            fields=(
                Field(label="Lomakkeen nimi", is_needed=True),
                Field(label="Kielet", kind=CHOICE, choices="Suomi\nRuotsi\nSuomi ja ruotsi", is_needed=True),
                Field(label="Milloin lomakkeen pitää olla julki", kind=DATE),
                Field(label="Mitä lomakkeella kysytään", is_needed=True, hint="Luettele kentät, yksi riviä kohti."),
                Field(label="Nykyinen lomake", kind=FILE, hint="Paperilomake kuvana tai PDF, jos sellainen on."),
            ),
        ),
    ),
    (
        "KOULU",
        Content(
            name="Käyttöoikeudet uudelle koululle",
            category="Käyttöoikeudet",
            description="Koulu, sen luokat ja henkilökunnan roolit lisätään oppilashallintoon.",
            target_minutes=Minutes(16 * HOUR),
            fields=(
                Field(label="Koulun nimi", is_needed=True),
                Field(label="Oppilaita", kind=NUMBER),
                Field(label="Käyttöönottopäivä", kind=DATE, is_needed=True),
            ),
        ),
    ),
    (
        "RAP",
        Content(
            name="Kertaluonteinen raportti",
            category="Raportit",
            description="Luettelo tai tilasto raportointialustan tiedoista kertaalleen, taulukkotiedostona.",
            euros=Decimal("180.00"),
            target_minutes=Minutes(24 * HOUR),
            fields=(
                Field(label="Mitä raportista pitää nähdä", is_needed=True),
                Field(label="Aikaväli", is_needed=True, hint="Esimerkiksi syyslukukausi 2026."),
            ),
        ),
    ),
)


async def offer(stage: Stage) -> None:
    """The key user puts the products into the catalogue."""
    stage.at(stage.day(-20), 10)
    for service, content in PRODUCTS:
        ref = await stage.act(
            "key_user", catalogue_verbs.define_product, service_id=stage.ids[service], content=content
        )
        stage.ids[f"product:{content.name}"] = ref.id


async def order_form(stage: Stage) -> None:
    """A municipality's person orders a form."""
    stage.at(stage.day(-1), 14, 20)
    answers = ("Hakemus joustavaan esiopetukseen", "Suomi ja ruotsi", "", "Lapsen nimi\nNykyinen ryhmä\nToivottu aika")
    on_paper = paper(
        "HAKEMUS JOUSTAVAAN ESIOPETUKSEEN", "", "Lapsen nimi: ______________", "Toivottu aika: ____________"
    )
    file = await stage.bring("mallila_rep", "hakemus 2019.pdf", on_paper, "application/pdf")
    await stage.act(
        "mallila_rep",
        catalogue_verbs.order_product,
        product_id=stage.ids["product:Uusi asiointilomake"],
        ordinal=1,
        answers=[
            *(Answer(position=place, value=value) for place, value in enumerate(answers)),
            Answer(position=len(answers), file_id=file.id),
        ],
    )
