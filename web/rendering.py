"""Templates: one page, one file; the whole of it, or one block of it where htmx asked for a part.

There is an environment a language, so that a page is written in one language from top to bottom. All macros of
`layout/macros/` are globals: a block that is rendered alone has no imports. Templates get the plain JSON of the schema;
the filters write it for people.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache, partial
from pathlib import Path
from types import CodeType
from typing import Any, Final

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from jinja2_fragments import render_block
from starlette.requests import Request
from starlette.responses import HTMLResponse

from backend.kit import translation
from backend.kit.actor import Language
from backend.kit.clock import HELSINKI
from backend.kit.conditions import MOST_COUNTED
from backend.kit.translation import NOTHING, Text, translate
from web.assets import asset_url
from web.htmx import Htmx
from web.language import OWN_NAMES, language_of
from web.naming import numbers_of, who_of

ROOT: Final = Path(__file__).parent
MACROS: Final = ("icons", "fields", "forms", "tables", "things", "charts", "clocks", "stepping", "resending")
_SAME_AGAIN: Final = frozenset({"icon", "tag"})
"""Macros that lists draw over and over, and that depend on nothing but their arguments."""
_VARY: Final = "HX-Request, HX-Request-Type, Cookie, Accept-Language"


class Compiled(BytecodeCache):
    """What templates compile to, in memory: it is the same in every language."""

    def __init__(self) -> None:
        self._codes: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key] = bucket.code


_COMPILED: Final = Compiled()


@cache
def environment(language: Language) -> Environment:
    """The templates below `web/` in one language."""
    env = Environment(
        loader=FileSystemLoader(ROOT),
        bytecode_cache=_COMPILED,
        undefined=StrictUndefined,
        autoescape=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=partial(_finalize, language),
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]  # the i18n extension adds it
        partial(translation.gettext, language), partial(translation.ngettext, language), newstyle=True
    )
    env.policies["ext.i18n.trimmed"] = True
    env.filters.update({name: _when_rendered(write) for name, write in writers(language).items()})
    env.globals.update(
        language=language.value,
        languages={code.value: name for code, name in OWN_NAMES.items()},
        asset=asset_url,
        labels=translation.labels,
        label=translation.label,
    )
    for name in MACROS:
        module = env.get_template(f"layout/macros/{name}.html").module
        env.globals.update({key: value for key, value in vars(module).items() if not key.startswith("_")})
        for key in _SAME_AGAIN & vars(module).keys():
            drawn: Callable[..., str] = getattr(module, key)
            env.globals[key] = lru_cache(maxsize=1024)(drawn)
    return env


def _finalize(language: Language, value: object) -> object:
    if isinstance(value, Text):
        return translate(value, language)
    return "" if value is None else value


def _when_rendered(write: Callable[..., str]) -> Callable[..., str]:
    """A filter that never runs while a template is compiled, for what is compiled serves every language."""

    @pass_context
    def written(_: Context, *args: Any, **kwargs: Any) -> str:
        return write(*args, **kwargs)

    return written


def writers(language: Language) -> Mapping[str, Callable[..., str]]:
    """How values of the schema are written for people: the filters of templates, by their names."""

    def with_nothing(write: Callable[..., str]) -> Callable[..., str]:
        return lambda value, *args, **kwargs: NOTHING if value is None else write(value, *args, **kwargs)

    def of_enum(member: str, kind: str) -> str:
        return translate(translation.label(kind, member), language)

    written: dict[str, Callable[..., str]] = {
        "money": lambda value: translation.money(_decimal(value["amount"] if isinstance(value, dict) else value)),
        "counted": lambda total, most=MOST_COUNTED: (
            str(total) if total <= most else translate(_more_than(most), language)
        ),
        "hours": lambda minutes: translation.hours(int(minutes)),
        "lasting": lambda minutes: translation.lasting(int(minutes)),
        "numbers": numbers_of,
        "who": who_of,
        "number": lambda value, least=0, most=6: translation.number(_decimal(value), least, most),
        "percent": lambda share, most=0: translation.percent(_decimal(share), most),
        "date": lambda value: translation.day(_date(value)),
        "datetime": lambda value: translation.moment(_datetime(value), language),
        "due": lambda value: _due(value, language),
        "time": lambda value: translation.clock(_datetime(value)),
        "label": of_enum,
        "key": lambda global_id: str(global_id).partition(":")[2],
        "text": lambda value: translation.show(value, language),
    }
    return {name: with_nothing(write) for name, write in written.items()}


def _more_than(count: int) -> Text:
    return Text("more than %(count)s", count=translation.number(Decimal(count)))


def _decimal(value: Decimal | float | str) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _datetime(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _date(value: date | str) -> date:
    """The day; of an instant, the day it is in Helsinki."""
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == len("2026-11-24") else datetime.fromisoformat(value)
    return value.astimezone(HELSINKI).date() if isinstance(value, datetime) else value


def _due(value: date | datetime | str, language: Language) -> str:
    """The day by which; of an instant that is not the last of its day in Helsinki, the time too."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) > len("2026-11-24") else value
    if not isinstance(moment, datetime) or moment.astimezone(HELSINKI).strftime("%H.%M") == "23.59":
        return translation.day(_date(value))
    return translation.moment(moment, language)


def write(language: Language, template: str, block: str | None, context: Mapping[str, Any]) -> str:
    """The page, or one block of it, as HTML."""
    env = environment(language)
    if block:
        return render_block(env, template, block, **context)
    return env.get_template(template).render(context)


def render(
    request: Request,
    template: str,
    *,
    block: str | None = None,
    status: int = 200,
    language: Language | None = None,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """The whole page, or only `block` of the same template where htmx asked for a part. Browsers keep neither."""
    part = block if Htmx.of(request).wants_part else None
    body = write(language or language_of(request), template, part, {"request": request, **context})
    return HTMLResponse(body, status, {"Vary": _VARY, "Cache-Control": "no-store", **(headers or {})})
