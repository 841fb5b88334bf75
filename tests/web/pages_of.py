"""Every page of the portal by the name of its route: an example of it in the demo, and who visits it.

A route that stands nowhere here fails `test_every_page.py`. Whoever is not named gets no page: 403, 404 or 409.
"""

from collections.abc import Iterator
from dataclasses import dataclass

TIERA = ("ordering_contact", "service_manager", "key_user")
JUDGES = ("service_manager", "ordering_contact", "key_user")
"""Those of Tiera, first the one who approves hours and invoices."""
A, B = ("manager_a", "expert_a"), ("manager_b",)
MANAGERS = ("manager_a", "manager_b")
WORKERS = (*A, *B)
CUSTOMERS = ("mallila_rep", "nordby_rep")
MALLILA = ("mallila_rep",)
VISITORS = (*TIERA, *WORKERS, *CUSTOMERS)
"""People of the demo; the last reads Swedish, all others Finnish."""
SEE_SUMS = (*JUDGES, *MANAGERS)
KEY_USER = ("key_user",)
CONTACT = ("ordering_contact",)
PREPARE = ("ordering_contact", "service_manager")
NAME = ("service_manager", "key_user")
JUDGE_ONLY = ("service_manager",)
INFORM = (*PREPARE, *MANAGERS)


@dataclass(frozen=True)
class Example:
    """`which` finds the parts of the address by their names, `query` stands behind the question mark."""

    route: str
    who: tuple[str, ...]
    which: str = ""
    query: str = ""
    step: str = ""
    status: int = 200

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.route, self.step, self.query, self.which)))


def order(title: str) -> str:
    return f"select id from orders where title = '{title}'"


def person(name: str) -> str:
    return f"select id from people where name = '{name}'"


def organisation(name: str) -> str:
    return f"select id from organisations where name = '{name}'"


INTERFACE = order("Asianhallinnan rajapinta, vaihe 2")
TEACHERS = order("Oppilashallinnon opettajanäkymä")
REPORTS = order("Raportointialustan versiopäivitys")
ACCESSIBLE = order("Asiointilomakkeiden saavutettavuuskorjaukset")
ORDERED = order("Tietosuojan vaikutustenarvioinnin tuki")
ESTIMATED = order("Huoltajien viestit kolmella kielellä")
REQUESTED = order("Sähköisen arkiston siirtotestit")
ASKED = order("Hakemuksen liitteiden koon nosto")
DRAFT = order("Pääkäyttäjien koulutus uuteen asiointiin")
FIXED = order("Kiinteähintainen koulutusaineisto")
ACCEPTED = order("Varhaiskasvatushakemuksen uudistus")
WITHOUT_ESTIMATE = order("Lomakkeen ohjetekstit")
EXPERT = person("Ville Lehtonen")
AGREEMENT = "select id from agreements where number = 'SOP-2026-014'"
OWN_AGREEMENT = f"select id from agreements where organisation_id = ({organisation('Mallilan kaupunki')})"
A_TERM = "small_order_needs_estimate"
ENTRIES = (
    "select t.id, t.account_id as target from time_entries t join people p on p.id = t.person_id"
    " join orders o on o.id = t.order_id where p.name = 'Ville Lehtonen' and o.state = 'in_progress'"
)
APPROVAL = f"select id from hour_approvals where supplier_id = ({organisation('Koodipaja Oy')})"
LINES = "select l.id from invoice_lines l join invoices i on i.id = l.invoice_id where"
TYPED = "number like 'K%%' and i.state = 'approved'"


def ticket(title: str) -> str:
    return f"select id from tickets where title = '{title}'"


SIGN_IN = ticket("Huoltajat eivät pääse kirjautumaan asiointiin")
TRANSFER = ticket("Yön siirto jätti oppilaita pois")
FIGURES = ticket("Kuukausiraportin summat eivät täsmää")
CHANGE = ticket("Pakolliset tiedot tarkistetaan ennen siirtoa")
PRINTING = ticket("Utskriften av beslut blir tom")
COMPLAINT_FILE = "select about_id as id, id as file from stored_files where about_kind = 'Complaint'"
TICKET_FILE = "select about_id as id, id as file from stored_files where about_kind = 'Ticket'"
FORM_PRODUCT = "select id from products where name = 'Uusi asiointilomake'"
BY_EFFORT = "select id from billing_approvals where minutes is not null"
BY_SUM = "select id from billing_approvals where euros is not null"
NEW_MATTER = "select id from incoming_mails where why = 'new_matter'"
ABSENCE = "select id from incoming_mails where why = 'automatic'"
WAITING_MESSAGE = "select ticket_id as id, id as message from ticket_messages where state = 'waiting'"
AGREED = "select ticket_id as id, message_id as message from agreed_points where state = 'noted'"
SAID = (
    "select ticket_id as id, m.id as message from ticket_messages m join tickets t on t.id = m.ticket_id"
    " where t.title = 'Kuukausiraportin summat eivät täsmää'"
)
HANDLED = "select id from complaints where title = 'Hakemuslomakkeen julkaisu myöhästyi'"
LATE = "select id from complaints where title = 'Yölliset siirrot katkesivat ilmoittamatta'"
ACKNOWLEDGED = "select id from complaints where title = 'Kuukausiraportin luvut poikkesivat kirjauksista'"
SENT = "select id from complaints where title = 'Palvelupäällikkö ei ollut tavoitettavissa'"
BY_SUPPLIER = "select id from bulletins where title = 'Asiointiin kirjautuminen ei toimi'"
CUSTOMERS_BREAK = "select id from bulletins where title = 'Integraatioalustan huoltokatko'"
TIERAS_BREAK = "select id from bulletins where title = 'Integraatioalustan tietokanta päivitetään'"
WITHDRAWN_BULLETIN = "select id from bulletins where state = 'withdrawn'"
BULLETIN_DRAFT = "select id from bulletins where state = 'draft'"
APPLIED = "select id from complaints where title = 'Raportin versiopäivitys tehtiin kesken työpäivän'"
NOT_THE_SUPPLIERS = "select id from complaints where title = 'Lukuvuoden vaihto jäi kesken'"
GUIDE = "select id from documents where is_for_customers"
RECOVERY = "select id from documents where title = 'Integraatioalustan toipumissuunnitelma'"
TEMPLATE = "select id from documents where is_template"
COMPLAINT_DRAFT = "select id from complaints where title = 'Tunneissa on toistuvasti puutteellisia selitteitä'"
LOW = "select id from quality_deviations where kind = 'low_rating' and state = 'open' order by id desc"
TOLD = "select id from quality_deviations where kind = 'low_rating' and state = 'reported'"
MISSED = (
    f"select id from quality_deviations where kind = 'missed_level' and state = 'open' and"
    f" supplier_id = ({organisation('Koodipaja Oy')})"
)
MEASURED_MISS = "select id from quality_deviations where kind = 'missed_level' and state = 'measured'"
DEVIATIONS = SEE_SUMS
REPEATS = (
    f"select id from recurrences where state = 'found' and supplier_id = ({organisation('Pohjanlumi Ohjelmistot Oy')})"
)
REMEDIED = "select id from recurrences where state = 'accepted'"
PROPOSED = "select id from recurrences where state = 'proposed'"

EXAMPLES = (
    # What is everybody's own
    Example("desk.show", VISITORS),
    Example("search.show", VISITORS),
    Example("search.show", VISITORS, query="haku=TIL-2026"),
    Example("settings.show", VISITORS),
    Example("settings.password", VISITORS),
    Example("settings.keys", VISITORS),
    Example("settings.new_key", VISITORS),
    Example("settings.programs", KEY_USER),
    Example("settings.new_program", KEY_USER),
    Example("settings.new_program_key", KEY_USER, "select id from service_accounts"),
    Example("notices.list", VISITORS),
    Example("notices.preferences", VISITORS),
    Example("notices.failed", KEY_USER),
    Example("rules.list", VISITORS),
    Example("rules.list", VISITORS, query="haku=eiole"),
    # Orders
    Example("orders.list", VISITORS),
    Example("orders.list", VISITORS, query="words=eiole"),
    Example("orders.new", (*PREPARE, *CUSTOMERS)),
    Example("orders.ask", CUSTOMERS),
    Example("orders.show", (*TIERA, "manager_b", *MALLILA), INTERFACE),
    Example("orders.show", (*TIERA, *A), TEACHERS),
    Example("orders.show", (*TIERA, "manager_b"), REPORTS),
    Example("orders.show", (*TIERA, *A), ACCESSIBLE),
    Example("orders.show", (*TIERA, *A, *MALLILA), ORDERED),
    Example("orders.show", (*TIERA, *A, "nordby_rep"), ESTIMATED),
    Example("orders.show", (*TIERA, "manager_b"), REQUESTED),
    Example("orders.show", (*TIERA, *MALLILA), ASKED),
    Example("orders.show", TIERA, DRAFT),
    Example("orders.show", (*TIERA, *A), FIXED),
    Example("orders.show", (*TIERA, *A, *MALLILA), ACCEPTED),
    Example("orders.edit", PREPARE, DRAFT),
    Example("orders.revise", ("ordering_contact", "manager_b"), INTERFACE),
    Example("orders.manager", (*PREPARE, "manager_b"), INTERFACE),
    Example("orders.estimate", ("manager_b",), REQUESTED),
    Example("orders.ask_rejection", CONTACT, "select order_id as id, id as change from revisions"),
    Example(
        "orders.ask_return", PREPARE, "select order_id as id, id as part from milestones where title = 'Ohjevideot'"
    ),
    Example("orders.step", PREPARE, ASKED, step="ota-kasittelyyn"),
    Example("orders.step", PREPARE, ASKED, step="hylkaa-pyynto"),
    Example("orders.step", MALLILA, ASKED, step="peru-pyynto"),
    Example("orders.step", PREPARE, DRAFT, step="pyyda-arvio"),
    Example("orders.step", CONTACT, WITHOUT_ESTIMATE, step="tilaa-heti"),
    Example("orders.step", ("manager_a",), ORDERED, step="vahvista"),
    Example("orders.step", ("manager_b",), REQUESTED, step="hylkaa"),
    Example("orders.step", CONTACT, ORDERED, step="peruuta"),
    Example("orders.step", PREPARE, ESTIMATED, step="tilausryhma"),
    Example("orders.step", ("manager_a",), ORDERED, step="aloita"),
    Example("orders.step", ("manager_b",), REPORTS, step="ennuste"),
    Example("orders.step", ("manager_a",), ACCESSIBLE, step="ylitys"),
    Example("orders.step", ("manager_b",), INTERFACE, step="toimita"),
    Example("orders.step", PREPARE, TEACHERS, step="hyvaksy"),
    Example("orders.step", PREPARE, TEACHERS, step="palauta"),
    # Hours
    Example("hours.week", WORKERS),
    Example("hours.new", WORKERS),
    Example("hours.write", A, ENTRIES),
    Example("hours.booked", A, f"{ENTRIES} and t.state = 'booked'"),
    Example("hours.list", (*JUDGES, *WORKERS)),
    Example("hours.list", (*JUDGES, *WORKERS), query="words=eiole"),
    Example("hours.targets", (*JUDGES, *WORKERS)),
    Example("hours.new_target", NAME),
    Example("hours.ask_to_close_target", NAME, "select id from accounts where about_kind = 'OwnCostTarget'"),
    Example("hours.approval", SEE_SUMS),
    Example("hours.approved", (*JUDGES, "manager_a"), APPROVAL),
    Example("hours.show", (*JUDGES, *A), f"{ENTRIES} and t.state = 'booked'"),
    Example("hours.show", (*JUDGES, *A), f"{ENTRIES} and t.state = 'approved'"),
    Example("hours.show", (*JUDGES, "manager_a"), "select id from time_entries where state = 'returned'"),
    # Invoices
    Example("invoices.list", SEE_SUMS),
    Example("invoices.list", SEE_SUMS, query="words=eiole"),
    Example("invoices.show", (*JUDGES, "manager_b"), "select id from invoices where state = 'received'"),
    Example(
        "invoices.show",
        (*JUDGES, "manager_b"),
        "select id from invoices where state = 'received'",
        query="rivit=havainnot",
    ),
    Example("invoices.show", (*JUDGES, "manager_a"), f"select i.id from invoices i where {TYPED}"),
    Example("invoices.show", ("manager_b",), "select id from invoices where state = 'draft'"),
    Example("invoices.ask_file", MANAGERS),
    Example("invoices.new", MANAGERS),
    Example("invoices.edit", ("manager_b",), "select id from invoices where state = 'draft'"),
    Example("invoices.credit", ("manager_b",), "select id from invoices where state = 'received'"),
    Example("invoices.ask_dispute", ("service_manager",), "select id from invoices where state = 'received'"),
    Example("invoices.ask_withdraw", ("manager_b",), "select id from invoices where state = 'received'"),
    Example("invoices.line", (*JUDGES, "manager_b"), f"{LINES} i.state = 'received' and l.errors > 0"),
    Example("invoices.line", (*JUDGES, "manager_a"), f"{LINES} i.{TYPED}"),
    Example("invoices.ask_point", ("service_manager",), f"{LINES} i.state = 'received' and l.order_id is null"),
    # Requests and incidents
    Example("inbox.list", PREPARE),
    Example("inbox.list", PREPARE, query="states=HELD"),
    Example("inbox.show", PREPARE, NEW_MATTER),
    Example("inbox.report", PREPARE, NEW_MATTER),
    Example("inbox.step", PREPARE, NEW_MATTER, step="liita"),
    Example("inbox.step", PREPARE, NEW_MATTER, step="hylkaa"),
    Example("inbox.step", PREPARE, ABSENCE, step="palauta"),
    Example("tickets.list", VISITORS),
    Example("tickets.list", VISITORS, query="words=eiole"),
    Example("tickets.new", VISITORS),
    Example("tickets.show", (*TIERA, *A, *MALLILA), SIGN_IN),
    Example("tickets.show", (*TIERA, "manager_b", *MALLILA), TRANSFER),
    Example("tickets.show", (*TIERA, *MALLILA), FIGURES),
    Example("tickets.show", (*TIERA, "manager_b"), CHANGE),
    Example("tickets.show", (*TIERA, "nordby_rep"), PRINTING),
    Example("tickets.step", PREPARE, PRINTING, step="ota"),
    Example("tickets.step", PREPARE, PRINTING, step="vastaa"),
    Example("tickets.step", PREPARE, FIGURES, step="jatka"),
    Example("tickets.step", PREPARE, FIGURES, step="ratkaise"),
    Example("tickets.step", PREPARE, FIGURES, step="siirra"),
    Example("tickets.step", PREPARE, FIGURES, step="luokka"),
    Example("tickets.step", ("manager_b",), TRANSFER, step="palauta"),
    Example("tickets.step", PREPARE, TRANSFER, step="nouda"),
    Example("tickets.step", A, SIGN_IN, step="juurisyy"),
    Example("tickets.step", MALLILA, SIGN_IN, step="vahvista"),
    Example("tickets.step", PREPARE, SIGN_IN, step="sulje"),
    Example("tickets.step", JUDGE_ONLY, CHANGE, step="paatos"),
    Example("tickets.ask_take_away", (*PREPARE, *MALLILA), TICKET_FILE),
    Example("tickets.release", PREPARE, WAITING_MESSAGE),
    Example("tickets.agreed", JUDGE_ONLY, AGREED),
    Example("tickets.link", PREPARE, PRINTING),
    Example("tickets.merge", PREPARE, PRINTING),
    Example("tickets.split", PREPARE, AGREED),
    Example("tickets.alike", VISITORS, query="report.title=Siirto"),
    Example("tickets.several", (*PREPARE, *WORKERS), query="tee=ota"),
    Example("answers.list", PREPARE),
    Example("answers.edit", PREPARE, "select id from ready_answers limit 1"),
    Example("permissions.list", (*TIERA, *WORKERS)),
    Example("permissions.new", JUDGE_ONLY),
    Example("permissions.ending", JUDGE_ONLY, "select id from contact_permissions"),
    Example("levels.list", (*TIERA, *WORKERS)),
    Example("levels.new", KEY_USER),
    Example("tickets.agreed", (*TIERA, *MALLILA), SAID),
    # Bulletins
    Example("bulletins.list", VISITORS),
    Example("bulletins.list", VISITORS, query="words=eiole"),
    Example("bulletins.calendar", VISITORS),
    Example("bulletins.calendar", VISITORS, query="kuukausi=2001-01"),
    Example("bulletins.plans", (*TIERA, *WORKERS)),
    Example("bulletins.plan", JUDGE_ONLY, "select 'critical-incident' as occasion"),
    Example("bulletins.new", INFORM),
    Example("bulletins.show", (*TIERA, *A, *CUSTOMERS), BY_SUPPLIER),
    Example("bulletins.show", (*TIERA, *CUSTOMERS), CUSTOMERS_BREAK),
    Example("bulletins.show", (*TIERA, "manager_b"), TIERAS_BREAK),
    Example("bulletins.show", (*TIERA, *CUSTOMERS), WITHDRAWN_BULLETIN),
    Example("bulletins.show", TIERA, BULLETIN_DRAFT),
    Example("bulletins.edit", PREPARE, BULLETIN_DRAFT),
    Example("bulletins.follow", PREPARE, CUSTOMERS_BREAK),
    Example("bulletins.step", PREPARE, BULLETIN_DRAFT, step="julkaise"),
    Example("bulletins.step", PREPARE, CUSTOMERS_BREAK, step="paata"),
    Example("bulletins.step", ("manager_b",), TIERAS_BREAK, step="peruuta"),
    # The service catalogue
    Example("catalogue.list", VISITORS),
    Example("catalogue.list", VISITORS, query="words=eiole"),
    Example("catalogue.show", (*TIERA, *A, *CUSTOMERS), FORM_PRODUCT),
    Example("catalogue.new", KEY_USER),
    Example("catalogue.edit", KEY_USER, FORM_PRODUCT),
    Example("catalogue.ask_end", KEY_USER, FORM_PRODUCT),
    # Billing of requests and incidents
    Example("billing.list", (*TIERA, *WORKERS)),
    Example("billing.list", (*TIERA, *WORKERS), query="isStanding=false"),
    Example("billing.ask", JUDGE_ONLY),
    Example("billing.round", TIERA, "select id from billing_rounds"),
    Example("billing.show", (*TIERA, *B), BY_EFFORT),
    Example("billing.show", (*TIERA, *A), BY_SUM),
    Example("billing.step", JUDGE_ONLY, BY_EFFORT, step="nosta"),
    Example("billing.step", JUDGE_ONLY, BY_SUM, step="peru"),
    Example("billing.ask_complaint", JUDGE_ONLY, NOT_THE_SUPPLIERS),
    # Documents
    Example("papers.list", VISITORS),
    Example("papers.list", VISITORS, query="words=eiole"),
    Example("papers.show", (*TIERA, *A, *CUSTOMERS), GUIDE),
    Example("papers.show", (*TIERA, "manager_b"), RECOVERY),
    Example("papers.show", (*TIERA, *WORKERS), TEMPLATE),
    Example("papers.new", (*TIERA, *WORKERS)),
    Example("papers.edit", ("manager_b",), RECOVERY),
    Example("papers.new_version", ("manager_b",), RECOVERY),
    Example("papers.step", ("manager_b",), RECOVERY, step="tarkastettu"),
    Example("papers.step", ("manager_b",), RECOVERY, step="poista-kaytosta"),
    Example("tickets.documents", (*TIERA, "manager_b"), CHANGE),
    # Complaints
    Example("complaints.list", SEE_SUMS),
    Example("complaints.list", SEE_SUMS, query="words=eiole"),
    Example("complaints.new", JUDGE_ONLY),
    Example("complaints.ask_take_away", PREPARE, COMPLAINT_FILE),
    Example("complaints.show", (*TIERA, "manager_a"), HANDLED),
    Example("complaints.show", (*TIERA, "manager_b"), LATE),
    Example("complaints.show", (*TIERA, "manager_b"), APPLIED),
    Example("complaints.show", (*TIERA, "manager_a"), NOT_THE_SUPPLIERS),
    Example("complaints.show", (*TIERA, "manager_b"), ACKNOWLEDGED),
    Example("complaints.show", (*TIERA, "manager_a"), SENT),
    Example("complaints.show", TIERA, COMPLAINT_DRAFT),
    Example("complaints.edit", JUDGE_ONLY, COMPLAINT_DRAFT),
    Example("complaints.respond", ("manager_b",), ACKNOWLEDGED),
    Example("complaints.step", JUDGE_ONLY, COMPLAINT_DRAFT, step="laheta"),
    Example("complaints.step", ("manager_a",), SENT, step="kuittaa"),
    Example("complaints.step", JUDGE_ONLY, LATE, step="arvioi"),
    Example("complaints.step", JUDGE_ONLY, LATE, step="sanktio"),
    Example("complaints.step", JUDGE_ONLY, LATE, step="syy"),
    Example("complaints.step", ("manager_b",), LATE, step="oma-syy"),
    Example("complaints.step", JUDGE_ONLY, ACKNOWLEDGED, step="lisaaika"),
    Example("complaints.step", JUDGE_ONLY, ACKNOWLEDGED, step="peruuta"),
    # Quality
    Example("deviations.list", DEVIATIONS),
    Example("deviations.list", DEVIATIONS, query="words=eiole"),
    Example("deviations.show", (*TIERA, "manager_b"), TOLD),
    Example("deviations.show", (*TIERA, "manager_a"), LOW),
    Example("deviations.show", (*TIERA, "manager_a"), MISSED),
    Example("deviations.step", ("manager_a",), LOW, step="toimenpiteet"),
    Example("deviations.step", JUDGE_ONLY, MEASURED_MISS, step="raportoitu"),
    Example("recurrences.list", (*TIERA, *WORKERS)),
    Example("recurrences.list", (*TIERA, *WORKERS), query="words=eiole"),
    Example("recurrences.show", (*TIERA, *B), REPEATS),
    Example("recurrences.show", (*TIERA, *A), REMEDIED),
    Example("recurrences.step", ("manager_b", *PREPARE), REPEATS, step="ongelma"),
    Example("recurrences.step", ("manager_b", *PREPARE), REPEATS, step="hylkaa"),
    Example("recurrences.step", JUDGE_ONLY, PROPOSED, step="vastaa"),
    Example("figures.list", (*SEE_SUMS, *CUSTOMERS)),
    Example("figures.list", (*SEE_SUMS, *CUSTOMERS), query="firstMonth=1.1.2030"),
    # Rights, people, organisations, agreements
    Example("rights.list", VISITORS),
    Example("rights.new", NAME),
    Example("rights.show", (*TIERA, *WORKERS), "select id from ordering_rights"),
    Example("rights.ending", NAME, "select id from ordering_rights"),
    Example("rights.replacing", NAME, "select id from ordering_rights"),
    Example("people.list", VISITORS),
    Example("people.new", ("key_user", *MANAGERS)),
    Example("people.show", VISITORS, person("Anna Korhonen")),
    Example("people.show", (*TIERA, *A), EXPERT),
    Example("people.show", (*TIERA, *MALLILA), person("Hanna Järvinen")),
    Example("people.edit", ("key_user", "manager_a"), EXPERT),
    Example("people.invite", KEY_USER, EXPERT),
    Example("people.new_role", ("key_user", "manager_a"), EXPERT),
    Example("people.role", (*TIERA, *A), f"select id from roles_held where person_id = ({EXPERT})"),
    Example("organisations.list", VISITORS),
    Example("organisations.new", KEY_USER),
    Example("organisations.show", (*TIERA, *A), organisation("Koodipaja Oy")),
    Example("organisations.show", (*TIERA, *MALLILA), organisation("Mallilan kaupunki")),
    Example("organisations.edit", KEY_USER, organisation("Mallilan kaupunki")),
    Example("agreements.list", VISITORS),
    Example("agreements.new", KEY_USER),
    Example("agreements.common_terms", VISITORS),
    Example("agreements.edit_common_term", KEY_USER, f"select '{A_TERM}' as name"),
    Example("agreements.show", (*TIERA, *A), AGREEMENT),
    Example("agreements.edit", KEY_USER, AGREEMENT),
    Example("agreements.services", (*TIERA, *A), AGREEMENT),
    Example(
        "agreements.service",
        KEY_USER,
        f"select agreement_id as id, id as service from services where agreement_id = ({AGREEMENT})",
    ),
    Example("agreements.show", (*TIERA, *MALLILA), OWN_AGREEMENT),
    Example("agreements.terms", (*TIERA, *MALLILA), OWN_AGREEMENT),
    Example("agreements.terms", (*TIERA, *A), AGREEMENT),
    Example("agreements.edit_term", KEY_USER, f"select id, '{A_TERM}' as name from ({AGREEMENT}) a"),
    Example("agreements.prices", (*TIERA, *A), AGREEMENT),
    Example("agreements.accounts", (*TIERA, *A), AGREEMENT),
    Example("agreements.references", (*TIERA, *A), AGREEMENT),
)

OPEN = (
    Example("identity.sign_in", VISITORS),
    Example("identity.forgotten", VISITORS),
    Example("identity.invitation", VISITORS, "select 'x' as secret", status=404),
    Example("identity.reset", VISITORS, "select 'x' as secret", status=404),
    Example("tickets.rate_by_link", VISITORS, "select 'x' as secret", status=404),
    Example("accessibility.show", VISITORS),
    Example("privacy.show", VISITORS),
    Example("help.show", VISITORS),
    Example("mails.list", VISITORS),
    Example("mails.list", VISITORS, query="kenelle=ei.kukaan@tiera.example"),
    Example("mails.show", VISITORS, "select 'esimerkki' as key"),
)
"""For everybody, signed in or not."""

NO_PAGES = {
    "identity.home": "leads to the desk",
    "tickets.by_number": "leads to the ticket of a number",
    "tickets.export": "a file",
    "bulletins.by_number": "leads to the bulletin of a number",
    "bulletins.export": "a file",
    "calendars.give": "for calendar programs",
    "tickets.bill": "leads to approving it for billing",
    "complaints.by_number": "leads to the complaint of a number",
    "complaints.export": "a file",
    "deviations.export": "a file",
    "recurrences.export": "a file",
    "figures.export": "a file",
    "papers.export": "a file",
    "orders.by_number": "leads to the order of this number",
    "language.choose": "leads back to where one was",
    "orders.export": "a file of the list",
    "rights.export": "a file of the list",
    "hours.export": "a file of the list",
    "invoices.export": "a file of approved lines",
    "files.give": "the bytes of a file",
    "static": "the browser's files",
    "health.alive": "for machines",
    "health.ready": "for machines",
    "api.graphql": "the API",
}
"""GET routes that show nothing to read, and what they do instead."""
LEADS_ON = {"hours.week": "Tiera books nothing and comes to what it approves"}
"""Pages that lead whom they do not concern to those that do."""
BY_BEARER = {"api.graphql", "files.bring"}
"""What programs send to with a token of their own in a header: no form of a browser, and no cookie counts."""


def language_of(visitor: str) -> str:
    return "sv" if visitor == VISITORS[-1] else "fi"


def opened(visitor: str, language: str) -> list[Example]:
    """What this visitor opens in a browser: in their own language as the first of their side, else as the first of all.

    So each page is seen by each side and in each language; that it answers everybody else is asked without a browser.
    """
    everything = (*EXAMPLES, *(one for one in OPEN if visitor == VISITORS[0]))
    is_first = _is_first_of_side if language == language_of(visitor) else _is_first_of_all
    return [one for one in everything if visitor in one.who and is_first(visitor, one)]


def _is_first_of_all(visitor: str, one: Example) -> bool:
    return one.who[0] == visitor


def _is_first_of_side(visitor: str, one: Example) -> bool:
    """Whether nobody of Tiera, of a supplier or of a customer, whichever this visitor is of, comes before them."""
    side = next(side for side in (TIERA, WORKERS, CUSTOMERS) if visitor in side)
    return next(who for who in one.who if who in side) == visitor


def refused() -> Iterator[tuple[str, Example]]:
    """Who may not see what."""
    for one in EXAMPLES:
        for visitor in VISITORS:
            if visitor not in one.who:
                yield visitor, one
