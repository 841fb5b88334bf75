"""Complaints: chapter 11.10."""

from backend.kit.translation import Text
from backend.rulebook.rule import kept

RULES = (
    kept(
        "H11.10-a",
        "1421–1423",
        "E",
        Text(
            "A complaint is made in writing or by e-mail, always to the supplier's service manager, and clearly said "
            "to be a complaint."
        ),
    ),
    kept(
        "H11.10-b",
        "1425, 1431–1436",
        "T",
        Text("The supplier acknowledges receipt within 1 business day (ours: the lost picture says “1 pv”)."),
    ),
    kept(
        "H11.10-j",
        "1425",
        "T",
        Text(
            "The supplier starts handling a complaint without delay: the first action after the acknowledgement is "
            "recorded, and its absence after a term (ours: 2 business days) is shown."
        ),
    ),
    kept(
        "H11.10-c",
        "1427",
        "T",
        Text("A written response within 10 business days of arrival, counted to its arrival at Tiera."),
    ),
    kept(
        "H11.10-d",
        "1442–1454",
        "E",
        Text(
            "The response covers six topics, none empty: summary; main points; the problem and its cause; effects; "
            "reaction, corrective measures and solution; prevention of the like. Completeness is the machine's to "
            "judge, properness (asiallinen) Tiera's, with a reason."
        ),
    ),
    kept(
        "H11.10-e",
        "1429",
        "R",
        Text(
            "The supplier keeps a register of all complaints: numbered, searchable, exportable, never deleted (ours)."
        ),
    ),
    kept(
        "H11.10-f",
        "1458–1462",
        "R",
        Text(
            "Complaints and responses are handled in the supplier's steering group: by themselves on its next agenda."
        ),
    ),
    kept(
        "H11.10-i",
        "1458–1462",
        "R",
        Text(
            "If Tiera thinks a complaint cannot wait for the normal rhythm it may call an extraordinary meeting; "
            "the 14 days' notice does not bind it (ours)."
        ),
    ),
    kept(
        "H11.10-g",
        "1464–1466",
        "R",
        Text(
            "No proper response by the deadline: Tiera is entitled to the agreed sanction. The entitlement arises by "
            "itself at the deadline and records its terms; if an answer has come and Tiera has not judged it, it waits "
            "for that judgement (ours); Tiera applies or waives it with a reason."
        ),
    ),
    kept(
        "H11.10-h",
        "1468–1470",
        "E",
        Text("Handling a complaint is not billable, unless both sides record that the cause was not the supplier's."),
    ),
    kept(
        "H7.4-a",
        "627",
        "R",
        Text("Complaints that touch the shared use go to the development group as well."),
    ),
)
