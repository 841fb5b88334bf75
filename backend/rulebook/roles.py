"""The roles that the contract knows, and what each may do: one table.

A right that needs a fact beside the role (whose project, whose request, which supplier) is given here and narrowed by
the `policy.py` of its slice; that nobody decides on a request of their own (D0-f) is kept there too.
No role lets anybody place an order: that comes from an ordering right in force (H11.8.1-a) beside some role, and so
does what goes with it.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from backend.kit.actor import ActorKind
from backend.kit.translation import Text, register_labels
from backend.rulebook.rules import rule


class Role(StrEnum):
    """What somebody is in an organisation, from one day to another. Four roles exist at Tiera and at a supplier."""

    BUSINESS_MANAGER = "business_manager"
    SOLUTION_MANAGER = "solution_manager"
    PRODUCT_OWNER = "product_owner"
    SOLUTION_EXPERT = "solution_expert"
    SERVICE_MANAGER = "service_manager"
    PROJECT_MANAGER = "project_manager"
    ICT_ARCHITECT = "ict_architect"
    SECURITY_LEAD = "security_lead"
    KEY_USER = "key_user"
    ACCOUNT_MANAGER = "account_manager"
    QUALITY_LEAD = "quality_lead"
    EXPERT = "expert"
    REPRESENTATIVE = "representative"


class Right(StrEnum):
    """What may be done. Seeing follows from the side somebody acts on, except where a right here says more."""

    REQUEST_WORK = "request_work"
    """Ask for work as a customer (H11.8.1-i)."""
    PREPARE_ORDERS = "prepare_orders"
    """Draft an order, ask for estimates, attach plans, name Tiera's project manager, take up a customer's request."""
    PLACE_ORDERS = "place_orders"
    """Order, accept a revision, cancel: within an ordering right in force."""
    ESTIMATE = "estimate"
    """Answer for the supplier with estimates, alternatives, revisions and forecasts; ask to go on (H11.8.3-d)."""
    CONFIRM_ORDERS = "confirm_orders"
    """Confirm an order with the supplier's identifier, or decline it."""
    DELIVER = "deliver"
    """Start work, deliver it, hand a project over."""
    ACCEPT_DELIVERIES = "accept_deliveries"
    """Accept or return a delivery or a milestone; mark work done against instruction."""
    DECIDE_OVERRUNS = "decide_overruns"
    DEFINE_TARGETS = "define_targets"
    """Open and close what hours are booked on (H11.7.3-a)."""
    BOOK_HOURS = "book_hours"
    """Book, correct and see one's own hours."""
    SEE_HOURS = "see_hours"
    """See the hours of others, as far as the side sees them."""
    APPROVE_HOURS = "approve_hours"
    """Approve, return or reject entries; take an approval back."""
    SEND_INVOICES = "send_invoices"
    """Send invoices and credit notes, answer a disputed line."""
    SEE_INVOICES = "see_invoices"
    REPORT_TICKETS = "report_tickets"
    """Report a ticket, write on it; at the customer and at Tiera reopen or withdraw it (H11.7.2-a)."""
    HANDLE_TICKETS = "handle_tickets"
    """Take, answer, hand on and resolve tickets that are in one's own side's hands."""
    RATE_TICKETS = "rate_tickets"
    """Say how well a ticket that one asked for was handled (H10.3-a)."""
    MEASURE_DEVIATIONS = "measure_deviations"
    """Record what was done about a quality deviation, what is planned and how the like is prevented (H10.3-c)."""
    REPORT_DEVIATIONS = "report_deviations"
    """Tell a customer what was done, or note that the production group was told (H10.3-c, H11.3.4-d)."""
    RELEASE_MESSAGES = "release_messages"
    """Release to a customer what a supplier writes, or return it (H11.4-a)."""
    CONFIRM_AGREED = "confirm_agreed"
    """Confirm or refuse what was agreed in a conversation on a ticket (H11.4-e)."""
    PERMIT_CONTACTS = "permit_contacts"
    """Permit, expressly and separately, a supplier's people to write to customers directly (H11.4-c)."""
    DECIDE_CHANGES = "decide_changes"
    """Approve or reject a change among the tickets."""
    APPROVE_BILLING = "approve_billing"
    """Approve incidents and service requests for billing, and take that back (H11.9-c)."""
    JUDGE_INVOICES = "judge_invoices"
    """Approve and dispute lines, point a line to what it bills."""
    KEEP_DOCUMENTS = "keep_documents"
    """Add documents for one's own side and keep them current (H11.6-a, -c)."""
    INFORM = "inform"
    """Write and publish bulletins for one's own side (H11.11-a)."""
    AGREE_COMMUNICATION = "agree_communication"
    """Put on record what communication is agreed for a service (H11.11-c)."""
    START_SERVICES = "start_services"
    """Define a service's channels and mark it as started (H11.5-a, H11.11-e)."""
    KEEP_BODIES = "keep_bodies"
    """Open and close bodies, name who sits in them, take back what was written there (H11.4-d)."""
    COMPLAIN = "complain"
    """Make complaints, judge answers, bring both to the steering group (H11.10-a, -d, -f)."""
    ANSWER_COMPLAINTS = "answer_complaints"
    """Acknowledge complaints and answer them for the supplier (H11.10-b, -c)."""
    DECIDE_SANCTIONS = "decide_sanctions"
    """Apply or waive a sanction (H11.10-g)."""
    NAME_ORDERING_CONTACTS = "name_ordering_contacts"
    """Enter a naming with its limits and document."""
    CONFIRM_ORDERING_RIGHTS = "confirm_ordering_rights"
    """Put a naming in force or end it: Tiera's namer."""
    CONFIRM_BANK_ACCOUNTS = "confirm_bank_accounts"
    """Confirm an account that invoices may be paid to."""
    REQUIRE_REPLACEMENT = "require_replacement"
    """Require, for a reason, that the supplier replaces a person (H11.3-b)."""
    MANAGE_OWN_PEOPLE = "manage_own_people"
    """Name the supplier's people to roles, state competence, announce changes."""
    ADMINISTER = "administer"
    """Organisations, people, roles, agreements, prices, terms, services, accounts to sign in with."""
    REPORT = "report"
    """Figures over many things, and exports."""


_SEES_ALL = frozenset({Right.SEE_HOURS, Right.SEE_INVOICES, Right.REPORT})
_AT_TIERA = _SEES_ALL | {Right.REPORT_TICKETS, Right.KEEP_DOCUMENTS}
_AT_DESK = _AT_TIERA | {Right.HANDLE_TICKETS, Right.RELEASE_MESSAGES, Right.INFORM}
_AT_SUPPLIER = frozenset({Right.BOOK_HOURS, Right.REPORT_TICKETS, Right.HANDLE_TICKETS, Right.KEEP_DOCUMENTS})
_LEADS_DEVELOPMENT = _AT_TIERA | {
    Right.PREPARE_ORDERS,
    Right.ACCEPT_DELIVERIES,
    Right.HANDLE_TICKETS,
    Right.DECIDE_CHANGES,
    Right.CONFIRM_AGREED,
    Right.INFORM,
    Right.KEEP_BODIES,  # H11.4-d: with groups the solution is developed together
}

RIGHTS: Mapping[tuple[ActorKind, Role], frozenset[Right]] = MappingProxyType(
    {
        # Tiera (H10-a). Tiera sees all; the business manager answers for the contract as a whole.
        (ActorKind.BUYER, Role.BUSINESS_MANAGER): _AT_TIERA
        | {
            Right.RELEASE_MESSAGES,
            Right.CONFIRM_AGREED,  # H11.4-e
            Right.INFORM,
            Right.AGREE_COMMUNICATION,
            Right.START_SERVICES,  # H11.5-a
            Right.PERMIT_CONTACTS,  # H11.4-c
            Right.DECIDE_OVERRUNS,
            Right.APPROVE_BILLING,  # H11.9-c
            Right.JUDGE_INVOICES,
            Right.COMPLAIN,
            Right.DECIDE_SANCTIONS,
            Right.NAME_ORDERING_CONTACTS,
            Right.CONFIRM_ORDERING_RIGHTS,  # H11.8.1-a: Tiera's namer
            Right.CONFIRM_BANK_ACCOUNTS,
            Right.REQUIRE_REPLACEMENT,
        },
        # Makes sure of the process of ordering and invoicing.
        (ActorKind.BUYER, Role.SERVICE_MANAGER): _AT_DESK
        | {
            Right.DECIDE_CHANGES,
            Right.CONFIRM_AGREED,  # H11.4-e
            Right.AGREE_COMMUNICATION,  # H11.11-c
            Right.START_SERVICES,  # H11.5-a
            Right.PERMIT_CONTACTS,  # H11.4-c
            Right.KEEP_BODIES,  # H11.4-d: the groups with customers are the service manager's
            Right.MEASURE_DEVIATIONS,  # H10.3-c: of Tiera's own desk
            Right.REPORT_DEVIATIONS,  # H10.3-c, H11.3.4-d
            Right.PREPARE_ORDERS,
            Right.ACCEPT_DELIVERIES,
            Right.DECIDE_OVERRUNS,  # H11.8.3-d
            Right.DEFINE_TARGETS,  # H11.7.3-a
            Right.APPROVE_HOURS,  # H11.7.3-g
            Right.APPROVE_BILLING,  # H11.9-c
            Right.JUDGE_INVOICES,  # D11.9-e
            Right.COMPLAIN,  # H11.10-a
            Right.DECIDE_SANCTIONS,  # H11.10-g
            Right.NAME_ORDERING_CONTACTS,
            Right.CONFIRM_ORDERING_RIGHTS,  # H11.8.1-a: Tiera's namer
            Right.CONFIRM_BANK_ACCOUNTS,
            Right.REQUIRE_REPLACEMENT,  # H11.3-b
        },
        # Answers for ordering development; the product owner is the solution manager or a person beside him.
        (ActorKind.BUYER, Role.SOLUTION_MANAGER): _LEADS_DEVELOPMENT,
        (ActorKind.BUYER, Role.PRODUCT_OWNER): _LEADS_DEVELOPMENT,
        (ActorKind.BUYER, Role.SOLUTION_EXPERT): _AT_DESK,
        # Answers for a project's content, cost and timetable (H11.3.3-a).
        (ActorKind.BUYER, Role.PROJECT_MANAGER): _AT_TIERA | {Right.PREPARE_ORDERS},
        (ActorKind.BUYER, Role.ICT_ARCHITECT): _AT_TIERA,
        (ActorKind.BUYER, Role.SECURITY_LEAD): _AT_TIERA,
        # Basic data and users; enters namings, never puts them in force.
        (ActorKind.BUYER, Role.KEY_USER): _AT_TIERA
        | {Right.ADMINISTER, Right.NAME_ORDERING_CONTACTS, Right.DEFINE_TARGETS, Right.KEEP_BODIES},
        # The supplier (H11.3-a). The account manager owns the contracts, estimates in time (H11.3.1-a) and answers for
        # the correctness of invoices (H11.3.1-b).
        (ActorKind.SUPPLIER, Role.ACCOUNT_MANAGER): _SEES_ALL
        | _AT_SUPPLIER
        | {
            Right.ESTIMATE,
            Right.CONFIRM_ORDERS,
            Right.SEND_INVOICES,
            Right.INFORM,
            Right.ANSWER_COMPLAINTS,
            Right.MEASURE_DEVIATIONS,
            Right.MANAGE_OWN_PEOPLE,  # H11.3-a
        },
        # Leads the process of orders and invoicing, plans and reserves people.
        (ActorKind.SUPPLIER, Role.SERVICE_MANAGER): _SEES_ALL
        | _AT_SUPPLIER
        | {
            Right.ESTIMATE,
            Right.CONFIRM_ORDERS,  # H11.8.1-f
            Right.DELIVER,
            Right.SEND_INVOICES,
            Right.INFORM,  # H11.11-g
            Right.ANSWER_COMPLAINTS,  # H11.10-a
            Right.MEASURE_DEVIATIONS,  # H10.3-c
            Right.MANAGE_OWN_PEOPLE,  # H11.3-a
        },
        # Answers for a project's timetable, quality and cost, and hands it over.
        (ActorKind.SUPPLIER, Role.PROJECT_MANAGER): _SEES_ALL | _AT_SUPPLIER | {Right.ESTIMATE, Right.DELIVER},
        # Whoever works answers tickets and books hours (H11.7.3-d), and sees the hours of nobody else.
        (ActorKind.SUPPLIER, Role.QUALITY_LEAD): _AT_SUPPLIER | {Right.MEASURE_DEVIATIONS},
        (ActorKind.SUPPLIER, Role.ICT_ARCHITECT): _AT_SUPPLIER,
        (ActorKind.SUPPLIER, Role.SECURITY_LEAD): _AT_SUPPLIER,
        (ActorKind.SUPPLIER, Role.EXPERT): _AT_SUPPLIER,
        # A customer: asks for work, which is a request until a named contact orders it (H11.8.1-i).
        (ActorKind.CUSTOMER, Role.REPRESENTATIVE): frozenset(
            {Right.REQUEST_WORK, Right.REPORT_TICKETS, Right.RATE_TICKETS}
        ),
    }
)

ORDERING_CONTACT_RIGHTS: Mapping[ActorKind, frozenset[Right]] = MappingProxyType(
    {
        # H11.8.1-a: whom Tiera has named decides on what he ordered, as far as D0-f lets him.
        ActorKind.BUYER: _SEES_ALL
        | {Right.PREPARE_ORDERS, Right.PLACE_ORDERS, Right.ACCEPT_DELIVERIES, Right.DECIDE_OVERRUNS},
        # H11.8.1-i: named at a customer he orders; content, price and time are agreed by Tiera alone.
        ActorKind.CUSTOMER: frozenset({Right.PREPARE_ORDERS, Right.PLACE_ORDERS}),
    }
)

SERVICE_ACCOUNT_RIGHTS: Mapping[ActorKind, frozenset[Right]] = MappingProxyType(
    {
        # The most that a service account may have; its token's scopes narrow it. It never orders, approves or decides.
        ActorKind.BUYER: _SEES_ALL,
        ActorKind.SUPPLIER: _SEES_ALL | {Right.BOOK_HOURS, Right.SEND_INVOICES},
    }
)

ROLES_TO_FILL: Mapping[ActorKind, tuple[Role, ...]] = MappingProxyType(
    {
        # A role without a holder is shown to both sides (H10-a, H11.3-a). Project managers are named per project.
        ActorKind.BUYER: (
            Role.BUSINESS_MANAGER,
            Role.SOLUTION_MANAGER,
            Role.SOLUTION_EXPERT,
            Role.SERVICE_MANAGER,
            Role.ICT_ARCHITECT,
            Role.SECURITY_LEAD,
            Role.KEY_USER,
        ),
        ActorKind.SUPPLIER: (
            Role.ACCOUNT_MANAGER,
            Role.SERVICE_MANAGER,
            Role.QUALITY_LEAD,
            Role.ICT_ARCHITECT,
            Role.SECURITY_LEAD,
        ),
    }
)

ROLES_OF_COMPETENCE: Mapping[ActorKind, tuple[Role, ...]] = MappingProxyType(
    {
        # A supplier's holder whose specific competence is not stated is shown to both sides (H11.3-a).
        ActorKind.SUPPLIER: (*ROLES_TO_FILL[ActorKind.SUPPLIER], Role.PROJECT_MANAGER),
    }
)

WITH_STAND_INS: frozenset[tuple[ActorKind, Role]] = frozenset({(ActorKind.SUPPLIER, Role.SERVICE_MANAGER)})
"""The roles whose holder may have a stand-in: a complaint reaches the supplier's service manager always (H11.10-a)."""


def roles_of(kind: ActorKind) -> tuple[Role, ...]:
    """The roles that exist in organisations of this kind, in the contract's order."""
    return tuple(role for side, role in RIGHTS if side == kind)


@rule("H10-a", "H11.3-a")
def rights_of(kind: ActorKind, roles: Iterable[Role], *, is_ordering_contact: bool = False) -> frozenset[Right]:
    """What a person may do who holds these roles, and perhaps an ordering right in force, on this side.

    A role that does not exist on this side gives nothing.
    """
    given = [RIGHTS.get((kind, role), frozenset[Right]()) for role in roles]
    if is_ordering_contact:
        given.append(ORDERING_CONTACT_RIGHTS.get(kind, frozenset()))
    return frozenset[Right]().union(*given)


ROLE_LABELS = register_labels(
    {
        Role.BUSINESS_MANAGER: Text("Business manager"),
        Role.SOLUTION_MANAGER: Text("Solution manager"),
        Role.PRODUCT_OWNER: Text("Product owner"),
        Role.SOLUTION_EXPERT: Text("Solution expert"),
        Role.SERVICE_MANAGER: Text("Service manager"),
        Role.PROJECT_MANAGER: Text("Project manager"),
        Role.ICT_ARCHITECT: Text("ICT architect"),
        Role.SECURITY_LEAD: Text("Security and risk lead"),
        Role.KEY_USER: Text("Key user"),
        Role.ACCOUNT_MANAGER: Text("Account manager"),
        Role.QUALITY_LEAD: Text("Quality lead"),
        Role.EXPERT: Text("Expert"),
        Role.REPRESENTATIVE: Text("Representative"),
    }
)

RIGHT_LABELS = register_labels(
    {
        Right.REQUEST_WORK: Text("Ask for work"),
        Right.PREPARE_ORDERS: Text("Prepare orders and ask for estimates"),
        Right.PLACE_ORDERS: Text("Place orders"),
        Right.ESTIMATE: Text("Give estimates and forecasts"),
        Right.CONFIRM_ORDERS: Text("Confirm or decline orders"),
        Right.DELIVER: Text("Start and deliver work"),
        Right.ACCEPT_DELIVERIES: Text("Accept deliveries"),
        Right.DECIDE_OVERRUNS: Text("Decide on overruns"),
        Right.DEFINE_TARGETS: Text("Define time-entry targets"),
        Right.BOOK_HOURS: Text("Book hours"),
        Right.SEE_HOURS: Text("See the hours of others"),
        Right.APPROVE_HOURS: Text("Approve hours"),
        Right.SEND_INVOICES: Text("Send invoices"),
        Right.SEE_INVOICES: Text("See invoices"),
        Right.REPORT_TICKETS: Text("Report tickets and write on them"),
        Right.HANDLE_TICKETS: Text("Handle tickets"),
        Right.RATE_TICKETS: Text("Say how well one's ticket was handled"),
        Right.MEASURE_DEVIATIONS: Text("Record measures of quality deviations"),
        Right.REPORT_DEVIATIONS: Text("Report quality deviations"),
        Right.RELEASE_MESSAGES: Text("Release suppliers' messages to customers"),
        Right.CONFIRM_AGREED: Text("Confirm what was agreed in a conversation"),
        Right.PERMIT_CONTACTS: Text("Permit suppliers to write to customers directly"),
        Right.DECIDE_CHANGES: Text("Decide on changes"),
        Right.APPROVE_BILLING: Text("Approve tickets for billing"),
        Right.JUDGE_INVOICES: Text("Approve and dispute invoice lines"),
        Right.KEEP_DOCUMENTS: Text("Add documents and keep them current"),
        Right.INFORM: Text("Write and publish bulletins"),
        Right.AGREE_COMMUNICATION: Text("Record what communication is agreed"),
        Right.START_SERVICES: Text("Define a service's channels and mark it as started"),
        Right.KEEP_BODIES: Text("Open groups and name who sits in them"),
        Right.COMPLAIN: Text("Make complaints and judge the responses"),
        Right.ANSWER_COMPLAINTS: Text("Answer complaints"),
        Right.DECIDE_SANCTIONS: Text("Apply or waive sanctions"),
        Right.NAME_ORDERING_CONTACTS: Text("Enter ordering contacts"),
        Right.CONFIRM_ORDERING_RIGHTS: Text("Confirm ordering rights"),
        Right.CONFIRM_BANK_ACCOUNTS: Text("Confirm bank accounts"),
        Right.REQUIRE_REPLACEMENT: Text("Require a person to be replaced"),
        Right.MANAGE_OWN_PEOPLE: Text("Manage the people of one's own organisation"),
        Right.ADMINISTER: Text("Manage organisations, people, agreements and terms"),
        Right.REPORT: Text("See and export reports"),
    }
)
