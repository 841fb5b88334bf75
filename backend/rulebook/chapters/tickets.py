"""Tickets and service levels: chapters 2.1, 11.2.3, 11.3.4 and 11.7.2."""

from backend.kit.translation import Text
from backend.rulebook.rule import kept

RULES = (
    kept(
        "H11.7.2-a",
        "1290–1292",
        "R",
        Text("Every incident and service request is recorded, with who, when, what, and every step after."),
    ),
    kept(
        "H11.2.3-a",
        "1043",
        "R",
        Text(
            "Four kinds: service request, incident, problem, change. A problem gathers what recurs; a change may come "
            "out of any."
        ),
    ),
    kept(
        "H11.2.3-b",
        "1045",
        "E",
        Text(
            "An incident of wide reach needs its root cause written before it is closed, not before it is resolved "
            "(ours); the root cause goes to the production group's agenda. Criticality classes critical, high, normal, "
            "low and reach one user, one organisation, many (ours)."
        ),
    ),
    kept(
        "H2.1-a",
        "54",
        "T",
        Text(
            "Service levels (the details are ours): per contract, kind and criticality: time to respond, to resolve, "
            "the hours in which the clock runs, the states in which it stands still. Breaches, and the moments just "
            "before them, are known and shown."
        ),
    ),
    kept(
        "H11.3.4-a",
        "1208–1212",
        "R",
        Text(
            "The supplier analyses reports, requests and monitoring, tells Tiera of faults that recur, and proposes "
            "how to have fewer of the recurring faults and service requests: the software finds candidates, the "
            "supplier turns them into a problem with a proposal."
        ),
    ),
    kept(
        "H11.3.4-d",
        "1204–1206",
        "TE",
        Text(
            "If the agreed quality level is not reached in every service, the supplier's service manager reports it "
            "in the production group: a missed level puts an item on the next agenda by itself, and it stays until "
            "reported."
        ),
    ),
    kept(
        "H10.3-a",
        "836, 1157",
        "R",
        Text(
            "Customer satisfaction is measured by Tiera and by the supplier, and improved: whoever asked rates a "
            "resolved ticket (ours); results and improvement measures are reported."
        ),
    ),
    kept(
        "H10.3-c",
        "828–830, 1151–1152",
        "RT",
        Text(
            "Quality deviations are reported with what was done, what is planned and how recurrence is prevented: by "
            "the supplier to Tiera, by Tiera to its customers; a deviation without measures is open."
        ),
    ),
)
