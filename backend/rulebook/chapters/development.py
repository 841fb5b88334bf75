"""Development, its backlog and its money: chapters 4, 5, 6 and 10.2."""

from backend.rulebook.rule import later

RULES = (
    later(
        "H5.1-a",
        "222–273",
        "E",
        "Three categories of change request. Customer-specific: as a rule none; handled in the customer's follow-up "
        "meeting and ordered from the supplier as needed. Shared: concerns all; decided in the bodies. Core: the "
        "platform; decided in the bodies and accepted by the supplier.",
    ),
    later(
        "H5.1-c",
        "228–234",
        "E",
        "A customer-specific change is refused unless it has a ground on record; an interface of a legacy system is "
        "such a ground, and it carries the goal of an API at which the differences stay on the customer's side.",
    ),
    later(
        "H5.1-b",
        "245–251, 271–273, 289",
        "RS",
        "General development of the platform is the supplier's own: it needs no decision of the bodies and is not "
        "billed as an order; the supplier announces it by its own practice, and the announcement is on record.",
    ),
    later(
        "H5.3-b",
        "303–305",
        "R",
        "The product owner keeps the backlog and its order, and orders from it: no development order without a "
        "backlog item.",
    ),
    later(
        "H10.2-a",
        "757–763",
        "R",
        "The solution manager orders the backlog and chooses change requests together with the development group, "
        "and alone may change the order of carrying out what was chosen, to make work efficient; both leave a "
        "trace.",
    ),
    later(
        "H10.2-b",
        "765–767",
        "T",
        "The solution manager reports the work done to the development group: actual against estimate and forecast "
        "per development order, for each meeting.",
    ),
    later(
        "H4.2-a",
        "196, 293–295, 818–820, 1140",
        "R",
        "What is released when is on record: a release names its changes, approvals, tests and date; releases are "
        "shown to all.",
    ),
    later(
        "H4.2-b",
        "203, 639",
        "R",
        "The development portfolio (kehityssalkku) and change portfolio (muutossalkku) are two views of one backlog.",
    ),
    later(
        "H4.3-a",
        "207–214",
        "R",
        "The solution has a life cycle until it is ended: the phase of each service is data (the source's picture "
        "is lost).",
    ),
    later(
        "H6-a",
        "383–387",
        "R",
        "Every service is of a class (DigiOne service, DigiOne-influenced service, commercial service as "
        "applicable) and gets a service model before it is tendered or when its content is known: services without "
        "one are shown.",
    ),
    later(
        "H5.3-c",
        "307–311",
        "E",
        "Development is paid from joining fees, and what exceeds them from the income of the continuous service "
        "after the cost of that service has been reviewed: a ledger shows fees, commitments, actuals, balance; the "
        "review is on record before the excess can be committed.",
    ),
    later(
        "H5.3-e",
        "307",
        "R",
        "Joining fees are kept per joining organisation: agreed, invoiced, received.",
    ),
    later(
        "H5.5-a",
        "343–351",
        "R",
        "Learner count, per joining organisation and part: early education (private-care support, day care, family "
        "day care, vouchers), pre-primary, basic, upper secondary, vocational, others. It is the base of "
        "organisation, decisions and funding where a body's rules say so.",
    ),
    later(
        "H5.5-b",
        "353–359",
        "E",
        "Basic and upper secondary: until the end of 2028 the figure of Statistics Finland on 20 September fixes "
        "the following year; from 2029 monthly by active learner-registry accounts (so the figure of 20.9.2028 is "
        "never used).",
    ),
    later(
        "H5.5-c",
        "361–367",
        "E",
        "Early education, pre-primary and vocational: monthly by active accounts; early education and pre-primary "
        "(and vocational likewise) are not counted before the customer has taken that service into use.",
    ),
    later(
        "H5.5-d",
        "369–371",
        "E",
        "Other learners: monthly by active accounts. “Active account” and its counting day are terms (ours: last "
        "day of the month).",
    ),
    later(
        "H5.5-e",
        "373–377",
        "R",
        "If none can be confirmed, a substitute method is decided in the bodies; the record says how it comes as "
        "near as possible to the earlier one.",
    ),
    later(
        "H5.5-g",
        "353–357",
        "R",
        "The count of 20 September fixes the next calendar year: until Statistics Finland has published it the "
        "count is provisional and marked so; figures carry source, day of count, day of publication, who confirmed.",
    ),
    later(
        "H5.5-f",
        "343–345, 686",
        "E",
        "A customer's share of a shared cost follows its learner count, by the principles the national steering "
        "group has agreed (the decision is referenced); shares add up to the cent (ours).",
    ),
    later(
        "H8-b",
        "686",
        "RE",
        "Customers fund further development by principles agreed in the national steering group: a share is charged "
        "only under a decision in force.",
    ),
)
