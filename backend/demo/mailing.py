"""The demo's mail: an answer on its ticket, a matter that became one, what waits for the desk, what a machine wrote."""

from email.message import EmailMessage

import sqlalchemy as sa

from backend.complaints.mail_verbs import receive_mail
from backend.demo.papers import paper
from backend.demo.stage import Stage
from backend.inbox.arriving import arrive
from backend.inbox.rules import House
from backend.kit.actor import SCHEDULE
from backend.parties.model import Person
from backend.parties.service_verbs import choose_mail_service
from backend.tickets.model import Ticket

HOUSE = House.of(host="localhost", sender="palveluportaali@localhost", address=None, secret="")


class Mailing:
    """Mails as people's programs write them, taken by the verb as the worker does."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    async def play(self) -> None:
        """Yesterday's afternoon."""
        stage = self.stage
        stage.at(stage.day(-1), 15, 50)
        printing = sa.select(Ticket.number).where(Ticket.id == stage.ids["ticket:tulostus"])
        number = (await stage.ask(printing))[0]
        await self._comes(
            await self._address("nordby_rep"), f"SV: {number} · Utskriften av beslut blir tom",
            "Felet gäller alla skrivare, även när man sparar som PDF.\n\nKarin\n\n"
            "Den tis 15.41 skrev Palveluportaali <palveluportaali@localhost>:\n> Ärendet har registrerats.",
        )  # fmt: skip
        stage.at(stage.day(-1), 16, 5)
        await self._comes(
            await self._address("mallila_rep"), "Uusi käyttäjä päiväkotiin",
            "Hei!\n\nSanna Laine aloittaa maanantaina Koivurinteen päiväkodin johtajana. Hän tarvitsee samat oikeudet "
            "kuin edeltäjänsä.\n\nTerveisin\nHanna Järvinen",
        )  # fmt: skip
        stage.at(stage.day(-1), 16, 20)
        await self._comes(
            "Pekka Niemi <pekka.niemi@huoltaja.example>", "En pääse hakemukseen",
            "Täytin eilen hoitopaikkahakemuksen, mutta en enää löydä sitä. Mistä voin katsoa sen tilan?",
        )  # fmt: skip
        await self._comes(
            await self._address("expert_b"), f"Automaattinen vastaus: {number}",
            "Olen poissa toimistolta maanantaihin asti.", auto_submitted="auto-replied",
        )  # fmt: skip
        stage.at(stage.day(-1), 16, 30)
        await stage.act("key_user", choose_mail_service, service_id=stage.ids["VAKA"])
        stage.at(stage.day(-1), 16, 45)
        await self._comes(
            await self._address("esimerkkila_rep"), "Päiväkodin nimi muuttuu",
            "Hei!\n\nTuulikellon päiväkodin nimi on vuodenvaihteesta alkaen Tuulenpesä. Päätös on liitteenä. "
            "Voitteko muuttaa nimen asiointiin?\n\nPetri Koskinen",
            file=("nimipäätös.pdf", paper("Päätös", "", "Päiväkodin uusi nimi on Tuulenpesä.")),
        )  # fmt: skip

    async def _address(self, who: str) -> str:
        wanted = sa.select(Person).where(Person.id == self.stage.people[who][0])
        person = (await self.stage.ask(wanted))[0]
        return f"{person.name} <{person.email}>"

    async def _comes(
        self, sender: str, subject: str, text: str, file: tuple[str, bytes] | None = None, **headers: str
    ) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, "palveluportaali@localhost", subject
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        if file is not None:
            mail.add_attachment(file[1], maintype="application", subtype="pdf", filename=file[0])
        await self.stage.act(SCHEDULE, receive_mail, arrived=arrive(mail.as_bytes(), self.stage.store), house=HOUSE)
