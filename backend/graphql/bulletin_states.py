"""The kinds, states and actions of bulletins as the schema names them."""

import backend.graphql.criticality  # noqa: F401  which publishes it
from backend.bulletins.states import BulletinAction, BulletinKind, BulletinState, Occasion, Receivers
from backend.graphql.reads.shape import described

described(
    BulletinKind,
    "What a bulletin tells of.",
    INCIDENT="An incident.",
    BREAK="A planned break of a service, with a beginning and an end.",
    CHANGE="A change to come.",
    NEWS="Something else worth knowing.",
)
described(
    BulletinState,
    "Where a bulletin stands.",
    DRAFT="It is being written; only its own side sees it.",
    PUBLISHED="Those whom it is for are told.",
    ENDED="What it tells of is over.",
    WITHDRAWN="It was taken back, with a reason.",
)
described(
    BulletinAction,
    "What can be done with a bulletin.",
    EDIT="Change the draft.",
    PUBLISH="Tell those whom it is for.",
    FOLLOW_UP="Correct or continue it by another one.",
    END="Say that it is over.",
    WITHDRAW="Take it back, with a reason.",
)
described(
    Receivers,
    "Whom a bulletin is for.",
    TIERA="Tiera.",
    AS_PLANNED="The customers whom the communication plan of its services names.",
    ALL_CUSTOMERS="All customers.",
    ORGANISATIONS="The customers that it names.",
)
described(
    Occasion,
    "For what communication is agreed beforehand.",
    CRITICAL_INCIDENT="A critical incident: crisis communication.",
    HIGH_INCIDENT="An incident of the class high.",
    NORMAL_INCIDENT="An incident of the class normal.",
    LOW_INCIDENT="An incident of the class low.",
    BREAK="A planned break.",
    CHANGE="A change to come.",
    NEWS="General news.",
)
