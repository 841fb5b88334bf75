"""The demo's groups: who sits in the ecosystem group, and what customers, suppliers and Tiera write to each other."""

from backend.demo.papers import paper
from backend.demo.stage import Stage
from backend.governance import verbs
from backend.governance.states import BodyKind, SeatKind

MEMBERS = ("service_manager", "product_owner", "manager_a", "manager_b", "mallila_rep", "nordby_rep")
GUEST = "expert_a2"
PDF = "application/pdf"


async def play(stage: Stage) -> None:
    """Two groups, the second with its members yet to be named; and a week of talk in the first."""
    stage.at(stage.day(-20), 9)
    stage.ids["body"] = await _open(stage, "DigiOnen ekosysteemiryhmä", BodyKind.ECOSYSTEM_GROUP)
    await _open(stage, "DigiOnen ohjausryhmä", BodyKind.TACTICAL_STEERING_GROUP)
    for who in MEMBERS:
        await _name(stage, who, SeatKind.MEMBER)
    stage.at(stage.day(-5), 9, 10)
    asked = await _write(
        stage, "service_manager",
        "Kokoonnumme joulukuussa. Kertokaa tässä ennakkoon, mitä syksyn käyttöönotoista kannattaa oppia ja mitä "
        "haluatte ryhmän käsittelevän.",
    )  # fmt: skip
    stage.at(stage.day(-5), 13, 35)
    notes = await stage.bring("manager_a", "kehitysideat.pdf", paper("Kehitysideoita", "1. Luonnos talteen"), PDF)
    ideas = await _write(
        stage, "manager_a",
        "Liitteenä ideamme ensi vuodelle: hakemuksen luonnos tallentuu itsestään, ja esteettömyys tarkastetaan joka "
        "versiosta. Mielellämme kuulisimme, kumpi on kunnille tärkeämpi.",
        answers=asked, file_ids=[notes.id],
    )  # fmt: skip
    stage.at(stage.day(-4), 10, 5)
    drafts = await _write(
        stage, "mallila_rep",
        "Meillä luonnoksen tallentuminen ensin. Huoltajat täyttävät hakemusta puhelimella, ja se katkeaa helposti.",
        answers=ideas,
    )  # fmt: skip
    stage.at(stage.day(-4), 14, 20)
    await _write(
        stage, "nordby_rep",
        "Samma hos oss. Hjälptexterna borde dessutom finnas på svenska från första dagen.", answers=ideas,
    )  # fmt: skip
    stage.at(stage.day(-3), 9)
    await _name(stage, GUEST, SeatKind.GUEST)
    stage.at(stage.day(-3), 11, 45)
    await _write(
        stage, GUEST,
        "Kutsuttuna mukana: suunnittelin lomakkeet. Luonnos voidaan säilyttää 30 päivää, ja ohjetekstit teemme "
        "molemmilla kielillä yhtä aikaa.",
        answers=drafts,
    )  # fmt: skip
    stage.at(stage.day(-1), 15, 30)
    wrong = await _write(stage, "manager_b", "Siirtojen kuukausiluvut: 41 200 siirtoa, joista 12 epäonnistui.")
    stage.at(stage.day(-1), 15, 50)
    reason = "Luvut olivat syyskuulta. Tuon oikeat kokoukseen."
    await stage.act("manager_b", verbs.withdraw_body_post, post_id=wrong, reason=reason)


async def _open(stage: Stage, name: str, kind: BodyKind) -> int:
    return (await stage.act("service_manager", verbs.open_body, name=name, kind=kind)).id


async def _name(stage: Stage, who: str, kind: SeatKind) -> None:
    person, organisation = stage.people[who]
    given = {"person_id": person, "organisation_id": organisation, "kind": kind}
    await stage.act("service_manager", verbs.name_to_body, body_id=stage.ids["body"], **given)


async def _write(
    stage: Stage, who: str, text: str, *, answers: int | None = None, file_ids: list[int] | None = None
) -> int:
    given = {"text": text, "answers_id": answers, "file_ids": file_ids}
    return (await stage.act(who, verbs.write_body_post, body_id=stage.ids["body"], **given)).id
