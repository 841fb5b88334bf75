"""Documents and their versions: what both sides see of services, and customers of what is meant for them."""

import datetime as dt
from enum import StrEnum
from typing import Annotated

import strawberry

from backend.documents import model, policy, queries, releasing, verbs
from backend.documents.states import DocumentAction, DocumentEffect, DocumentKind, DocumentState
from backend.graphql.agreements import Service
from backend.graphql.events import Event, timeline_of
from backend.graphql.files import StoredFile
from backend.graphql.inputs import filter_input, key, part, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.parties import Organisation, Person
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    described,
    everyone,
    many,
    newest,
    oldest,
    one,
    root,
    shape,
    sql,
)
from backend.graphql.relay import Connection, Subject
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import is_about
from backend.rulebook.roles import Right


def is_party(actor: Actor) -> bool:
    """Tiera and suppliers, between whom it is what customers are not to see yet."""
    return actor.kind is not ActorKind.CUSTOMER


described(
    DocumentKind,
    "What a document is.",
    SERVICE_DESCRIPTION="A description of the service.",
    INSTRUCTIONS="Instructions for those who use or run it.",
    ARCHITECTURE="How it is built.",
    SECURITY="Security and data protection.",
    PLAN="A plan.",
    OTHER="Something else.",
)
described(DocumentState, "Where a document stands.", IN_USE="It is in use.", RETIRED="It is used no more.")
described(
    DocumentAction,
    "What can be done with a document.",
    EDIT="Change what the register says of it.",
    ADD_VERSION="Add a newer version.",
    REVIEW="Say that it is right as it is.",
    RETIRE="Say that it is used no more.",
    RELEASE="Let customers see what a supplier says in it.",
    RETURN="Say why they are not to see it.",
)
described(
    DocumentEffect,
    "What a change means for a document.",
    UPDATED="It was updated for the change.",
    NO_EFFECT="The change does not touch it.",
)


class DocumentSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    REVIEW_FIRST = "review_first"
    REVIEW_LAST = "review_last"


described(
    DocumentSort,
    "In which order documents come.",
    NEWEST="Added last first.",
    OLDEST="Added first first.",
    REVIEW_FIRST="What is to be looked at first first.",
    REVIEW_LAST="What is to be looked at last first.",
)


@shape(model.DocumentVersion, queries.visible_versions, sort=newest("ordinal", "id"))
class DocumentVersion(Subject):
    """A version of a document; it is never changed."""

    ordinal: int = column("The how manieth.")
    note: str = column("What is new in it.")
    added_at: dt.datetime = column("When it was added.")
    released_at: dt.datetime | None = column("When it was released to customers; null: they do not see it.")
    added_by: Person | None = one(lambda v, p: p.id == v.added_by_id, "Who added it, where you may know them.")
    file: StoredFile | None = one(lambda v, f: is_about(f, "DocumentVersion", v.id), "Its file.")
    document: Annotated["Document", strawberry.lazy("backend.graphql.documents")] = one(
        lambda v, d: d.id == v.document_id, "Of which document.", with_parent=True
    )


@shape(model.Document, queries.visible_documents, sort={
    DocumentSort.NEWEST: newest("id"),
    DocumentSort.OLDEST: oldest("id"),
    DocumentSort.REVIEW_FIRST: oldest("review_key", "id"),
    DocumentSort.REVIEW_LAST: newest("review_key", "id"),
})  # fmt: skip
class Document(Subject):
    """A document of a service, or a template."""

    title: str = column("What it is called.")
    kind: DocumentKind = column("What it is.")
    state: DocumentState = column("Where it stands.")
    is_template: bool = column("Whether it is a template.")
    is_for_customers: bool = column("Whether it is meant for customers too; they see what is released.")
    released_at: dt.datetime | None = column("Since when customers see it; null: they do not.")
    release_asked_at: dt.datetime | None = column("Since when something waits for Tiera's release.", seen_by=is_party)
    return_reason: str | None = column("Why Tiera did not release what waited last.", seen_by=is_party)
    review_on: dt.date | None = column("By when somebody looks at it again.")
    reviewed_at: dt.datetime | None = column("When it was last said to be right as it is.")
    made_at: dt.datetime = column("When it was added.")
    updated_at: dt.datetime = sql(queries.updated_at, "When its newest version was added.", by_actor=True)
    retired_at: dt.datetime | None = column("When it was said to be used no more.")
    end_reason: str | None = sql(
        queries.end_reason, "Why it is used no more; what a supplier says of it is not for customers.", by_actor=True
    )
    version: int = column("Counts the changes of what the register says.")
    is_outdated: bool = sql(
        lambda d, on: queries.is_outdated(d, on),
        "Whether it should have been looked at again.",
        on=argument(dt.date, "By this day: today, as a rule."),
    )

    service: Service | None = one(lambda d, s: s.id == d.service_id, "Of which service.", with_parent=True)
    organisation: Organisation = one(lambda d, o: o.id == d.organisation_id, "Who answers for it.", with_parent=True)
    owner: Person | None = one(lambda d, p: p.id == d.owner_id, "Whose it is, where you may know them.")
    service_managers: list[Person] = many(
        lambda d, p, on: queries.answers_for_all(d, p, on),
        "The supplier's service managers, who answer for all documents of the service, where you may know them.",
        on=argument(dt.date, "On this day."),
    )
    template: "Document | None" = one(lambda d, t: t.id == d.template_id, "The template that it follows.")
    newest: DocumentVersion | None = one(queries.is_newest, "The newest of its versions that you see.", by_actor=True)
    versions: list[DocumentVersion] = many(lambda d, v: v.document_id == d.id, "All versions, the newest first.")
    timeline: Connection[Event] = timeline_of("Document")
    available_actions: list[DocumentAction] = computed(
        policy.available_actions,
        lambda d: {
            "state": d.state,
            "organisation_id": d.organisation_id,
            "waits": d.release_asked_at.is_not(None),
        },
        "What you may do with it now.",
    )


@filter_input
class DocumentFilter:
    """Which documents."""

    words: str | None = value("With these words in title or service.", default=None)
    kinds: list[DocumentKind] | None = value("Of one of these kinds.", default=None)
    states: list[DocumentState] | None = value("In one of these states.", default=None)
    is_template: bool | None = value("Templates, or the others.", default=None)
    service_id: strawberry.ID | None = key("Service", "Of this service.", default=None)
    organisation_id: strawberry.ID | None = key("Organisation", "For which this organisation answers.", default=None)
    is_mine: bool | None = value("Whose owner you are, or not.", default=None)
    falls_to_me: bool | None = value(
        "Whose owner you are, or which your side keeps while you are its service manager; or not.", default=None
    )
    waits_for_release: bool | None = value(
        "Of which something waits for Tiera's release to customers, or not.", default=None
    )
    outdated_on: dt.date | None = value("Which should have been looked at again by this day.", default=None)


@root
class DocumentsQuery:
    """Documents."""

    documents: Connection[Document] | None = connection(
        queries.documents_matching,
        "Documents that you see.",
        by_actor=True,
        order=DocumentSort,
        seen_by=everyone,
        where=argument(DocumentFilter | None, "Which."),
    )
    document: Document | None = one(
        lambda _, d, id: d.id == id.of("Document"),
        "A document by its identifier.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Which."),
    )


FILE = "The file, brought before by `POST /api/files`."


@part(verbs.Content)
class DocumentContentInput:
    """What the register says of a document."""

    title: str = value("What it is called.")
    kind: DocumentKind = value("What it is.")
    service_id: strawberry.ID | None = key("Service", "Of which service; a template is of none.", default=None)
    is_template: bool = value("Whether it is a template.", default=False)
    template_id: strawberry.ID | None = key("Document", "The template that it follows.", default=None)
    owner_id: strawberry.ID | None = key("Person", "Whose it is; none: as before, at first yours.", default=None)
    is_for_customers: bool = value(
        "Whether it is meant for customers too; a supplier's waits for Tiera's release.", default=False
    )
    review_on: dt.date | None = value("By when somebody looks at it again.", default=None)


@mutation(verbs.add_document, by=Right.KEEP_DOCUMENTS, rule="H11.5-a", document=Document)
class AddDocument:
    """Put a document or a template into the register, with its first version."""

    content: DocumentContentInput = value("What the register says of it.")
    file_id: strawberry.ID = key("StoredFile", FILE)
    note: str | None = value("What is to be known of this version.", default=None)


@mutation(verbs.edit_document, by=Right.KEEP_DOCUMENTS, rule="H11.6-c", edits=True, document=Document)
class EditDocument:
    """Change what the register says of a document."""

    document_id: strawberry.ID = key("Document", "The document.")
    content: DocumentContentInput = value("What the register says of it.")


@mutation(verbs.add_version, by=Right.KEEP_DOCUMENTS, rule="H11.6-a", document=Document)
class AddDocumentVersion:
    """Put a newer version in the place of the one before, which stays to be read."""

    document_id: strawberry.ID = key("Document", "The document.")
    file_id: strawberry.ID = key("StoredFile", FILE)
    note: str = value("What is new in it.")
    review_on: dt.date | None = value("By when somebody looks at it again; none: as before.", default=None)


@mutation(verbs.review_document, by=Right.KEEP_DOCUMENTS, rule="H11.6-a", document=Document)
class ReviewDocument:
    """Say that a document is right as it is, and by when it is looked at again."""

    document_id: strawberry.ID = key("Document", "The document.")
    review_on: dt.date = value("By when somebody looks at it again.")


@mutation(verbs.retire_document, by=Right.KEEP_DOCUMENTS, rule="H11.6-b", document=Document)
class RetireDocument:
    """Say that a document is used no more. It stays to be read with all its versions."""

    document_id: strawberry.ID = key("Document", "The document.")
    reason: str = value("Why.")


@mutation(releasing.release_document, by=Right.RELEASE_MESSAGES, rule="H11.4-a", edits=True, document=Document)
class ReleaseDocument:
    """Let customers see what the register says of a supplier's document, and its newest version."""

    document_id: strawberry.ID = key("Document", "The document.")


@mutation(releasing.return_document, by=Right.RELEASE_MESSAGES, rule="H11.4-a", edits=True, document=Document)
class ReturnDocument:
    """Say why customers are not to see what waits: they see what was released before, or nothing."""

    document_id: strawberry.ID = key("Document", "The document.")
    reason: str = value("Why.")


DocumentsMutation = mutations(
    AddDocument,
    EditDocument,
    AddDocumentVersion,
    ReviewDocument,
    RetireDocument,
    ReleaseDocument,
    ReturnDocument,
)
