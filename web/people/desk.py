"""In sight: roles that nobody holds, or whose holder's competence is not stated."""

from typing import Final

from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.desk.sections import Panel

PANELS: Final = (
    Panel(
        key="unfilledRoles",
        title=Text("Roles that lack something"),
        field="unfilledRoles(on: $today) { role gap organisation { name } held { id } }",
        template="people/desk_gaps.html",
        shown_to=lambda actor: actor.may(Right.ADMINISTER) or actor.may(Right.MANAGE_OWN_PEOPLE),
    ),
)
