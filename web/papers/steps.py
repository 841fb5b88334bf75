"""What is done with a document by one form: a table of steps, and the one pair of views that shows and takes them."""

from typing import Final

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, found
from web.stepping import Asked, Step, Steps, form_of

STEPS: Final = (
    Step(
        "REVIEW",
        "tarkastettu",
        "review_document",
        Text("It is right as it is"),
        Text("Say that it is right as it is"),
        Text("No new version is needed. Say by when somebody looks at it again."),
        Text("The review was recorded."),
        (Asked("reviewOn", Text("Review by"), width="short"),),
    ),
    Step(
        "RETIRE",
        "poista-kaytosta",
        "retire_document",
        Text("Take out of use"),
        Text("Take the document out of use"),
        Text("It stays to be read with all its versions, and no change waits for it any more."),
        Text("The document is used no more."),
        (Asked("reason", Text("Reason"), "textarea"),),
        "warn",
    ),
    Step(
        "RELEASE",
        "julkaise",
        "release_document",
        Text("Release to customers"),
        Text("Release the document to customers"),
        Text("All customers see its newest version, its title and its note. Look at them first."),
        Text("The document was released."),
    ),
    Step(
        "RETURN",
        "palauta",
        "return_document",
        Text("Return to the supplier"),
        Text("Return the document to the supplier"),
        Text("Customers see what was released before, or nothing. The supplier reads why."),
        Text("The document was returned."),
        (Asked("reason", Text("Reason"), "textarea"),),
        "warn",
    ),
)
LOOKED_AT: Final = ("RELEASE", "RETURN")
"""What is done of the document as it was seen, and refused where it has changed since."""
PAPER_STEPS: Final = Steps(
    "papers",
    STEPS,
    next=("RELEASE", "ADD_VERSION"),
    links={
        "EDIT": (Text("Change what the register says"), "papers.edit"),
        "ADD_VERSION": (Text("Add a version"), "papers.new_version"),
    },
)


async def show(page: Page, sent: Form | None) -> Response:
    step = PAPER_STEPS.asked(page)
    document = found((await page.query("papers/step.graphql", id=page.id("Document")))["document"])
    given = {"documentId": document["id"]}
    if step.action in LOOKED_AT:
        given["expectedVersion"] = document["version"]
    form = form_of(page, step, document, given, sent)
    return await page.render(
        "papers/step.html",
        step=step,
        document=document,
        form=form,
        hidden=list(given),
        decided_on=step.action in LOOKED_AT,
    )


routes = PAPER_STEPS.routes("/asiakirjat", show)
