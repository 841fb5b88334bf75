"""A form is an input of the schema. A field's name is its path in the input: `lines.0.minutes`.

The form reads what people typed into the input's scalars and says at each field what it could not read. Whether a
value is allowed is the schema's business: its `userErrors` land at the field their path names. What was typed is kept
word for word for showing it again. Rows are added and removed, and fields filled in, by ordinary submit buttons.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Protocol

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLSchema,
    Undefined,
    get_named_type,
    is_non_null_type,
)

from backend.kit.translation import Text
from web import paths
from web.form_versions import rows_now, values_now
from web.typed import READERS, Json, Unreadable, typed

Message = Text | str
_ABSENT: Final = object()

NEEDED: Final = Text("This is needed.")
CHOOSE: Final = Text("Choose one of these.")
VERSION: Final = "expectedVersion"
"""The field of an edit that says which version of the thing it changes."""


class Posted(Protocol):
    """What came from the browser: names with one or more values, as Starlette's form data and query have it."""

    def multi_items(self) -> Iterable[tuple[str, Any]]: ...


@dataclass(frozen=True)
class Guard:
    """What every form carries beside its fields: who may send it, for whom, and that it counts once."""

    csrf: str = ""
    acting: str = ""
    key: str = ""


@dataclass(frozen=True)
class Field:
    """One field as the macros draw it."""

    name: str
    id: str
    scalar: str
    needed: bool
    values: tuple[str, ...]
    error: Message | None
    options: tuple[str, ...] = ()
    is_turned_to: bool = False
    """Whether it is in the row just added, next to one just taken out, or just filled in; the first gets the focus."""
    theirs: tuple[str, ...] | None = None
    """What somebody else wrote there meanwhile, where that is something else."""

    @property
    def value(self) -> str:
        return self.values[-1] if self.values else ""


@dataclass(frozen=True)
class Complaint:
    """One line of the summary: what is wrong, the id of the field to mend, and its names from the outermost in."""

    message: Message
    id: str | None = None
    names: Sequence[Message] = ()


@dataclass
class Form:
    """One input, as typed and as read. `variables` is the input when `errors` is empty."""

    kind: GraphQLInputObjectType
    raw: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    unsent: set[str] = field(default_factory=set)
    """What the schema complains of and was not sent: boxes of which none was ticked, or what no field is for."""
    names: dict[str, Message] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[Message]] = field(default_factory=dict)
    general: list[Message] = field(default_factory=list)
    prefix: str = "f"
    guard: Guard = Guard()
    sent: bool = False
    editing: bool = False
    filtering: bool = False
    turned_to: str = ""
    """The path of the row just added, of the one that stands where one was taken out, or of what is filled in."""
    theirs: "Form | None" = None
    """The thing as it is now, where somebody else was faster."""
    told: bool = False
    """Whether it stands on the page: one that has no place for it any more says what is wrong above all else."""

    @classmethod
    def of(
        cls,
        input_type: str,
        schema: GraphQLSchema,
        posted: Posted | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
        prefix: str = "f",
        guard: Guard | None = None,
    ) -> "Form":
        """An empty form, one filled with values of the schema (`initial`), or one as it was sent (`posted`).

        Names in `posted` that begin with `_` are not fields. Raises KeyError when the schema has no such input.
        """
        kind = schema.type_map[input_type]
        if not isinstance(kind, GraphQLInputObjectType):
            raise KeyError(f"{input_type} is not an input of the schema")
        form = cls(kind, prefix=prefix, guard=guard or Guard())
        if posted is None:
            form._show(kind, initial or {}, "")
            return form
        form.sent = True
        commands: list[tuple[str, str]] = []
        for name, value in posted.multi_items():
            if name in ("_add", "_remove", "_fill"):
                commands.append((name, str(value)))
            elif name == "_file":
                file_id, _, file_name = str(value).partition(" ")
                form.files[file_id] = file_name
            elif not name.startswith("_") and isinstance(value, str):
                form.raw.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\0", ""))
        for command, path in commands:
            form.editing, form.turned_to = True, path
            if command != "_fill":  # the page does, with what was chosen
                form.add_row(path) if command == "_add" else form.remove_row(path)
        if not form.editing:
            form.raw, _ = paths.numbered(form.raw)
            form.variables = form._read_object(kind, "") or {}
        return form

    # Reading

    def _read_object(self, kind: GraphQLInputObjectType, path: str) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for name, definition in kind.fields.items():
            if path == "" and name == "idempotencyKey":
                read |= self._read_key(needed=is_non_null_type(definition.type))
                continue
            value = self._read(definition.type, f"{path}{name}", has_default=definition.default_value is not Undefined)
            if value is not _ABSENT:
                read[name] = value
        return read

    def _read_key(self, *, needed: bool) -> dict[str, str]:
        """The form counts once. An edit that is sent with other words is another one, which its version judges."""
        key = self.guard.key
        if key and VERSION in self.kind.fields:
            key = f"{key} {sha256(repr(sorted(self.raw.items())).encode()).hexdigest()}"
        return {"idempotencyKey": key} if key or needed else {}

    def _read(self, kind: GraphQLInputType, path: str, *, has_default: bool = False) -> Any:
        needed = is_non_null_type(kind)
        bare = paths.bare(kind)
        if isinstance(bare, GraphQLInputObjectType):
            return self._read_nested(bare, path, needed)
        if isinstance(bare, GraphQLList):
            return self._read_list(bare, path, needed)
        if path not in self.raw:
            if needed and not has_default and get_named_type(bare).name == "Boolean":
                return False
            if needed and not has_default:
                self.complain(path, NEEDED)
            return _ABSENT
        value = self._read_value(bare, path, self.raw[path][-1])
        if value is None and needed and path not in self.errors:
            if has_default:
                return _ABSENT
            self.complain(path, NEEDED)
        return value

    def _read_nested(self, kind: GraphQLInputObjectType, path: str, needed: bool) -> Any:
        if not needed and not paths.is_present(self.raw, path):
            return _ABSENT
        if not needed and paths.is_blank(self.raw, path):
            return None
        return self._read_object(kind, f"{path}.")

    def _read_list(self, kind: GraphQLList[Any], path: str, needed: bool) -> Any:
        if paths.row_numbers(self.raw, path):
            return [self._read(kind.of_type, row) for row in paths.filled_rows(self.raw, path)]
        if path not in self.raw:
            return [] if needed else _ABSENT
        return [self._read_value(paths.bare(kind.of_type), path, value) for value in self.raw[path] if value.strip()]

    def _read_value(self, kind: GraphQLInputType, path: str, written: str) -> Json:
        plain = written.strip()
        if not plain:
            return None
        if isinstance(kind, GraphQLEnumType):
            if plain not in kind.values:
                self.complain(path, CHOOSE)
            return plain
        name = get_named_type(kind).name
        if name == "Boolean":
            return plain in ("true", "on", "1")
        reader = READERS.get(name)
        try:
            return reader(plain) if reader else plain
        except Unreadable as unreadable:
            self.complain(path, unreadable.message)
            return None

    # Rows

    def rows(self, path: str, least: int = 1) -> list[str]:
        """The path of each row to draw, at least `least` of them: `lines.0`, `lines.1`."""
        return [f"{path}.{row}" for row in range(max([*paths.row_numbers(self.raw, path), least - 1]) + 1)]

    def add_row(self, path: str) -> None:
        """One more empty row at the end of a list (`lines`), named as the page has it."""
        self.raw, path = paths.numbered(self.raw, path)
        self.turned_to = f"{path}.{max(len(paths.row_numbers(self.raw, path)), 1)}"
        self.raw[f"{self.turned_to}."] = [""]

    def remove_row(self, path: str) -> None:
        """Take out a row (`lines.1`), or one of several values (`fileIds.0`), named as the page has it; those below
        move up."""
        left = paths.without(self.raw, path)
        self.raw, self.turned_to = paths.numbered(left, paths.row_beside(left, path))

    # Showing

    def beside(self, now: "Form") -> "Form":
        """This form, as it was sent, over the thing as it is `now`: where somebody else was faster both are shown.

        Whoever sends it again has seen what it replaces, so it goes with the newest version.
        """
        if VERSION in self.errors:
            self.theirs = now
            self.raw[VERSION] = now.raw[VERSION]
        return self

    def rows_now(self, path: str) -> list[str] | None:
        """The rows of a list as they are now, where somebody else was faster and they are others."""
        return None if self.theirs is None else rows_now(self.kind, self.raw, self.theirs.raw, path)

    def _show(self, kind: GraphQLInputObjectType, values: Mapping[str, Any], path: str) -> None:
        for name, value in values.items():
            if name not in kind.fields:
                raise KeyError(f"{self.kind.name} has no field {path}{name}")
            self._show_value(kind.fields[name].type, value, f"{path}{name}")

    def _show_value(self, kind: GraphQLInputType, value: Any, path: str) -> None:
        bare = paths.bare(kind)
        if isinstance(bare, GraphQLInputObjectType) and value is not None:
            self._show(bare, value, f"{path}.")
        elif isinstance(bare, GraphQLList):
            inner = get_named_type(bare)
            if not isinstance(inner, GraphQLInputObjectType):
                self.raw.setdefault(path, [])
            for row, item in enumerate(value or []):
                if isinstance(inner, GraphQLInputObjectType):
                    self._show(inner, item, f"{path}.{row}.")
                else:
                    self.raw[path].append(typed(item, inner.name))
        else:
            self.raw[path] = [typed(value, get_named_type(bare).name)]

    def field(self, path: str) -> Field:
        """What a macro needs to draw the field at `path`. Raises KeyError when the input has none there."""
        kind = paths.kind_at(self.kind, path)
        bare = get_named_type(kind)
        return Field(
            name=path,
            id=self.id(path),
            scalar=bare.name,
            needed=is_non_null_type(kind),
            values=tuple(self.raw.get(path, ())),
            error=next(iter(self.errors.get(path, ())), None),
            options=tuple(bare.values) if isinstance(bare, GraphQLEnumType) else (),
            is_turned_to=bool(self.turned_to) and f"{path}.".startswith(f"{self.turned_to}."),
            theirs=None if self.theirs is None else values_now(self.kind, self.raw, self.theirs.raw, path),
        )

    def name(self, path: str, label: Message) -> None:
        """What people read above the field, or the row, at `path`: the summary says it too."""
        self.names[path] = label

    @property
    def unshown(self) -> list[tuple[str, str]]:
        """Of filters: what narrows a list and has no field on the page (so far as that is drawn), by name and value."""
        given = (name for name in self.kind.fields if name not in self.names and name in self.variables)
        return [(name, value) for name in given for value in self.raw.get(name, ()) if value]

    @property
    def is_narrowing(self) -> bool:
        """Of filters: whether a field that the page has (so far as that is drawn) is filled in."""
        return any(value.strip() for name in self.names for value in self.raw.get(name, ()))

    @property
    def narrows(self) -> bool:
        """Of filters: whether anything in the address narrows the list, on this part of the page or not."""
        return any(value not in (None, []) for value in self.variables.values())

    @property
    def misread(self) -> list[tuple[str, Message]]:
        """Of filters: what was written and narrows nothing, for it cannot be read, each with how to write it."""
        return [(self.raw[path][-1], said) for path, wrong in self.errors.items() if path in self.raw for said in wrong]

    def hide(self, paths: Iterable[str]) -> list[Field]:
        """Fields that are sent along unseen: what is wrong with them is said of the whole form."""
        self.hidden.update(paths)
        return [self.field(path) for path in paths]

    def id(self, path: str) -> str:
        """The id of a field's element, for labels and for the links of the summary."""
        return f"{self.prefix}-{path.replace('.', '-')}"

    # What is wrong

    def complain(self, path: str, message: Message) -> None:
        """Say what is wrong with the field at `path`."""
        self.errors.setdefault(path, []).append(message)

    def take(self, user_errors: Sequence[Mapping[str, Any]]) -> None:
        """Put the schema's `userErrors` where their path leads; what leads nowhere is said of the whole form."""
        for error in user_errors:
            path, message = self._own_path(error.get("path") or ()), _in_full(error)
            if path is None:
                self.general.append(message)
                continue
            self.complain(path, message)
            if not paths.is_present(self.raw, path):
                self.unsent.add(path)

    def tell(self) -> None:
        """The form stands on the page, and what is wrong above it."""
        self.told = True

    def _own_path(self, steps: Sequence[str | int]) -> str | None:
        own = steps[1:] if steps[:1] == ["input"] and "input" not in self.kind.fields else steps
        path = paths.in_the_schema(own)
        return path if path and (paths.is_present(self.raw, path) or paths.has(self.kind, path)) else None

    def _is_shown(self, path: str) -> bool:
        return path not in self.hidden and (path not in self.unsent or bool(self._names_to(path)))

    @property
    def summary(self) -> list["Complaint"]:
        """Everything that is wrong, in the order of the page; what is not shown there, in that of the input."""
        order = {name: place for place, name in enumerate(self.kind.fields)}
        shown = {name: place for place, name in enumerate(self.names)}

        def place(path: str) -> tuple[int, int, list[tuple[int, str]]]:
            return shown.get(path, len(shown)), order.get(path.partition(".")[0], len(order)), paths.natural(path)

        by_place = sorted(self.errors, key=place)
        said = [(path, message) for path in by_place for message in self.errors[path]]
        return [
            *(Complaint(message) for message in self.general),
            *(Complaint(message) for path, message in said if not self._is_shown(path)),
            *(
                Complaint(message, self.id(path), self._names_to(path))
                for path, message in said
                if self._is_shown(path)
            ),
        ]

    def _names_to(self, path: str) -> list[Message]:
        steps = path.split(".")
        above = (".".join(steps[:count]) for count in range(1, len(steps) + 1))
        return [self.names[name] for name in above if name in self.names]

    @property
    def words(self) -> list[str]:
        """What was written freely, for a page that has no place for the form any more."""
        return paths.free_texts(self.kind, self.raw)

    @property
    def is_fine(self) -> bool:
        """Whether it was sent, could be read and is not being edited row by row."""
        return self.sent and not self.editing and not self.errors and not self.general


def _in_full(error: Mapping[str, Any]) -> Message:
    """What a refusal says, with its limit and what it would be, unless the sentence has them, and its rule (D0-a)."""
    said: Message = error["message"]
    rule, limit, actual = error.get("rule"), error.get("limit"), error.get("actual")
    if not rule:
        return said
    if not limit or limit in str(said):
        return Text("%(said)s (rule %(rule)s)", said=said, rule=rule)
    if not actual:
        return Text("%(said)s (limit %(limit)s; rule %(rule)s)", said=said, limit=limit, rule=rule)
    figures = {"limit": limit, "actual": actual, "rule": rule}
    return Text("%(said)s (limit %(limit)s, it would be %(actual)s; rule %(rule)s)", said=said, **figures)
