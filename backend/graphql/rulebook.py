"""The contract's rules and what keeps each of them."""

import strawberry

from backend.graphql.reads.shape import computed, described, everyone, root
from backend.kit.actor import Actor
from backend.rulebook import citations, rules
from backend.rulebook.rule import Kind

described(
    Kind,
    "In what way the software keeps a rule.",
    name="RuleKind",
    ENFORCED="What breaks it is refused.",
    TIMED="Its time is watched, and people are told.",
    RECORDED="What happened is on record.",
    SHOWN="Everybody concerned can see it.",
)


@strawberry.type(description="A rule of the contract.")
class Rule:
    name: str = strawberry.field(
        description="`H11.8.1-b`: chapter 11.8.1, second rule; `D…` where the source is silent."
    )
    sentence: str = strawberry.field(description="What it says, in your language where it is translated.")
    kinds: list[Kind] = strawberry.field(description="In what ways it is kept.")
    lines: str = strawberry.field(description="Where it stands in the source; empty for a rule of ours.")
    later: bool = strawberry.field(description="Whether the software does not keep it yet.")
    kept_by: list[str] = strawberry.field(description="What keeps it, as names in the code.")


def _rules(actor: Actor) -> list[Rule]:
    return [
        Rule(
            name=each.name,
            sentence=each.read(actor.language),
            kinds=[kind for kind in Kind if kind in each.kinds],
            lines=each.lines,
            later=each.later,
            kept_by=list(citations.keeping(each.name)),
        )
        for each in rules.RULES.values()
    ]


@root
class RulebookQuery:
    """The contract as the software has it."""

    rules: list[Rule] | None = computed(
        _rules, lambda _: {}, "Every rule of the contract, in its order.", seen_by=everyone
    )
