"""Whether every text has its Finnish and its Swedish: `--check`, and a skeleton of what lacks with
`--missing <lang> [<path>]`.

Python is read as a syntax tree (`Text("…")`, `plural("…", "…", n)`), templates as Babel reads them (`_("…")`,
`{% trans %}`). A text that is not a literal cannot be found for translation and is a fault as well.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from backend.kit.translation import LOCALE

ROOT = LOCALE.parent.parent
PACKAGES = ("backend", "web", "workers")
LANGUAGES = ("fi", "sv")
NOT_SOURCES = {Path("backend/kit/translation.py"), Path("backend/kit/catalogues.py")}

_PLACE = re.compile(r"%\((\w+)\)s")
_COUNTS = ("n", "num")
_KEY = re.compile(r"^(msgid|msgstr)(?:\[0\])? ", re.MULTILINE)
_LETTER = re.compile(r"[^\W\d_]")
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
_JINJA = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false", "extensions": "jinja2.ext.do"}


@dataclass
class Sources:
    """Every text the code has: message → its plural (or None), and the places where it stands."""

    plurals: dict[str, str | None] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, msgid: str, several: str | None, place: str) -> None:
        if not msgid.strip():
            self.faults.append(f"{place}: an empty text")
            return
        if not _LETTER.search(_PLACE.sub("", msgid)):
            return  # nothing but values: the same in every language
        self.places.setdefault(msgid, []).append(place)
        known = self.plurals.setdefault(msgid, several)
        if known is None:
            self.plurals[msgid] = several
        elif several is not None and several != known:
            self.faults.append(f"{place}: {msgid!r} has another plural elsewhere")


def sources(root: Path = ROOT) -> Sources:
    """Read all packages below `root`."""
    found = Sources()
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*")):
            relative = path.relative_to(root)
            if "vendor" in relative.parts or "__pycache__" in relative.parts:
                continue
            if path.suffix == ".py":
                _read_python(path, relative, found)
            elif path.suffix in (".html", ".txt", ".xml") and path.is_file():
                _read_template(path, relative, found)
    return found


def _read_python(path: Path, relative: Path, found: Sources) -> None:
    source = path.read_text()
    if "Text(" not in source and "plural(" not in source:
        return
    makers = {"Text": 1, "plural": 2}
    tree = ast.parse(source)
    imported = {
        name.asname or name.name: makers[name.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "backend.kit.translation"
        for name in node.names
        if name.name in makers
    }
    if relative == Path("backend/kit/translation.py"):
        imported = {"Text": 1}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in imported):
            continue
        count = imported[node.func.id]
        texts = [arg.value for arg in node.args[:count] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        place = f"{relative}:{node.lineno}"
        if len(texts) == count:
            found.add(texts[0], texts[1] if count == 2 else None, place)
        else:
            found.faults.append(f"{place}: a text must be a literal to be found for translation")


def _read_template(path: Path, relative: Path, found: Sources) -> None:
    with path.open("rb") as source:
        for line, message, _, _ in extract("jinja2", source, keywords=_KEYWORDS, options=_JINJA):
            several = message[1] if isinstance(message, tuple) else None
            found.add(message[0] if isinstance(message, tuple) else message, several, f"{relative}:{line}")


def _entries(language: str, root: Path) -> Iterator[tuple[Path, Message]]:
    for path in sorted((root / "backend" / "locale" / language).glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source, locale=language, abort_invalid=True):
                if message.id:
                    yield path.relative_to(root), message


def _said_twice(language: str, root: Path) -> Iterator[str]:
    """What Babel reads over in a file: of two translations of a text it takes the last, of two entries it makes one."""
    for path in sorted((root / "backend" / "locale" / language).glob("*.po")):
        written = path.read_text()
        keys = list(_KEY.finditer(written))
        for key, following in pairwise(keys):
            if key[1] == following[1]:
                yield f"{path.relative_to(root)}:{written.count(chr(10), 0, following.start()) + 1}: a second {key[1]}"
        with path.open("rb") as source:
            if len(list(read_po(source, locale=language))) < sum(key[1] == "msgid" for key in keys):
                yield f"{path.relative_to(root)}: a text has two entries"


def _msgid(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, (tuple, list)) else message.id)


def faults(root: Path = ROOT) -> list[str]:
    """One line for each text that is missing, fuzzy, empty, contradictory, said twice, misplaced or no longer used."""
    found = sources(root)
    lines = list(found.faults)
    for msgid, several in found.plurals.items():
        lines += [f"{found.places[msgid][0]}: {why}" for why in _wrong_places(msgid, several, several or msgid)]
    for language in LANGUAGES:
        lines += _said_twice(language, root)
        known: dict[str, tuple[Path, object]] = {}
        for path, message in _entries(language, root):
            msgid = _msgid(message)
            lines += [f"{path}: {why}" for why in _wrong(message, msgid, found, known.get(msgid))]
            known.setdefault(msgid, (path, message.string))
        lines += [
            f"{language}: missing {msgid!r} ({found.places[msgid][0]})" for msgid in found.plurals if msgid not in known
        ]
    return lines


def _wrong(message: Message, msgid: str, found: Sources, before: tuple[Path, object] | None) -> Iterator[str]:
    if message.fuzzy:
        yield f"unsure (fuzzy) {msgid!r}"
    if before and before[1] != message.string:
        yield f"{msgid!r} is translated otherwise in {before[0]}"
    if msgid not in found.plurals:
        yield f"nothing says {msgid!r} any more"
        return
    several = found.plurals[msgid]
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    if (several is not None) != isinstance(message.id, tuple):
        yield f"{msgid!r} is {'counted' if several is not None else 'not counted'} where it is said"
        return
    for place, string in enumerate(strings):
        if string:
            yield from _wrong_places(msgid, several, string, may_leave_out=_COUNTS if place == 0 and several else ())
        else:
            yield f"empty {msgid!r}"


def _wrong_places(msgid: str, several: str | None, string: str, may_leave_out: Iterable[str] = ()) -> Iterator[str]:
    """The places of a translation are those of its message; only the singular may leave out the count ("one hour")."""
    wanted = set(_PLACE.findall(several or msgid))
    got = set(_PLACE.findall(string))
    if got - wanted or wanted - got - set(may_leave_out):
        yield f"{string!r} has other places than {msgid!r}: {sorted(got)}, not {sorted(wanted)}"
    if "%" in _PLACE.sub("", string).replace("%%", ""):
        yield f"a per cent sign that is none of %(name)s and %%: {string!r}"


def skeleton(language: str, below: str = "", root: Path = ROOT) -> str:
    """The texts that `language` lacks, as a `.po` to fill in; only those said in files `below` a path."""
    found = sources(root)
    known = {_msgid(message) for _, message in _entries(language, root)}
    lacking = Catalog(locale=language, fuzzy=False, header_comment="")
    for msgid, several in found.plurals.items():
        if msgid not in known and any(place.startswith(below) for place in found.places[msgid]):
            places = [(place.rpartition(":")[0], 0) for place in found.places[msgid][:2]]
            lacking.add((msgid, several) if several else msgid, locations=places)
    written = BytesIO()
    write_po(written, lacking, width=116, include_lineno=False, omit_header=True)
    return written.getvalue().decode()


def main(arguments: list[str]) -> int:
    """The command `python -m backend.kit.translation`; gives the exit code."""
    match arguments:
        case ["--check"]:
            lines = faults()
            last = f"{len(lines)} faults in the translations" if lines else "every text has its Finnish and its Swedish"
            sys.stdout.write("\n".join([*lines, last, ""]))
            return 1 if lines else 0
        case ["--missing", language, *below] if language in LANGUAGES and len(below) <= 1:
            sys.stdout.write(skeleton(language, "".join(below)))
            return 0
    sys.stderr.write("use: python -m backend.kit.translation --check | --missing fi|sv [backend/orders]\n")
    return 2
