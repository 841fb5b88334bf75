"""The pages of requests and incidents, bulletins, the service catalogue, billing and documents."""

from tests.web.visiting import (
    CUSTOMERS,
    INFORM,
    JUDGE_ONLY,
    KEY_USER,
    MALLILA,
    MANAGERS,
    NAME,
    PREPARE,
    TIERA,
    VISITORS,
    WORKERS,
    A,
    B,
    Example,
    ticket,
)

SIGN_IN = ticket("Huoltajat eivät pääse kirjautumaan asiointiin")
GROUPS = ticket("Siirrosta puuttui kaksi ryhmää")
TRANSFER = ticket("Yön siirto jätti oppilaita pois")
FIGURES = ticket("Kuukausiraportin summat eivät täsmää")
CHANGE = ticket("Pakolliset tiedot tarkistetaan ennen siirtoa")
PRINTING = ticket("Utskriften av beslut blir tom")
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
BY_SUPPLIER = "select id from bulletins where title = 'Asiointiin kirjautuminen ei toimi'"
CUSTOMERS_BREAK = "select id from bulletins where title = 'Integraatioalustan huoltokatko'"
TIERAS_BREAK = "select id from bulletins where title = 'Integraatioalustan tietokanta päivitetään'"
WITHDRAWN_BULLETIN = "select id from bulletins where state = 'withdrawn'"
GROUP = "select id from bodies where kind = 'ecosystem_group'"
EMPTY_GROUP = "select id from bodies where kind = 'tactical_steering_group'"
SEAT = "select body_id as id, id as seat from body_seats where kind = 'guest'"
POST = "select body_id as id, id as post from body_posts where withdrawn_at is null order by id"
BULLETIN_DRAFT = "select id from bulletins where state = 'draft'"
GUIDE = "select id from documents where released_at is not null"
WAITING_PAPER = "select id from documents where release_asked_at is not null"
RECOVERY = "select id from documents where title = 'Integraatioalustan toipumissuunnitelma'"
TEMPLATE = "select id from documents where is_template"

EXAMPLES = (
    # Requests and incidents
    Example("inbox.list", PREPARE),
    Example("inbox.list", PREPARE, query="states=HELD"),
    Example("inbox.show", PREPARE, NEW_MATTER),
    Example("inbox.report", PREPARE, NEW_MATTER),
    Example("inbox.complain", JUDGE_ONLY, NEW_MATTER),
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
    Example("tickets.step", (*A, *PREPARE), SIGN_IN, step="juurisyy"),
    Example("tickets.step", MALLILA, GROUPS, step="vahvista"),
    Example("tickets.step", PREPARE, GROUPS, step="sulje"),
    Example("tickets.step", JUDGE_ONLY, CHANGE, step="paatos"),
    Example("tickets.ask_take_away", (*PREPARE, *MALLILA), TICKET_FILE),
    Example("tickets.release", PREPARE, WAITING_MESSAGE),
    Example("tickets.agreed", JUDGE_ONLY, AGREED),
    Example("tickets.link", PREPARE, PRINTING),
    Example("tickets.merge", PREPARE, PRINTING),
    Example("tickets.sort", PREPARE, PRINTING),
    Example("tickets.split", PREPARE, AGREED),
    Example("tickets.split_report", PREPARE, PRINTING),
    Example("tickets.alike", VISITORS, query="report.title=Siirto"),
    Example("tickets.several", (*PREPARE, *WORKERS), query="tee=ota"),
    Example("answers.list", PREPARE),
    Example("answers.edit", PREPARE, "select id from ready_answers limit 1"),
    Example("tickets.new", VISITORS, query="pohja=TicketTemplate:1"),
    Example("templates.list", PREPARE),
    Example("templates.edit", PREPARE, "select id from ticket_templates limit 1"),
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
    # How services stand
    Example("status.show", VISITORS),
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
    # Groups
    Example("bodies.list", VISITORS),
    Example("bodies.new", NAME),
    Example("bodies.show", (*TIERA, *MANAGERS, *CUSTOMERS), GROUP),
    Example("bodies.show", TIERA, EMPTY_GROUP),
    Example("bodies.naming", NAME, GROUP),
    Example("bodies.naming", NAME, GROUP, query="organisaatio=Organisation%3A2"),
    Example("bodies.closing", NAME, GROUP),
    Example("bodies.ending", NAME, SEAT),
    Example("bodies.withdrawing", NAME, POST),
    # Documents
    Example("papers.list", VISITORS),
    Example("papers.list", VISITORS, query="words=eiole"),
    Example("papers.show", (*TIERA, *A, *CUSTOMERS), GUIDE),
    Example("papers.show", (*TIERA, "manager_b"), RECOVERY),
    Example("papers.show", (*TIERA, *A), WAITING_PAPER),
    Example("papers.step", PREPARE, WAITING_PAPER, step="julkaise"),
    Example("papers.step", PREPARE, WAITING_PAPER, step="palauta"),
    Example("papers.show", (*TIERA, *WORKERS), TEMPLATE),
    Example("papers.new", (*TIERA, *WORKERS)),
    Example("papers.edit", ("manager_b",), RECOVERY),
    Example("papers.new_version", ("manager_b",), RECOVERY),
    Example("papers.step", ("manager_b",), RECOVERY, step="tarkastettu"),
    Example("papers.step", ("manager_b",), RECOVERY, step="poista-kaytosta"),
    Example("tickets.documents", (*TIERA, "manager_b"), CHANGE),
)
