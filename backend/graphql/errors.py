"""What callers hear of faults: their own with a code and a place, ours masked and in the log under a reference."""

import logging
import re
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

import graphql as g
import strawberry

from backend.graphql.reads.shape import described
from backend.kit import faults
from backend.kit.actor import Language
from backend.kit.translation import Text, translate

log = logging.getLogger("portaali.graphql")
PLACE = re.compile(r"^Variable '\$(\w+)' has invalid value(?: at ((?:\.\w+|\[\d+\])+))?:")

UserErrorCode = described(
    faults.Code,
    "Why something was refused; clients may rely on these.",
    name="UserErrorCode",
    BROKEN_RULE="A rule of the contract does not allow it; the rule is named.",
    CONFLICT="Somebody else did something meanwhile that does not go with it.",
    IDEMPOTENCY_KEY_REUSED="The idempotency key was already used for another request.",
    INVALID="A value is not acceptable here.",
    NOT_FOUND="It is not there, or you may not see it.",
    NOT_PERMITTED="Your role does not allow it.",
    REQUIRED="A value is missing.",
    TOO_MANY_REQUESTS="It was asked too often; wait a while.",
    VERSION_CONFLICT="Somebody else has changed it meanwhile; look at the newest version.",
    WRONG_STATE="It is not possible in the state the thing is in.",
)


@strawberry.type(description="One reason why a mutation was refused. Where there is one, nothing was changed.")
class UserError:
    code: UserErrorCode = strawberry.field(description="What kind of reason it is.")  # type: ignore[valid-type]
    message: str = strawberry.field(description="The reason as a sentence in your language.")
    path: list[str] = strawberry.field(description="Where in the input it lies: names of fields, and places in lists.")
    rule: str | None = strawberry.field(description="The rule of the contract that says so, such as H11.8.1-b.")
    limit: str | None = strawberry.field(description="What would have been allowed, where there is such a limit.")
    actual: str | None = strawberry.field(description="What it would have come to, where there is such a limit.")


def user_error(error: faults.UserError, language: Language, path: Sequence[str | int]) -> UserError:
    """A refusal's error in the reader's language; `path` is its place by the names of the schema."""
    return UserError(
        code=error.code,
        message=translate(error.message, language),
        path=[str(part) for part in path],
        rule=error.rule,
        limit=_figure(error.limit, language),
        actual=_figure(error.actual, language),
    )


def _figure(value: Text | str | None, language: Language) -> str | None:
    return translate(value, language) if isinstance(value, Text) else value


def formatted(errors: Iterable[g.GraphQLError]) -> list[dict[str, Any]]:
    """Errors as the response shows them: every one has `extensions.code`, none says what only we should know."""
    return [_formatted(error) for error in errors]


def _formatted(error: g.GraphQLError) -> dict[str, Any]:
    cause = error.original_error
    while isinstance(cause, g.GraphQLError) and error.path is not None:
        error, cause = _at(cause, error), cause.original_error
    if cause is not None and error.path is not None:  # without a path it is a value that a scalar does not take
        reference = secrets.token_hex(4)
        log.error("a field failed [%s] at %s", reference, error.path, exc_info=cause)
        masked = g.GraphQLError("Something went wrong on our side.", error.nodes, path=error.path)
        return {**masked.formatted, "extensions": {"code": "INTERNAL", "reference": reference}}
    found: dict[str, Any] = {**error.formatted}
    found["extensions"] = {**_classified(error), **(error.extensions or {})}
    return found


def _at(inner: g.GraphQLError, outer: g.GraphQLError) -> g.GraphQLError:
    """A fault that a resolver raised, at the place where execution found it."""
    if inner.path is not None:
        return inner
    return g.GraphQLError(
        inner.message, outer.nodes, path=outer.path, extensions=inner.extensions, original_error=inner.original_error
    )


def _classified(error: g.GraphQLError) -> dict[str, Any]:
    if found := PLACE.match(error.message):
        parts = re.findall(r"\w+", found[2] or "")
        return {"code": "BAD_USER_INPUT", "path": [found[1], *(int(p) if p.isdigit() else p for p in parts)]}
    if error.message.startswith("Expected value of") or " cannot represent " in error.message:
        return {"code": "BAD_USER_INPUT"}
    if isinstance(error, g.GraphQLSyntaxError):
        return {"code": "GRAPHQL_PARSE_FAILED"}
    return {"code": "BAD_REQUEST"}


def internal(error: BaseException, what: str) -> g.GraphQLError:
    """The error that stands for a failure of ours, which goes to the log."""
    reference = secrets.token_hex(4)
    log.error("%s [%s]", what, reference, exc_info=error)
    extensions = {"code": "INTERNAL", "reference": reference}
    return g.GraphQLError("Something went wrong on our side.", extensions=extensions)
