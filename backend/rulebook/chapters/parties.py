"""Parties, contracts and people: chapters 3, 8, 10 and 11.1–11.4."""

from backend.kit.translation import Text
from backend.rulebook.rule import kept, later

RULES = (
    kept(
        "H3-a",
        "143–145",
        "E",
        Text(
            "Agreements run between Tiera and a customer, and between Tiera and a supplier. There is none between a "
            "supplier and a customer."
        ),
    ),
    later(
        "H3-b",
        "147–149, 907–909",
        "R",
        "The governance model is an annex to every service contract (framework or service contract): a contract "
        "names the version in force, and a new version says from when it holds for which contracts.",
    ),
    later(
        "H1-a",
        "11–15, 915–917",
        "RS",
        "Everybody who takes part in services and projects must know the governance model: each person confirms the "
        "version in force, and who has not is shown to his organisation and to Tiera.",
    ),
    kept(
        "H11.3-a",
        "1080, 1098–1100",
        "S",
        Text(
            "The supplier names competent people to its roles; one person may hold several. The specific competence "
            "of each holder is stated, and a role without a holder or without stated competence is shown to both "
            "sides."
        ),
    ),
    kept(
        "H11.3-b",
        "1082–1086",
        "R",
        Text(
            "Changes of people are announced in advance, and Tiera may for a reason require a person to be "
            "replaced. Both stay on record."
        ),
    ),
    later(
        "H11.3-c",
        "1082–1084",
        "ER",
        "The supplier puts a person of the right competence in the place of one who leaves and familiarises that "
        "person at its own cost: hours of familiarisation are a target kind that is never billable.",
    ),
    later(
        "H11.3-d",
        "1088–1092",
        "R",
        "The supplier has a service-management team, and answers for informing its own organisation about Tiera's "
        "services.",
    ),
    later(
        "H11.3-e",
        "1094–1096",
        "R",
        "The supplier answers for the competence of its people and subcontractors, also when practices change: "
        "subcontractors are named with their tasks, and a person who books hours belongs to the supplier or to a "
        "named subcontractor.",
    ),
    kept(
        "H10-a",
        "743–899",
        "R",
        Text(
            "Tiera's roles are business manager, solution manager (product owner), solution expert, service "
            "manager, project manager, ICT architect, security and risk lead, and key user. One person may hold "
            "several, and each is held from one day to another."
        ),
    ),
    later(
        "H10.5-a",
        "885–899",
        "R",
        "A key user's tasks are agreed separately with each customer: guidance, planning, basic data, users, "
        "service management, reporting; the portal's rights follow what was agreed.",
    ),
    kept(
        "H11.3.1-b",
        "1120",
        "RS",
        Text(
            "The supplier's account manager answers for the flow and correctness of invoicing: findings, disputes "
            "and late invoices are told to that person."
        ),
    ),
    later(
        "H11.3.1-c",
        "1110",
        "R",
        "The account manager owns the contracts and their amendments: each amendment has a number, date, document, "
        "what terms it changes, and both sides' confirmation.",
    ),
    later(
        "H5.4-a",
        "337–339",
        "E",
        "A customer's service description may agree customer-specific practices only as far as the model allows: "
        "every term says whether a customer's contract may override it, and an override of another is refused.",
    ),
    kept(
        "H11.4-a",
        "1237–1239",
        "E",
        Text(
            "A supplier may not contact Tiera's customers about the contract unless it is expressly and separately "
            "agreed with Tiera. So what a supplier writes is seen by Tiera only, until Tiera releases it (a release is "
            "such an agreement for that message (ours)) or a permission covers it."
        ),
    ),
    kept(
        "H11.4-c",
        "1237–1239",
        "ER",
        Text(
            "A permission to contact customers directly is express and separate: persons, customers, matters, dates, "
            "document; what is outside it is refused."
        ),
    ),
    kept(
        "H11.4-b",
        "1229–1235",
        "E",
        Text(
            "Customers make service requests and put forward assignments by the agreed support model; only Tiera "
            "agrees with the supplier on content, price and time."
        ),
    ),
    kept(
        "H11.4-e",
        "1233–1235",
        "E",
        Text(
            "Tiera agrees with the supplier on every matter of the service: price, content and date agreed in a "
            "conversation with a customer bind only when Tiera has confirmed them."
        ),
    ),
    kept(
        "H11.4-d",
        "1241–1245",
        "ES",
        Text(
            "Customers and supplier work together in the ecosystem group and in the tactical steering group: there the "
            "supplier's material and words are seen by all members and guests without release."
        ),
    ),
    later(
        "H8-a",
        "683–685",
        "R",
        "Customers give guidance and instructions to the development and steering groups: such an instruction is a "
        "document with receiver and answer.",
    ),
    kept(
        "D3-a",
        "",
        "E",
        Text(
            "An agreement has dates, options and a greatest total. An order that passes them is refused, and both "
            "sides are told before the total is used up."
        ),
    ),
    kept(
        "D2.1-c",
        "",
        "S",
        Text("Customers see the totals of orders for them, never unit prices, hours or the supplier's people."),
    ),
    later(
        "H2.1-b",
        "52, 56, 58",
        "R",
        "Costs are transparent: a customer sees what it pays, by which share and for which development; services "
        "are the same for all and none is doubled.",
    ),
    later(
        "H11.1-a",
        "942",
        "R",
        "The supplier has an appropriate quality system: certificate or description with its validity; one that has "
        "ended is shown.",
    ),
    kept(
        "H11.1-b",
        "942–946",
        "ER",
        Text(
            "The services handle sensitive personal data of customers' people: texts and files can be marked as such, "
            "are then masked in lists, mails and exports, every view of them is on record, and they are removed by a "
            "retention term (the means are ours)."
        ),
    ),
    later(
        "H11.1-c",
        "948–952",
        "R",
        "Beside service levels the parties set other measures (cost efficiency, quality, innovation): name, target, "
        "period, values, who measures.",
    ),
    later(
        "H11.1-d",
        "917–919",
        "R",
        "The supplier may use its own service-management model if it contains the organisations, roles, tasks and "
        "duties of this one: a mapping role by role, gaps shown.",
    ),
    later(
        "H11.3.4-f",
        "1214–1216",
        "R",
        "The supplier's ICT architect is the contact of Tiera's ICT architect and takes part in the architecture "
        "group as agreed.",
    ),
)
