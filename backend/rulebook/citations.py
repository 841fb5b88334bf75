"""Where the code says that it keeps a rule, and where a test says that it proves one. Both are read from the source.

A citation is a string that is nothing but a rule's name: `@rule("H11.8.2-a")`, `rule="H11.8.3-d"`, a row of a table of
moves. The kit lies below the rulebook and knows nothing of the contract: it cites in its docstrings, as `(D0-a)`.
A proof is `@pytest.mark.rule("H11.8.2-a")`.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("backend", "web", "workers")
KIT = Path("backend/kit")
CHAPTERS = Path("backend/rulebook/chapters")

_NAME = re.compile(r"[HD]\d+(?:\.\d+)*-[a-z]")
_IN_BRACKETS = re.compile(rf"\(({_NAME.pattern}(?:, {_NAME.pattern})*)\)")

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """A rule's name in the code or the tests, and what bears it: `backend.orders.states:OVERRUN`."""

    rule: str
    place: str


def citations(root: Path = ROOT) -> tuple[Citation, ...]:
    """Every rule that code of the product names, with the function, class or table that does; each once, in order."""
    files = chain.from_iterable(_python_files(root, package) for package in PACKAGES)
    found = (
        Citation(name, place)
        for path in files
        if not path.is_relative_to(CHAPTERS)
        for name, place in _cited_in(root / path, path)
    )
    return tuple(sorted(set(found)))


def proofs(root: Path = ROOT) -> tuple[Citation, ...]:
    """Every rule that a test is marked with, with the test: `tests/kit/test_calendar.py::test_a_day_has_23_hours`."""
    found = (
        Citation(name, f"{path.as_posix()}{test}")
        for path in _python_files(root, "tests")
        for name, test in _proved_in(root / path)
    )
    return tuple(sorted(set(found)))


@cache
def keepers() -> Mapping[str, tuple[str, ...]]:
    """Rule → the places in the installed code that cite it."""
    return places(citations())


def places(found: Iterable[Citation]) -> Mapping[str, tuple[str, ...]]:
    """Rule → its places, in order."""
    gathered: dict[str, tuple[str, ...]] = {}
    for citation in found:
        gathered[citation.rule] = (*gathered.get(citation.rule, ()), citation.place)
    return gathered


def keeping(name: str) -> tuple[str, ...]:
    """What keeps a rule, as `module:name`; empty where nothing does yet."""
    return keepers().get(name, ())


def _python_files(root: Path, folder: str) -> Iterator[Path]:
    for path in sorted((root / folder).rglob("*.py")):
        yield path.relative_to(root)


def _parsed(path: Path) -> ast.Module | None:
    """The syntax tree, or nothing where no rule can be named."""
    source = path.read_text(encoding="utf-8")
    return ast.parse(source) if _NAME.search(source) else None


def _cited_in(path: Path, relative: Path) -> Iterator[tuple[str, str]]:
    tree = _parsed(path)
    if tree is None:
        return
    module = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
    in_docstrings = relative.is_relative_to(KIT)
    for node, scope in _with_scope(tree, ()):
        place = f"{module}:{'.'.join(scope)}" if scope else module
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAME.fullmatch(node.value):
            yield node.value, place
        elif in_docstrings and isinstance(node, ast.Module | Scope):
            docstring = ast.get_docstring(node) or ""
            for bracket in _IN_BRACKETS.finditer(docstring):
                yield from ((name, place) for name in bracket[1].split(", "))


def _with_scope(node: ast.AST, scope: tuple[str, ...]) -> Iterator[tuple[ast.AST, tuple[str, ...]]]:
    """Every node below with the names that enclose it; a definition of a term says what it is for, not who keeps it."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "term":
        return
    yield node, (scope := (*scope, *_names(node, scope)))
    for child in ast.iter_child_nodes(node):
        yield from _with_scope(child, scope)


def _names(node: ast.AST, scope: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(node, Scope):
        return (node.name,)
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return () if scope else tuple(target.id for target in targets[:1] if isinstance(target, ast.Name))


def _proved_in(path: Path) -> Iterator[tuple[str, str]]:
    tree = _parsed(path)
    if tree is None:
        return
    for node, scope in _with_scope(tree, ()):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.rule":
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value, "".join(f"::{name}" for name in scope if name != "pytestmark")
