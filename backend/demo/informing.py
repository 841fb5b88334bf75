"""Bulletins of the demo: what was agreed of communication, and what was told of services in the last days."""

from datetime import datetime, time, timedelta
from typing import Any

from backend.bulletins import plan_verbs, reading_verbs, verbs
from backend.bulletins.plan_verbs import Agreed
from backend.bulletins.states import BulletinKind, Occasion, Receivers
from backend.bulletins.verbs import Content
from backend.demo.papers import paper
from backend.demo.stage import Stage
from backend.kit.clock import HELSINKI
from backend.kit.refs import Ref
from backend.rulebook.criticality import Criticality

K, R = BulletinKind, Receivers
WHEN_DOWN = (
    "Soitetaan pääkäyttäjille. Puhelinluettelo on tulostettuna palvelupisteessä ja varmuuskopiona toimittajalla."
)
CUSTOMERS = ("mallila", "nordby")

COMMON: dict[Occasion, tuple[str, str, str, str]] = {
    Occasion.HIGH_INCIDENT: (
        "Tiedotetaan tunnin kuluessa ja aina kun tilanne muuttuu.",
        "Palvelun pääkäyttäjät.",
        "Häiriö palvelussa",
        "Palvelussa on häiriö. Korjaamme sitä ja kerromme lisää viimeistään kello …",
    ),
    Occasion.NORMAL_INCIDENT: (
        "Tiedotetaan, jos häiriö kestää yli työpäivän.",
        "Ne, jotka häiriöstä ilmoittivat.",
        "Häiriö palvelussa",
        "Palvelussa on rajattu häiriö: …",
    ),
    Occasion.LOW_INCIDENT: (
        "Ei erillistä tiedotetta; kerrotaan kuukausikatsauksessa.",
        "Pääkäyttäjät.",
        "Pieniä häiriöitä kuukauden aikana",
        "Kuukauden aikana korjattiin seuraavat häiriöt: …",
    ),
    Occasion.BREAK: (
        "Tiedotetaan vähintään viisi työpäivää ennen.",
        "Palvelun pääkäyttäjät ja asiakkaan tukipalvelu.",
        "Huoltokatko",
        "Palvelu on pois käytöstä … klo …–…. Keskeneräiset työt kannattaa tallentaa ennen katkoa.",
    ),
    Occasion.CHANGE: (
        "Tiedotetaan kaksi viikkoa ennen käyttöönottoa.",
        "Palvelun pääkäyttäjät.",
        "Palvelu muuttuu",
        "Palvelu muuttuu … alkaen: …",
    ),
    Occasion.NEWS: (
        "Kuukausikatsaus jokaisen kuun ensimmäisellä viikolla.",
        "Kaikki palvelun käyttäjäorganisaatiot.",
        "Kuukauden kuulumiset",
        "Tässä kuussa: …",
    ),
}


async def agree(stage: Stage) -> None:
    """What holds for all services; and for two of them crisis communication. Of the others it is not agreed yet;
    one that has not started has its breaks."""
    for occasion, (measures, told, title, text) in COMMON.items():
        await _agree(stage, None, occasion, measures, told, title, text, to_all_customers=True)
    crisis = "Kriisiryhmä kootaan 15 minuutissa; ensimmäinen tiedote puolessa tunnissa, sen jälkeen tunnin välein."
    for service, more in (
        ("VAKA", {"supplier_informs": True, "organisation_ids": [stage.ids[key] for key in CUSTOMERS]}),
        ("INT", {"to_all_customers": True}),
    ):
        await _agree(
            stage,
            service,
            Occasion.CRITICAL_INCIDENT,
            crisis,
            "Pääkäyttäjät, sivistysjohto ja asiakkaan viestintä.",
            "Palvelu ei ole käytettävissä",
            "Palvelu ei ole käytettävissä. Vikaa korjataan. Kerromme lisää viimeistään kello …",
            rhythm="Tunnin välein, kunnes häiriö on ohi",
            **more,
        )
    await _agree(
        stage,
        "VIESTI",
        Occasion.BREAK,
        "Tiedotetaan viikkoa ennen; koulujen lomien aikaan kolme viikkoa ennen.",
        "Koulujen pääkäyttäjät.",
        "Huoltokatko viesteissä",
        "Viestit eivät kulje … klo …–…. Kiireelliset asiat hoidetaan puhelimitse.",
        to_all_customers=True,
    )


async def _agree(
    stage: Stage, service: str | None, occasion: Occasion, measures: str, told: str, title: str, text: str, **more: Any
) -> None:
    agreed = Agreed(
        measures=measures,
        told=told,
        channels="Portaalin sivut ja sähköposti",
        when_down=WHEN_DOWN,
        template_title=title,
        template_text=text,
        agreed_on=stage.clock.date(),
        **more,
    )
    await stage.act(
        "service_manager",
        plan_verbs.agree_on_communication,
        service_id=stage.ids[service] if service else None,
        occasion=occasion,
        agreed=agreed,
    )


async def tell_of_sign_in(stage: Stage) -> None:
    """Critical: as was agreed the supplier itself informs the customers, and says when it is over."""
    stage.at(stage.day(-4), 8, 45)
    first = await _publish(
        stage, "manager_a",
        kind=K.INCIDENT, criticality=Criticality.CRITICAL, receivers=R.AS_PLANNED,
        service_ids=[stage.ids["VAKA"]], about=Ref("Ticket", stage.ids["ticket:kirjautuminen"]),
        title="Asiointiin kirjautuminen ei toimi",
        text="Kirjautuminen päättyy virheilmoitukseen. Vika on istuntopalvelimessa, ja sitä korjataan.\n\n"
        "Kerromme lisää viimeistään kello 10. Kiireelliset ilmoitukset päiväkotiin puhelimitse.",
    )  # fmt: skip
    stage.at(stage.day(-4), 9, 35)
    second = await _publish(
        stage, "manager_a", follows=first,
        title="Kirjautuminen asiointiin toimii taas",
        text="Istuntopalvelin käynnistettiin uudelleen kello 9.25, ja kirjautuminen toimii. Syytä selvitetään.",
    )  # fmt: skip
    stage.at(stage.day(-4), 12)
    await stage.act("manager_a", verbs.end_bulletin, bulletin_id=second)


async def tell_of_coming_days(stage: Stage) -> None:
    """A break that goes from the supplier over Tiera to the customers; news; one taken back; one being written."""
    begins = datetime.combine(stage.day(6), time(20), HELSINKI)
    a_break: dict[str, Any] = {
        "kind": K.BREAK,
        "service_ids": [stage.ids["INT"]],
        "starts_at": begins,
        "ends_at": begins + timedelta(hours=3),
        "asks_acknowledgement": True,
    }
    stage.at(stage.day(-1), 15, 45)
    await _publish(
        stage, "manager_b", receivers=R.TIERA, title="Integraatioalustan tietokanta päivitetään",
        text="Päivitys kestää enintään kolme tuntia. Sinä aikana siirrot eivät kulje; ne ajetaan katkon jälkeen.",
        **a_break,
    )  # fmt: skip
    stage.at(stage.day(-1), 15, 58)
    told = await _publish(
        stage, "service_manager", receivers=R.ALL_CUSTOMERS, title="Integraatioalustan huoltokatko",
        text="Integraatioalusta on pois käytöstä huoltokatkon ajan. Yön siirrot ajetaan katkon jälkeen, "
        "eikä teiltä tarvita toimia.\n\nIntegrationsplattformen är ur bruk under underhållsavbrottet. "
        "Nattens överföringar körs efter avbrottet.",
        **a_break,
    )  # fmt: skip
    stage.at(stage.day(-1), 16, 2)
    await _publish(
        stage, "service_manager", kind=K.INCIDENT, criticality=Criticality.NORMAL, receivers=R.ALL_CUSTOMERS,
        service_ids=[stage.ids["INT"]], about=Ref("Ticket", stage.ids["ticket:siirto"]), by_banner=False,
        title="Osa yön siirroista jää vajaaksi / En del av nattens överföringar blir ofullständiga",
        text="Esiopetuksen siirroista on jäänyt lapsia pois. Vikaa selvitetään, ja kerromme lisää huomenna klo 12 "
        "mennessä.\n\nBarn har fallit bort ur överföringarna till förskolan. Felet utreds, och vi berättar mer "
        "senast i morgon kl. 12.",
    )  # fmt: skip
    stage.at(stage.day(-1), 16, 4)
    hours = paper("Tuki joulun alla", "", "Ma-to klo 8-16", "Pe klo 8-15")
    given = await stage.bring("product_owner", "tuen palveluajat.pdf", hours, "application/pdf")
    await _publish(
        stage, "product_owner", kind=K.NEWS, receivers=R.ALL_CUSTOMERS, by_mail=False, file_ids=[given.id],
        title="Tuki palvelee joulun alla kello 8–16 / Stödet före jul kl. 8–16",
        text="Pyynnöt ja häiriöt kirjataan portaaliin kuten ennenkin. Kriittisistä häiriöistä soitetaan päivystykseen."
        "\n\nÄrenden anmäls i portalen som förut. Vid kritiska störningar ringer ni jouren.",
    )  # fmt: skip
    stage.at(stage.day(-1), 16, 10)
    wrong = await _publish(
        stage, "service_manager", kind=K.CHANGE, receivers=R.ALL_CUSTOMERS, service_ids=[stage.ids["RAP"]],
        title="Raportointialustan uusi versio otetaan käyttöön ensi viikolla",
        text="Raporttien ulkoasu muuttuu. Vanhat raportit säilyvät.",
    )  # fmt: skip
    stage.at(stage.day(-1), 16, 25)
    await stage.act(
        "service_manager", verbs.withdraw_bulletin, bulletin_id=wrong,
        reason="Käyttöönottopäivästä ei ole vielä sovittu. Kerromme siitä, kun se on varmistunut.",
    )  # fmt: skip
    stage.at(stage.day(-1), 16, 30)
    await _draft(
        stage, "ordering_contact", kind=K.CHANGE, receivers=R.AS_PLANNED, service_ids=[stage.ids["VAKA"]],
        title="Hakemuslomakkeeseen tulee uusi kenttä",
        text="Huoltaja voi jatkossa kertoa hoitoajan tarpeen tarkemmin. Ohje julkaistaan ennen käyttöönottoa.",
    )  # fmt: skip
    stage.at(stage.day(-1), 16, 40)
    await stage.act("mallila_rep", reading_verbs.acknowledge_bulletin, bulletin_id=told)


async def _draft(stage: Stage, who: str, *, follows: int | None = None, **said: Any) -> int:
    given = {"kind": K.NEWS, "receivers": R.ALL_CUSTOMERS, **said}
    if follows is not None:
        given |= {"receivers": R.TIERA}  # it has those of the first one
    return (await stage.act(who, verbs.create_bulletin, content=Content(**given), follows_id=follows)).id


async def _publish(stage: Stage, who: str, *, follows: int | None = None, **said: Any) -> int:
    bulletin = await _draft(stage, who, follows=follows, **said)
    await stage.act(who, verbs.publish_bulletin, bulletin_id=bulletin)
    return bulletin
