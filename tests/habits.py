"""Habits that no linter knows: `make check` runs this, and every line it prints is to be mended.

The time is read in one place (`backend/kit/clock.py`) and passed down. Templates hold no code and no style of their
own, since the pages' security policy would refuse it, and none of the attributes that turn attributes into code.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
CLOCK = Path("backend/kit/clock.py")
CODE = ("backend", "web", "workers", "migrations")
TIMES = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("func", "now"),
    ("func", "current_timestamp"),
    ("func", "current_date"),
    ("func", "localtimestamp"),
}
SQL_TIMES = re.compile(r"::date\b|\bnow\(\)|\bcurrent_(?:date|timestamp)\b|\bclock_timestamp\(", re.IGNORECASE)
IN_TEMPLATES = {
    "an attribute that is code (hx-on)": re.compile(r"\shx-on[:\s=-]", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a value that is code (js:)": re.compile(r"""["'\s](?:js|javascript):""", re.IGNORECASE),
    "hx-boost": re.compile(r"\shx-boost\b", re.IGNORECASE),
    "hx-confirm": re.compile(r"\shx-confirm\b", re.IGNORECASE),
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=|<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc\s*=)", re.IGNORECASE),
}


def times_in(source: str) -> Iterator[tuple[int, str]]:
    """Where Python source asks what time it is: line and what stands there."""
    tree = ast.parse(source)
    told = {
        id(first.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        for first in node.body
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name) if (
                owner,
                name,
            ) in TIMES:
                yield node.lineno, f"{owner}.{name}"
            case ast.Constant(value=str(text)) if id(node) not in told and (found := SQL_TIMES.search(text)):
                yield node.lineno, found[0]


def faults_of(template: str) -> Iterator[tuple[int, str]]:
    """What a template holds that it must not: line and what it is."""
    for what, pattern in IN_TEMPLATES.items():
        for found in pattern.finditer(template):
            yield template.count("\n", 0, found.end()) + 1, what


def findings() -> Iterator[str]:
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT)
            if name != CLOCK:
                for line, what in times_in(path.read_text()):
                    yield f"{name}:{line}: the time is read here ({what}): take `now` as an argument"
    for path in sorted(each for each in (ROOT / "web").rglob("*.html") if "vendor" not in each.parts):
        for line, what in faults_of(path.read_text()):
            yield f"{path.relative_to(ROOT)}:{line}: {what}"


if __name__ == "__main__":
    found = list(findings())
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))
