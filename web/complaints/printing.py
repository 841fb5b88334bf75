"""The register, and one complaint with its responses, as documents for a steering group's papers."""

from typing import Any, Final

from starlette.responses import Response

from backend.kit.clock import now
from backend.kit.translation import Text, label, moment, plural
from web.complaints.about import name_of
from web.complaints.complaint_page import facts_of, missed
from web.complaints.steps import TOPICS
from web.naming import who_of
from web.pages import Page, found
from web.printing import Paper, as_pdf, facts, heading, said, table
from web.rendering import writers
from web.routing import get

COLUMNS: Final = (
    (Text("Number"), 11),
    (Text("Complaint"), 24),
    (Text("Supplier"), 15),
    (Text("Cause"), 13),
    (Text("State"), 13),
    (Text("Sent"), 9),
    (Text("Response due"), 9),
    (Text("Response arrived"), 9),
    (Text("Sanction"), 14),
)
"""What is printed of each complaint, and its share of the width."""


async def print_register(page: Page, complaints: list[dict[str, Any]]) -> Response:
    """The list as it is narrowed and sorted."""
    printed_at = moment(now(), page.language)
    lede = Text("Complaints: %(count)s. Printed %(at)s.", count=len(complaints), at=printed_at)
    write = writers(page.language)
    rows = [_row(complaint, write) for complaint in complaints]
    paper = Paper(Text("Register of complaints"), lede, [table(COLUMNS, rows)], is_wide=True)
    return await as_pdf(page, "reklamaatiot", paper)


def _row(complaint: dict[str, Any], write: Any) -> list[object]:
    sanction = complaint["sanction"]
    return [
        complaint["number"] or Text("not sent yet"),
        complaint["title"],
        complaint["supplier"]["name"],
        label("ComplaintCause", complaint["cause"]),
        label("ComplaintState", complaint["state"]),
        *(write["date"](complaint[name]) for name in ("sentAt", "responseDueAt", "answeredAt")),
        _sanction(sanction, write) if sanction else None,
    ]


def _sanction(sanction: dict[str, Any], write: Any) -> str:
    amount = sanction["amount"] and write["money"](sanction["amount"])
    said = ", ".join(filter(None, (write["label"](sanction["state"], "SanctionState"), amount)))
    return f"{said} ({terms_said(sanction)})"


def terms_said(sanction: dict[str, Any]) -> str:
    """By which rule and terms a sanction arose, in a line."""
    return "; ".join([sanction["rule"], *(f"{each['sentence']} {each['shown']}" for each in sanction["terms"])])


async def print_complaint(page: Page) -> Response:
    """One complaint as its page shows it: what was said, the responses, the steering group's word, what happened."""
    complaint = found((await page.query("complaints/complaint.graphql", id=page.id("Complaint")))["complaint"])
    write = writers(page.language)
    pairs = facts_of(complaint, write)
    if complaint["about"]:
        pairs.append((Text("It is about"), name_of(complaint["about"], page.language)))
    if complaint["meeting"]:
        pairs.append((Text("It is about the meeting"), f"{complaint['meeting']}, {write['date'](complaint['metOn'])}"))
    if complaint["sanction"]:
        sanction = complaint["sanction"]
        pairs += [
            (Text("Sanction"), _sanction(sanction, write)),
            (Text("Deadline that was missed"), missed(sanction) and write["datetime"](sanction["dueAt"])),
            (Text("Why Tiera applied or waived it"), sanction["reason"]),
        ]
    blocks = [facts(pairs), heading(Text("What was not good enough")), said(complaint["description"])]
    for response in complaint["responses"]:
        if response["sentAt"]:
            blocks += _response(response, write)
    if complaint["handling"]:
        day = (Text("Day of the meeting"), write["date"](complaint["handledOn"]))
        blocks += [heading(Text("The supplier's steering group")), facts([day]), said(complaint["handling"])]
    happened = [
        [write["datetime"](each["at"]), each["sentence"], who_of(each)] for each in complaint["timeline"]["nodes"]
    ]
    blocks += [
        heading(Text("What happened")),
        table(((Text("When"), 2), (Text("What"), 5), (Text("Who"), 2)), happened),
    ]
    if earlier := complaint["timeline"]["totalCount"] - len(happened):
        left_out = plural(
            "%(num)s earlier event is left out here.", "%(num)s earlier events are left out here.", earlier, num=earlier
        )
        blocks.append(said(left_out))
    name = complaint["number"] or Text("not sent yet")
    state = label("ComplaintState", complaint["state"])
    lede = Text(
        "Complaint %(number)s. %(state)s. Printed %(at)s.", number=name, state=state, at=moment(now(), page.language)
    )
    return await as_pdf(page, "reklamaatio", Paper(complaint["title"], lede, blocks))


def _response(response: dict[str, Any], write: Any) -> list[dict[str, Any]]:
    """A response that was sent, topic by topic, with Tiera's word on it."""
    verdict = {True: Text("proper"), False: Text("not proper"), None: Text("not judged yet")}[response["isProper"]]
    author = response["writtenBy"] and response["writtenBy"]["name"]
    blocks = [
        heading(Text("Response %(n)s", n=response["ordinal"])),
        facts(
            (
                (Text("Written by"), author),
                (Text("Response arrived"), write["datetime"](response["sentAt"])),
                (Text("Tiera's judgement"), verdict),
                (Text("Reason"), response["judgement"]),
            )
        ),
    ]
    for topic, member in TOPICS.items():
        blocks += [heading(label("ResponseTopic", member), 2), said(response[topic])]
    return blocks


routes = [get("/reklamaatiot/{id:int}/reklamaatio.pdf", print_complaint, name="complaints.print")]
