"""The pages of orders, hours and invoices."""

from tests.web.visiting import (
    CONTACT,
    CUSTOMERS,
    JUDGES,
    MALLILA,
    MANAGERS,
    NAME,
    PREPARE,
    SEE_SUMS,
    TIERA,
    VISITORS,
    WORKERS,
    A,
    Example,
    order,
    organisation,
)

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
ENTRIES = (
    "select t.id, t.account_id as target from time_entries t join people p on p.id = t.person_id"
    " join orders o on o.id = t.order_id where p.name = 'Ville Lehtonen' and o.state = 'in_progress'"
)
APPROVAL = f"select id from hour_approvals where supplier_id = ({organisation('Koodipaja Oy')})"
LINES = "select l.id from invoice_lines l join invoices i on i.id = l.invoice_id where"
TYPED = "number like 'K%%' and i.state = 'approved'"

EXAMPLES = (
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
        "orders.ask_delivery",
        ("manager_a",),
        "select order_id as id, id as part from milestones where state = 'open' and order_id in"
        " (select id from orders where title = 'Kiinteähintainen koulutusaineisto') limit 1",
    ),
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
    Example("orders.step", PREPARE, REQUESTED, step="tavoite"),
    Example("orders.step", ("manager_a",), ORDERED, step="aloita"),
    Example("orders.step", ("manager_b",), REPORTS, step="ennuste"),
    Example("orders.step", ("manager_a",), ACCESSIBLE, step="ylitys"),
    Example("orders.step", ("manager_b",), INTERFACE, step="toimita"),
    Example("orders.step", CONTACT, ACCESSIBLE, step="paata"),
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
    Example("hours.ask_to_instruct", NAME, "select id from accounts where about_kind = 'Order' and purpose = 'work'"),
    Example("hours.ask_to_close_target", NAME, "select id from accounts where about_kind = 'OwnCostTarget'"),
    Example("hours.approval", SEE_SUMS),
    Example("hours.approved", (*JUDGES, "manager_a"), APPROVAL),
    Example("hours.show", (*JUDGES, *A), f"{ENTRIES} and t.state = 'booked'"),
    Example("hours.show", (*JUDGES, *A), f"{ENTRIES} and t.state = 'approved'"),
    Example("hours.show", (*JUDGES, "manager_a"), "select id from time_entries where state = 'returned'"),
    # Invoices
    Example("invoices.list", SEE_SUMS),
    Example("invoices.list", SEE_SUMS, query="words=eiole"),
    Example("invoices.approved", SEE_SUMS),
    Example("invoices.approved", SEE_SUMS, query="alku=1.1.2001&loppu=eiole"),
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
)
