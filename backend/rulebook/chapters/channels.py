"""Channels, documents, reports and bulletins: chapters 11.5–11.7 and 11.11."""

from backend.kit.translation import Text
from backend.rulebook.rule import kept, later

RULES = (
    kept(
        "H11.5-a",
        "1249–1259",
        "R",
        Text(
            "Tiera defines the service channels when the service starts; documents live in the portal, always "
            "available to both sides' contacts."
        ),
    ),
    kept(
        "H11.5-b",
        "1253",
        "R",
        Text(
            "Tiera may use the service's documents for its own needs as it wishes: no document of a service is closed "
            "to Tiera."
        ),
    ),
    kept(
        "H11.6-a",
        "1263–1273",
        "R",
        Text(
            "Documents are kept current at once with the change: a change cannot be closed before its documents are "
            "updated or marked “no effect” (ours); an outdated one is shown."
        ),
    ),
    kept(
        "H11.6-b",
        "1275–1277",
        "R",
        Text(
            "The documentation that the contract defines is kept for as long as the contract is in force and by its "
            "terms: nothing of it can be removed before."
        ),
    ),
    kept(
        "H11.6-c",
        "1263–1273",
        "R",
        Text(
            "Tiera defines the templates and manages the place; each side answers for its own documents, the "
            "supplier's service manager for all of the service's."
        ),
    ),
    later(
        "H10.3-b",
        "838–840, 1159–1160",
        "R",
        "A list of the standards, recommendations and guides that Tiera and the supplier have agreed on is kept by "
        "both service managers: version, since when, for which service.",
    ),
    kept(
        "H11.7.1-a",
        "1284–1286",
        "S",
        Text(
            "Follow-up reports on service and projects as the service description says; Tiera may use them freely: "
            "looked at, downloaded, queried."
        ),
    ),
    later(
        "H11.7.1-b",
        "834, 1155, 1284–1286",
        "T",
        "Each follow-up report agreed in a service description is data: content, rhythm, due day, receiver, who "
        "compiles it (the supplier's service manager); delivered late or not at all is shown.",
    ),
    later(
        "H11.3.4-b",
        "1224–1226",
        "T",
        "The supplier's security lead reports every half year to the supplier's steering group: level, problems, "
        "plan for the next 12 months.",
    ),
    later(
        "H11.3.4-c",
        "1198–1202",
        "T",
        "The supplier's quality lead brings a quality report of the service to each meeting of the supplier's "
        "steering group and a quality development plan to the strategic-level meetings: missing ones are shown on "
        "the agenda.",
    ),
    later(
        "H11.3.4-e",
        "1218–1222",
        "R",
        "The supplier's security lead takes into use the tools, processes and controls of Tiera's security policy "
        "and follows them; Tiera keeps the supplier informed of the policy in force: a register of controls with "
        "state and evidence, policy versions acknowledged.",
    ),
    kept(
        "H11.11-a",
        "1481",
        "E",
        Text("Bulletins: the supplier informs Tiera, Tiera informs its customers."),
    ),
    kept(
        "H11.11-b",
        "1481–1483",
        "E",
        Text(
            "The exception to who informs whom is incidents, where the supplier may be allowed to inform customers, by "
            "criticality class."
        ),
    ),
    kept(
        "H11.11-c",
        "1497–1501",
        "R",
        Text(
            "Per criticality: what is done, who is told, by which channel, and what when the channel itself is down; "
            "crisis communication agreed before the service starts."
        ),
    ),
    kept(
        "H11.11-d",
        "1473, 1509–1511",
        "E",
        Text(
            "Informing about the services in the supplier's charge is part of the service and not billed separately; "
            "help to Tiera in external communication is as separately agreed."
        ),
    ),
    kept(
        "H11.11-e",
        "1493, 1497–1501",
        "R",
        Text(
            "What is informed, by whom, to whom and how is agreed before the service starts, crisis communication too: "
            "a service cannot be marked as started while its communication plan has an empty class (ours: warning)."
        ),
    ),
    kept(
        "H11.11-f",
        "1503–1511",
        "R",
        Text(
            "For changes and general news rhythm, means and target groups are agreed; as a rule the supplier informs "
            "its production partners and Tiera all other outsiders."
        ),
    ),
    kept(
        "H11.11-g",
        "1485",
        "R",
        Text(
            "The supplier's service manager answers for its bulletins: a bulletin shows who wrote it and who answers "
            "for it."
        ),
    ),
)
