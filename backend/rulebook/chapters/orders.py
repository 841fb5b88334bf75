"""Ordering rights and orders: chapter 11.8, with what chapters 10 and 11.3 say of projects."""

from backend.kit.translation import Text
from backend.rulebook.rule import kept, later

RULES = (
    kept(
        "H11.8.1-a",
        "1342",
        "E",
        Text(
            "The supplier accepts only orders placed by an ordering contact whom Tiera has named in writing: by a "
            "document with reference and date, or by a register entry that Tiera's namer has confirmed."
        ),
    ),
    kept(
        "H11.8.1-b",
        "1344",
        "E",
        Text(
            "There are several ordering contacts and their rights differ: by supplier or agreement, size class, "
            "effort and euros of one order, euros of a calendar year, organisations and dates. An order outside the "
            "right is refused with the limit that it broke."
        ),
    ),
    kept(
        "H11.8.1-c",
        "1344–1346",
        "S",
        Text(
            "The supplier sees the ordering contacts and rights in force at any time and as of any date, and is "
            "told of every change."
        ),
    ),
    kept(
        "H11.8.1-i",
        "1231–1235, 1342",
        "ER",
        Text(
            "A customer's assignment is a request until an ordering contact named by Tiera places it as an order. A "
            "person at a customer orders directly only if Tiera has named that person in writing."
        ),
    ),
    later(
        "D11.8.1-d",
        "",
        "E",
        "A stand-in of an ordering contact is an ordering contact: Tiera names that person in writing like any "
        "other, with the same or a smaller right and dates; a contact may only propose one, and it counts from the "
        "moment Tiera's namer confirms it (a self-named stand-in's order would be void). Approvers of hours, "
        "overruns and invoices may name a stand-in themselves. No chains; both are told; who acted for whom stays "
        "on record.",
    ),
    kept(
        "H11.8.1-e",
        "1338–1340",
        "E",
        Text(
            "Orders are separately agreed and separately billed assignments of the service, never an incident or a "
            "productised service request. An order may follow from an incident."
        ),
    ),
    kept(
        "H11.8.1-f",
        "1348–1350",
        "R",
        Text(
            "The supplier records every order of Tiera and gives each a unique identifier and a description in "
            "plain language."
        ),
    ),
    kept(
        "H11.8.3-a",
        "1385–1387",
        "E",
        Text(
            "Tiera gives each order an identifier of its own, and the supplier refers to it when invoicing. Both "
            "identifiers of an order are unique for ever, searchable and on every confirmation."
        ),
    ),
    kept(
        "H11.8.1-g",
        "1351–1353",
        "E",
        Text(
            "The supplier puts forward cheaper or better alternatives: an estimate carries alternatives, or the "
            "supplier's statement that it knows none better. The one chosen is on record."
        ),
    ),
    kept(
        "H11.8.1-h",
        "1353–1355",
        "E",
        Text(
            "The extra effort of work done against Tiera's instruction is the supplier's: it is marked and never "
            "billable, and the split stays on record."
        ),
    ),
    kept(
        "H11.3.1-a",
        "1122",
        "T",
        Text(
            "Offers and estimates that Tiera asks for come within the agreed time, which runs from the request. "
            "Late ones are marked and reported."
        ),
    ),
    kept(
        "H11.8.2-a",
        "1359–1381",
        "E",
        Text(
            "The approved estimate decides the size of an order, in minutes and unrounded: a small assignment, an "
            "assignment or a project. A person may raise the class with a reason, never lower it. An overrun or "
            "revision that lifts the total into a larger class first meets the duties of that class and the "
            "orderer's right for the new total."
        ),
    ),
    kept(
        "H11.8.2-b",
        "1363–1367",
        "E",
        Text(
            "A small assignment is ordered by the procedure agreed before the service starts: after an estimate, or "
            "at once with a ceiling given by the ordering contact."
        ),
    ),
    kept(
        "H11.8.2-c",
        "1369–1373",
        "E",
        Text(
            "An assignment is agreed on the standard form and always has a clear goal and limits. Without form, "
            "goal and limits there is no order."
        ),
    ),
    kept(
        "H11.8.2-d",
        "1377–1381",
        "E",
        Text(
            "A project has a project contract with at least a project plan and a task plan: tasks, target dates and "
            "who is responsible. Without them work does not start."
        ),
    ),
    kept(
        "H11.3.3-a",
        "858–860, 1170–1172",
        "E",
        Text(
            "Tiera and the supplier each name a project manager for every separately agreed project and every large "
            "change request. Work does not start without both."
        ),
    ),
    later(
        "H11.3.3-b",
        "854–856, 874, 1166–1168, 1181",
        "ER",
        "A project ends by handing its results over to the continuous service by a process agreed with Tiera, with "
        "a stabilisation phase: checklist, documents, both project managers' and the service manager's "
        "confirmation; not accepted before.",
    ),
    later(
        "H10.4-a",
        "860, 881, 1189–1190",
        "R",
        "A project has a steering group: the project managers report to it unless otherwise agreed, Tiera's "
        "convenes it, the supplier's prepares the material; who presents and who keeps minutes is agreed per "
        "project (both claim it).",
    ),
    later(
        "H10.4-b",
        "866–868, 878, 1185, 1055",
        "RS",
        "A project has progress, deviations, a risk register and its own change log; the next production group sees "
        "status, challenges and needed decisions.",
    ),
    kept(
        "H11.8.3-b",
        "1389",
        "R",
        Text(
            "A change to the content of ordered work goes through change management: a revision that both sides "
            "accept, with the old one kept."
        ),
    ),
    kept(
        "H11.8.3-c",
        "1389–1391",
        "T",
        Text(
            "The supplier follows actual effort and forecast against the estimate ahead of time. Both sides are "
            "warned as the ceiling comes near and when the forecast first passes it. After a warning the supplier "
            "renews the forecast in time, and a stale one is shown."
        ),
    ),
    kept(
        "H11.8.3-d",
        "1391–1393",
        "E",
        Text(
            "When the forecast first shows an overrun the order is on hold and the supplier asks Tiera's approval "
            "to continue. Work done meanwhile is marked; above the ceiling it is neither approved nor billed unless "
            "the decision says so. Tiera approves all, part or none with a reason, and the ceiling moves only by an "
            "approval."
        ),
    ),
)
