"""Terms of contracts: what each is on a day, and the values they were given."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
import strawberry

from backend.graphql.inputs import key, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.parties import Person
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    described,
    everyone,
    many,
    newest,
    one,
    root,
    shape,
)
from backend.graphql.relay import Connection, Subject
from backend.kit.actor import Actor
from backend.kit.conditions import when
from backend.kit.database import Condition, Row
from backend.kit.translation import show
from backend.parties import agreement_model as model
from backend.parties import figures, queries, term_verbs
from backend.parties.states import TermOrigin
from backend.rulebook.definitions import Unit
from backend.rulebook.roles import Right
from backend.rulebook.terms import DEFINITIONS

described(
    TermOrigin,
    "Where a term's value of a day comes from.",
    CONTRACT="The governance model's own, or ours where it is silent.",
    INSTALLATION="Set for all agreements.",
    AGREEMENT="Agreed in this very agreement.",
)
described(
    Unit,
    "What a term is counted in.",
    name="TermUnit",
    MINUTES="Minutes.",
    SECONDS="Seconds.",
    DAYS="Calendar days.",
    BUSINESS_DAYS="Business days.",
    BUSINESS_DAY_OF_MONTH="The number of a business day in a month.",
    PERSON_DAYS="Person-days.",
    CHARACTERS="Characters.",
    NUMBER="A number.",
    PERCENT="Per cent.",
    EUROS="Euros.",
    YES_OR_NO="Yes or no.",
    CHOICE="One of the choices.",
    WORDS="Words.",
)


@strawberry.type(description="One of the values that a term which is a choice may have.")
class TermChoice:
    value: str = strawberry.field(description="As `changeTerm` takes it.")
    text: str = strawberry.field(description="As people read it.")


def _sentence(actor: Actor, *, name: str) -> str:
    return show(DEFINITIONS[name].sentence, actor.language)


def _shown(actor: Actor, *, name: str, value: Any) -> str:
    definition = DEFINITIONS[name]
    return show(definition.show(definition.read(value)), actor.language)


def _typed(actor: Actor, *, name: str, value: Any) -> str:
    found = DEFINITIONS[name].write(DEFINITIONS[name].read(value))
    if isinstance(found, bool):
        return "true" if found else "false"
    return ", ".join(found) if isinstance(found, list) else str(found)


@strawberry.type(description="A term with the value that a case has kept of the day on which it arose.")
class KeptTerm:
    name: str = strawberry.field(description="Its name.")
    sentence: str = strawberry.field(description="What it says, in your language.")
    shown: str = strawberry.field(description="The value with its unit, in your language.")
    value: str = strawberry.field(description="The value as `changeTerm` takes it.")
    rule: str = strawberry.field(description="The rule of the contract it serves.")


def kept_terms(actor: Actor, *, values: dict[str, Any]) -> list[KeptTerm]:
    """Kept values of terms, by their names, as people and programs read them."""
    return [
        KeptTerm(
            name=name,
            sentence=_sentence(actor, name=name),
            shown=_shown(actor, name=name, value=value),
            value=_typed(actor, name=name, value=value),
            rule=DEFINITIONS[name].rule,
        )
        for name, value in values.items()
    ]


def _choices(actor: Actor, *, name: str) -> list[TermChoice]:
    return [TermChoice(value=str(c), text=show(c, actor.language)) for c in DEFINITIONS[name].choices]


def _named(row: Row) -> dict[str, Any]:
    return {"name": row.name}


def _valued(row: Row) -> dict[str, Any]:
    return {"name": row.name, "value": row.value}


@shape(figures.terms_of_day(on=sa.literal(dt.date.min)), figures.visible_terms_of_day)
class Term:
    """A term of a contract with its value on a day."""

    name: str = column("Its name.")
    sentence: str = computed(_sentence, _named, "What it says, in your language.")
    shown: str = computed(_shown, _valued, "The value with its unit, in your language.")
    value: str = computed(_typed, _valued, "The value as `changeTerm` takes it.")
    unit: Unit = computed(lambda _, *, name: DEFINITIONS[name].unit, _named, "What it is counted in.")
    choices: list[TermChoice] = computed(_choices, _named, "What may be chosen, where it is a choice.")
    rule: str = computed(lambda _, *, name: DEFINITIONS[name].rule, _named, "The rule of the contract it serves.")
    is_in_source: bool = computed(
        lambda _, *, name: DEFINITIONS[name].in_source, _named, "Whether the contract itself gives the default."
    )
    may_override: bool = computed(
        lambda _, *, name: DEFINITIONS[name].may_override,
        _named,
        "Whether an agreement with a customer may say otherwise.",
    )
    origin: TermOrigin = column("Where the value comes from.")
    since: dt.date | None = column("From which day on it is so; null where it always was.")
    reason: str | None = column("Why it was changed.")


@shape(model.TermValue, queries.visible_terms, sort=newest("valid_from", "id"))
class TermValue(Subject):
    """A value that a term was given from a day on. None is ever overwritten."""

    name: str = column("Of which term.")
    sentence: str = computed(_sentence, _named, "What the term says.")
    shown: str = computed(_shown, _valued, "The value with its unit.")
    valid_from: dt.date = column("The first day.")
    reason: str = column("Why.")
    recorded_at: dt.datetime = column("When it was said.")
    recorded_by: Person | None = one(lambda t, p: p.id == t.recorded_by_id, "Who said it.", with_parent=True)


def _term_values(_: None, row: Row, *, agreement: Any, name: Any) -> Condition:
    of = row.agreement_id.is_(None) if agreement is None else row.agreement_id == agreement.of("Agreement")
    return sa.and_(of, when(name, lambda n: row.name == n))


@root
class TermsQuery:
    """Terms."""

    terms: list[Term] | None = many(
        lambda _, t, on, agreement: sa.true(),
        "Every term with its value on a day, in the contract's order.",
        rows=figures.terms_of_day,
        seen_by=everyone,
        page=100,
        on=argument(dt.date, "The day on which a duty arises."),
        agreement=argument(strawberry.ID | None, "Of this agreement; else what holds for all."),
    )
    term_values: Connection[TermValue] | None = connection(
        _term_values,
        "Values that terms were given, past and to come, the newest first.",
        seen_by=everyone,
        agreement=argument(strawberry.ID | None, "In this agreement; else for all."),
        name=argument(str | None, "Of this term."),
    )


@mutation(term_verbs.change_term, term_value=TermValue, by=Right.ADMINISTER, rule="D0-c")
class ChangeTerm:
    """Give a term another value from a day on, for a reason."""

    agreement_id: strawberry.ID | None = key("Agreement", "In this agreement; left out: for all.", default=None)
    name: str = value("Which term.")
    valid_from: dt.date = value("The first day: today or later.")
    reason: str = value("Why.")
    value: str = value("The new value, as `Term.value` shows values.")


TermsMutation = mutations(ChangeTerm)
