"""The contract's rules, for everybody who works by them."""

import asyncio
from typing import Any, Final

from starlette.responses import Response

from backend.kit.translation import Text
from backend.rulebook import citations
from web.pages import Page
from web.routing import get

CHAPTERS: Final = (
    ("D0", Text("What holds for everything")),
    ("H3", Text("Agreements")),
    ("H10", Text("Tiera's roles")),
    ("H11.3", Text("The supplier's roles")),
    ("H11.8", Text("Orders")),
    ("H11.7", Text("Continuous service and hours")),
    ("H11.9", Text("Invoicing")),
)
"""The beginnings of names that a chapter of the page gathers, with its title; the rest stand under their numbers."""


async def show(page: Page) -> Response:
    await asyncio.to_thread(citations.keepers)  # read from the source once a process, which takes a moment
    rules = (await page.query("rules/rules.graphql"))["rules"]
    wanted = page.params.get("haku", "").strip()
    shown = [rule for rule in rules if _fits(rule, wanted)]
    return await page.render(
        "rules/rules.html",
        block="results",
        kept=_by_chapter([rule for rule in shown if not rule["later"]]),
        later=[rule for rule in shown if rule["later"]],
        total=len(shown),
        wanted=wanted,
    )


def _fits(rule: dict[str, Any], wanted: str) -> bool:
    text = f"{rule['name']} {rule['sentence']}".lower()
    return all(word in text for word in wanted.lower().split())


def _by_chapter(rules: list[dict[str, Any]]) -> list[tuple[Text, list[dict[str, Any]]]]:
    found: list[tuple[Text, list[dict[str, Any]]]] = [(title, []) for _, title in CHAPTERS]
    rest: list[dict[str, Any]] = []
    for rule in rules:
        number = rule["name"].replace("D", "H", 1) if not rule["name"].startswith("D0") else rule["name"]
        place = next((i for i, (start, _) in enumerate(CHAPTERS) if _is_below(number, start)), None)
        (rest if place is None else found[place][1]).append(rule)
    return [(title, some) for title, some in (*found, (Text("Other rules"), rest)) if some]


def _is_below(number: str, start: str) -> bool:
    return number.startswith((f"{start}.", f"{start}-"))


routes = [get("/saannot", show, name="rules.list")]
