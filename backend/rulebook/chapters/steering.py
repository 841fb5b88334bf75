"""Steering groups of customers and suppliers, the production group, escalation: chapters 9.1, 11.2 and 11.12."""

from backend.rulebook.rule import later

RULES = (
    later(
        "H9.1-a",
        "704–708, 712",
        "ER",
        "An essential change of the price, quality, content or targets of services is approved by the customer's "
        "steering group: such a change of terms takes effect only with a reference to its decision, and within the "
        "existing contracts.",
    ),
    later(
        "H11.2.2-a",
        "988–994, 998",
        "ER",
        "An essential change of the price, quality, content or targets of services is approved by the supplier's "
        "steering group: such a change of terms takes effect only with a reference to its decision, and within the "
        "existing contracts.",
    ),
    later(
        "H9.1-b",
        "720–724",
        "R",
        "The customer's steering group: rhythm agreed in the first meeting, else 4 a year; any member may call it "
        "for a stated reason with 14 days' notice.",
    ),
    later(
        "H11.2.2-b",
        "1006–1010",
        "R",
        "The supplier's steering group: rhythm agreed in the first meeting, else 4 a year; any member may call it "
        "for a stated reason with 14 days' notice.",
    ),
    later(
        "H9.1-c",
        "736–740",
        "R",
        "Tiera makes the agenda of the customer's steering group in good time with the service's status report "
        "attached, is secretary and keeps the minutes; the customer's representative chairs.",
    ),
    later(
        "H11.2.2-f",
        "1019–1023",
        "R",
        "The supplier makes the agenda of the supplier's steering group in good time with the status report "
        "attached, is secretary and keeps the minutes; Tiera's representative chairs.",
    ),
    later(
        "H11.2.2-c",
        "1011–1013",
        "RE",
        "A supplier's steering group may invite others; the cost of it is agreed separately between Tiera and the "
        "supplier before the meeting: the invitation names the agreement or “no cost”, and without one nothing of "
        "it is billable.",
    ),
    later(
        "H9.1-d",
        "726–728",
        "RE",
        "A customer's steering group may invite the supplier or others; the cost of it is agreed separately between "
        "Tiera and the supplier before the meeting: the invitation names the agreement or “no cost”, and without "
        "one nothing of it is billable.",
    ),
    later(
        "H9.1-e",
        "742",
        "R",
        "The customer's steering group answers for solving severe problems: a problem marked severe is on its "
        "agenda until it records it solved.",
    ),
    later(
        "H11.2.2-d",
        "1025",
        "R",
        "The supplier's steering group answers for solving severe problems: a problem marked severe is on its "
        "agenda until it records it solved.",
    ),
    later(
        "H9.1-f",
        "730–732",
        "R",
        "The customer's steering group goes through the adding of significant new services and weighs what the "
        "termination of a service sets off: a new service or a termination puts an item on its agenda by itself.",
    ),
    later(
        "H11.2.2-e",
        "1015–1017",
        "R",
        "The supplier's steering group goes through the adding of significant new services and weighs what the "
        "termination of a service sets off: a new service or a termination puts an item on its agenda by itself.",
    ),
    later(
        "H11.2.3-d",
        "1069–1071",
        "T",
        "The supplier convenes the production group and brings the material to the portal at the latest on the day "
        "before the meeting.",
    ),
    later(
        "H11.2.3-e",
        "1075–1077",
        "T",
        "The production group's minutes reach the participants within 3 days and are approved in the group's next "
        "meeting: an agenda starts with the minutes not yet approved.",
    ),
    later(
        "H11.2.3-c",
        "1041–1061",
        "S",
        "The production group's agenda writes itself from live data: open and solved incidents, requests, changes, "
        "problems; root causes of wide incidents; recurring problems; service levels; running and coming "
        "development and projects; resources; what to escalate.",
    ),
    later(
        "H11.2.3-f",
        "1065–1067",
        "R",
        "The production group reports to the supplier's steering group, acts within the powers and duties it has "
        "given, and escalates disagreements to it: the powers are on record.",
    ),
    later(
        "H11.2.3-g",
        "1049–1061",
        "R",
        "The production group's agenda also has: preparing recommendations, and for each running piece of "
        "development and project its status, challenges and decisions needed; for each coming one what, when and "
        "the cost estimate.",
    ),
    later(
        "H11.2.3-h",
        "1037–1039",
        "R",
        "The production group meets weekly as a rule, primarily electronically, and shortly.",
    ),
    later(
        "H11.12-a",
        "1515–1525",
        "R",
        "A disagreement is handled at the level where it arose; when the parties do not agree by negotiating, their "
        "service managers move it: expert → production group → supplier's steering group. A move puts it on that "
        "body's next agenda.",
    ),
    later(
        "H11.12-b",
        "1515–1525",
        "R",
        "A disagreement records the level where it arose, what was tried, who moved it and when; after the "
        "supplier's steering group the source knows no further step (ours: “unsolved: the contract's dispute "
        "clause”).",
    ),
)
