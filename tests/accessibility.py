"""What nobody can see or reach is found by axe: WCAG 2.1 A and AA, and its best practices.

Of colours it looks at one text of each tone of a page: at each of its texts that takes five times as long as all its
other rules, and would say the same.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_COLOURS: Final = ("color-contrast", "link-in-text-block")
_BRIEFLY: Final[dict[str, Any]] = {
    "resultTypes": ["violations"],  # of what is fine it gathers no nodes: half the time
    "selectors": False,  # nor where each stands, for we name what is at fault by its text: a quarter of the rest
    "preload": False,  # of style sheets, which none of these rules reads
}
_STRUCTURE: Final = _BRIEFLY | {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "rules": {name: {"enabled": False} for name in _COLOURS},
}
_CONTRAST: Final = _BRIEFLY | {"runOnly": {"type": "rule", "values": list(_COLOURS)}}
_TONES: Final = """() => {
  const tones = new Map(), worded = new Set(document.querySelectorAll("input, select, textarea"))
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) if (texts.currentNode.data.trim()) worded.add(texts.currentNode.parentElement)
  for (const e of worded) {
    if (!e.checkVisibility()) continue
    const style = getComputedStyle(e)
    const tone = [style.color, style.fontSize, style.fontWeight, style.textShadow]
    const link = e.closest("a")
    if (link) tone.push("link", getComputedStyle(link.parentElement).color, getComputedStyle(link).textDecorationLine)
    for (let behind = e; behind; behind = behind.parentElement) {
      const its = getComputedStyle(behind)
      if (its.opacity !== "1") tone.push(its.opacity)
      if (its.backgroundImage !== "none") tone.push(its.backgroundImage)
      if (its.backgroundColor === "rgba(0, 0, 0, 0)") continue
      tone.push(its.backgroundColor)
      if (its.backgroundColor.startsWith("rgb(")) break
    }
    if (!tones.has(tone.join(" | "))) tones.set(tone.join(" | "), link || e)
  }
  return tones
}"""
"""What the contrast of each text depends on: its colour and size, and what is behind it, to the first that hides the
rest; of a link also what it must differ from. With one element of each."""


@lru_cache(maxsize=1)
def _axe() -> str:
    return str(Axe().axe_script)


def tones_of(page: Page) -> list[str]:
    """In which colours texts of a page stand, each once."""
    tones: list[str] = page.evaluate(f"() => [...({_TONES})().keys()]")
    return tones


def assert_accessible(page: Page) -> None:
    """axe finds nothing. The page's context has to bypass the CSP."""
    assert_built_well(page)
    assert_legible(page, tones_of(page))


def assert_built_well(page: Page) -> None:
    """What does not depend on colours."""
    _assert_nothing(page, "document", _STRUCTURE)


def assert_legible(page: Page, tones: Sequence[str]) -> None:
    """What does, for a text of each of these tones of the page."""
    if tones:
        _assert_nothing(page, f"{{include: ((tones) => given.tones.map((tone) => tones.get(tone)))(({_TONES})())}}",
                        _CONTRAST, tones)  # fmt: skip


def _assert_nothing(page: Page, where: str, options: dict[str, Any], tones: Sequence[str] = ()) -> None:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())
    run = f"(given) => axe.run({where}, given.options).then((found) => found.violations)"
    found = page.evaluate(run, {"options": options, "tones": list(tones)})
    assert not found, [
        (one["id"], one["impact"], [node["html"][:140] for node in one["nodes"]][:3], one["nodes"][0]["failureSummary"])
        for one in found
    ]
