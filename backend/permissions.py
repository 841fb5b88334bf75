"""docs/permissions.md: which mutation asks for which right, and which roles have it; made from the declarations."""

from pathlib import Path

from strawberry.utils.str_converters import to_camel_case

from backend.graphql import schema
from backend.graphql.mutations import registry
from backend.kit.actor import ActorKind
from backend.rulebook.roles import ORDERING_CONTACT_RIGHTS, RIGHTS, SERVICE_ACCOUNT_RIGHTS, Right


def permissions() -> str:
    """Markdown: rights with the roles that have them, then mutations with the rights they ask for."""
    mutation = schema.build()._schema.mutation_type
    published = mutation.fields if mutation else {}
    parts = [
        "# Who may do what\n\nMade from the declarations by `make rules`. A mutation asks for one of its rights; the "
        "policy of its slice narrows that to whose order, whose hours, whose request.\n",
        "## Rights\n",
        "| right | who has it |\n|---|---|",
        *(f"| `{right}` | {', '.join(_holders(right))} |" for right in Right),
        "\n## Mutations\n",
        "| mutation | asks for one of | rule |\n|---|---|---|",
        *(
            f"| `{name}` | {', '.join(f'`{right}`' for right in declared.by) or 'nothing: one’s own things'} | "
            f"{declared.rule or ''} |"
            for name, declared in sorted(registry.items())
            if to_camel_case(name) in published
        ),
    ]
    return "\n".join(parts) + "\n"


def _holders(right: Right) -> list[str]:
    sides = {ActorKind.BUYER: "Tiera", ActorKind.SUPPLIER: "supplier", ActorKind.CUSTOMER: "customer"}
    found = [f"{sides[kind]}: {role}" for (kind, role), rights in RIGHTS.items() if right in rights]
    found += [f"{sides[kind]}: ordering contact" for kind, rights in ORDERING_CONTACT_RIGHTS.items() if right in rights]
    found += [f"{sides[kind]}: program" for kind, rights in SERVICE_ACCOUNT_RIGHTS.items() if right in rights]
    return [holder.replace("_", " ") for holder in found]


def write(path: Path) -> None:
    path.write_text(permissions(), encoding="utf-8")
