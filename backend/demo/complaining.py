"""Complaints of the demo, one in each situation that somebody has to act on: what is done on which business day."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from backend.complaints import response_verbs, sanction_verbs, verbs
from backend.complaints.model import ComplaintResponse, Sanction
from backend.complaints.response_verbs import Response
from backend.complaints.states import ComplaintCause
from backend.demo.stage import Stage
from backend.kit.refs import Ref
from backend.parties.term_verbs import change_term

SANCTION_EUROS = "1500"


@dataclass(frozen=True)
class Act:
    """What somebody does with a complaint, so many business days after it was sent."""

    after: int
    who: str
    verb: Callable[..., Awaitable[Any]]
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """A complaint. `sent` is the business day (before today) on which it goes out; None: it is a draft still."""

    deal: str
    service: str
    work: str | None
    title: str
    description: str
    cause: ComplaintCause
    sent: int | None
    acts: tuple[Act, ...] = ()
    touches_shared_use: bool = False


_GOOD = Response(
    summary="Lomakkeen julkaisu myöhästyi kolme päivää, koska ruotsinkieliset tekstit puuttuivat.",
    main_points="Julkaisuaika oli sovittu, eikä viivästyksestä kerrottu ennen julkaisupäivää.",
    problem="Käännökset tilattiin vasta testauksen jälkeen. Vastuu käännöksistä oli jäänyt sopimatta.",
    effects="Ruotsinkieliset huoltajat täyttivät hakemuksen paperilla kolmen päivän ajan.",
    measures="Tekstit lisättiin ja lomake julkaistiin; paperihakemukset tallennettiin puolestanne.",
    prevention="Käännökset ovat jatkossa osa jokaisen vaiheen valmiin määritelmää. Vastuuhenkilö on Sari Mäkelä.",
)
_ELSEWHERE = Response(
    summary="Lukuvuoden vaihto keskeytyi, koska yhteys kunnan käyttäjähakemistoon katkesi kesken ajon.",
    main_points="Vaihto jäi puolitiehen neljässä koulussa, ja luokat nostettiin käsin.",
    problem="Kunnan palomuurin muutos katkaisi yhteyden kello 18.04. Palvelu toimi muuten suunnitellusti.",
    effects="Neljän koulun luokat olivat väärin maanantaiaamuun.",
    measures="Vaihto ajettiin loppuun yhteyden palattua ja tulokset tarkistettiin koulu kerrallaan.",
    prevention="Vaihto pysähtyy jatkossa heti yhteyden katketessa ja kertoo siitä molemmille.",
)
_THIN = Response(
    summary="Siirto ei toiminut kahtena yönä.",
    main_points="Siirron katkoksesta ei ilmoitettu.",
    problem="Varmenne oli vanhentunut.",
    effects="Raporttien luvut olivat päivän vanhoja.",
    measures="Varmenne uusittiin.",
    prevention="Selvitetään.",
)

CASES = (
    Case(
        "deal_a",
        "VAKA",
        "hakemus",
        "Hakemuslomakkeen julkaisu myöhästyi",
        "Lomake piti julkaista ruotsiksi ja suomeksi samana päivänä. Ruotsinkielinen lomake tuli kolme päivää "
        "myöhemmin, eikä viivästyksestä kerrottu etukäteen.",
        ComplaintCause.DELAY,
        -46,
        (
            Act(1, "manager_a", response_verbs.acknowledge_complaint, {}),
            Act(2, "manager_a", response_verbs.begin_handling, {"action": "Käytiin läpi julkaisun vaiheet."}),
            Act(7, "manager_a", response_verbs.answer_complaint, {"response": _GOOD}),
            Act(
                9,
                "service_manager",
                response_verbs.judge_response,
                {"is_proper": True, "reason": "Syy on selvitetty ja korjaus sovittu."},
            ),
            Act(20, "service_manager", verbs.handle_complaint, {"handling": "Merkittiin tiedoksi; ei jatkotoimia."}),
            Act(21, "service_manager", verbs.close_complaint, {}),
        ),
        touches_shared_use=True,
    ),
    Case(
        "deal_b",
        "INT",
        "rajapinta",
        "Yölliset siirrot katkesivat ilmoittamatta",
        "Siirrot asianhallintaan katkesivat kahtena yönä peräkkäin. Asiakkaat huomasivat katkoksen ennen toimittajaa.",
        ComplaintCause.COMMUNICATION,
        -27,
        (
            Act(1, "manager_b", response_verbs.acknowledge_complaint, {}),
            Act(12, "manager_b", response_verbs.answer_complaint, {"response": _THIN}),
        ),
    ),
    Case(
        "deal_b",
        "RAP",
        None,
        "Raportin versiopäivitys tehtiin kesken työpäivän",
        "Raportointialusta oli poissa käytöstä kaksi tuntia torstaina kello 12–14, vaikka päivitys oli sovittu iltaan.",
        ComplaintCause.COMMUNICATION,
        -20,
        (
            Act(1, "manager_b", response_verbs.acknowledge_complaint, {}),
            Act(
                18,
                "service_manager",
                sanction_verbs.decide_sanction,
                {"applies": True, "reason": "Vastinetta ei ole saatu määräajassa eikä sen jälkeen."},
            ),
        ),
    ),
    Case(
        "deal_a",
        "KOULU",
        None,
        "Lukuvuoden vaihto jäi kesken",
        "Oppilashallinnon lukuvuoden vaihto keskeytyi, ja luokat jouduttiin nostamaan käsin.",
        ComplaintCause.QUALITY,
        -26,
        (
            Act(1, "manager_a", response_verbs.acknowledge_complaint, {}),
            Act(2, "manager_a", response_verbs.begin_handling, {"action": "Vaihdon loki käytiin läpi."}),
            Act(6, "manager_a", response_verbs.answer_complaint, {"response": _ELSEWHERE}),
            Act(
                8,
                "service_manager",
                response_verbs.judge_response,
                {"is_proper": True, "reason": "Syy on selvitetty: kunnan sanomaliikenne katkesi."},
            ),
            Act(9, "service_manager", response_verbs.say_whose_cause, {"is_suppliers": False}),
            Act(9, "manager_a", response_verbs.say_whose_cause, {"is_suppliers": False}),
        ),
    ),
    Case(
        "deal_b",
        "RAP",
        None,
        "Kuukausiraportin luvut poikkesivat kirjauksista",
        "Lokakuun raportissa tunnit olivat 40 tuntia pienemmät kuin hyväksytyt kirjaukset. Virhe toistui korjauksen "
        "jälkeen.",
        ComplaintCause.QUALITY,
        -5,
        (
            Act(1, "manager_b", response_verbs.acknowledge_complaint, {}),
            Act(2, "manager_b", response_verbs.begin_handling, {"action": "Raportin kysely tarkistettiin."}),
        ),
    ),
    Case(
        "deal_a",
        "KOULU",
        None,
        "Palvelupäällikkö ei ollut tavoitettavissa",
        "Sovittuun viikkopalaveriin ei tullut ketään kahtena viikkona peräkkäin.",
        ComplaintCause.PEOPLE,
        -1,
    ),
    Case(
        "deal_a",
        "VAKA",
        None,
        "Tunneissa on toistuvasti puutteellisia selitteitä",
        "Kirjausten selitteistä ei selviä, mitä tehtiin.",
        ComplaintCause.COST,
        None,
    ),
)


async def agree_on_sanction(stage: Stage, day: date) -> None:
    """What a missing response costs, by both agreements."""
    for deal in sorted({case.deal for case in CASES}):
        await stage.act(
            "key_user",
            change_term,
            name="complaint_sanction_euros",
            value=SANCTION_EUROS,
            valid_from=day,
            reason="Sovittu sopimuksen liitteessä.",
            agreement_id=stage.ids[deal],
        )


async def go_on(stage: Stage, n: int) -> None:
    """What happens to complaints on the n-th business day before today (n is negative)."""
    day = stage.day(n)
    for case in CASES:
        if n == (case.sent if case.sent is not None else -1):
            await _make(stage, case, day)
        if case.sent is not None:
            for act in case.acts:
                if n == case.sent + act.after:
                    stage.at(day, 13)
                    given = dict(act.arguments)
                    if act.verb is verbs.handle_complaint:
                        given["handled_on"] = day
                    about = {"complaint_id": stage.ids[case.title]}
                    if act.verb is response_verbs.judge_response:
                        its = ComplaintResponse.complaint_id == stage.ids[case.title]
                        about["response_id"] = (await stage.ask(sa.select(ComplaintResponse.id).where(its)))[0]
                    if act.verb is sanction_verbs.decide_sanction:
                        wanted = sa.select(Sanction.id).where(Sanction.complaint_id == stage.ids[case.title])
                        about = {"sanction_id": (await stage.ask(wanted))[0]}
                    await stage.act(act.who, act.verb, **about, **given)


async def _make(stage: Stage, case: Case, day: date) -> None:
    stage.at(day, 9, 40)
    about = Ref("Order", stage.ids[case.work]) if case.work else Ref("Service", stage.ids[case.service])
    complaint = await stage.act(
        "service_manager",
        verbs.create_complaint,
        agreement_id=stage.ids[case.deal],
        content=verbs.Content(
            title=case.title,
            description=case.description,
            cause=case.cause,
            about=about,
            service_id=stage.ids[case.service],
            touches_shared_use=case.touches_shared_use,
        ),
    )
    stage.ids[case.title] = complaint.id
    if case.sent is not None:
        stage.at(day, 9, 50)
        await stage.act("service_manager", verbs.send_complaint, complaint_id=complaint.id)
