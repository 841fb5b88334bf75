"""By which ways people are told, and the topics of which they may choose."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels


class Way(StrEnum):
    """How somebody is told."""

    BELL = "bell"
    """In the portal."""
    MAIL = "mail"


class Topic(StrEnum):
    """What notices are about, as far as people choose what they want to be told."""

    ORDERS = "orders"
    TICKETS = "tickets"
    BODIES = "bodies"
    BULLETINS = "bulletins"
    DOCUMENTS = "documents"
    FORECASTS = "forecasts"
    HOURS = "hours"
    INVOICES = "invoices"
    COMPLAINTS = "complaints"
    RIGHTS = "rights"
    AGREEMENTS = "agreements"
    PEOPLE = "people"


class Withheld(StrEnum):
    """Why a mail was not sent in the end."""

    NOT_VISIBLE = "not_visible"
    """Its receiver may not see the thing any more."""
    GATHERED = "gathered"
    """It is told in the mail of another event of the same act."""


WAY_LABELS = register_labels({Way.BELL: Text("In the portal"), Way.MAIL: Text("By mail")})

TOPIC_LABELS = register_labels(
    {
        Topic.ORDERS: Text("Requests, estimates and orders"),
        Topic.TICKETS: Text("Tickets, their messages and clocks"),
        Topic.BODIES: Text("Groups and what is written in them"),
        Topic.BULLETINS: Text("Bulletins and what communication is agreed"),
        Topic.DOCUMENTS: Text("Documents and their versions"),
        Topic.FORECASTS: Text("Forecasts and overruns"),
        Topic.HOURS: Text("Hours and their approval"),
        Topic.INVOICES: Text("Invoices and disputed lines"),
        Topic.COMPLAINTS: Text("Complaints and sanctions"),
        Topic.RIGHTS: Text("Ordering rights"),
        Topic.AGREEMENTS: Text("Agreements, prices and terms"),
        Topic.PEOPLE: Text("People, roles and organisations"),
    }
)
