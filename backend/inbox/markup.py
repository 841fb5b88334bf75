"""HTML as text: nothing of it is ever shown as markup."""

import re
from typing import Final

from lxml import etree

MOST_BYTES: Final = 400_000
"""Of a mail's HTML that are read."""

_DROPPED: Final = frozenset(
    ("script", "style", "head", "title", "meta", "link", "template", "object", "embed", "iframe", "svg", "noscript")
)
_BLOCKS: Final = frozenset(
    ("p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr", "section", "article")
)
_QUOTES: Final = frozenset(("blockquote",))
_HIDING: Final = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_WEB: Final = re.compile(r"https?://([^\s<>]{1,500})", re.IGNORECASE)


def text_of(html: str) -> str:
    """The words of HTML: blocks become lines, what is quoted begins with `>`, scripts and styles are dropped."""
    content = html.encode("utf-8", "replace")[:MOST_BYTES]
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError):
        return ""
    return "" if tree is None else _Writer().write(tree)


class _Writer:
    """Goes through a tree of any depth without going down in itself."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line = ""
        self.quoted = 0
        self.hidden: list[etree._Element] = []
        self.link: re.Match[str] | None = None
        self.linked_from = 0

    def write(self, tree: "etree._Element") -> str:
        for event, element in etree.iterwalk(tree, events=("start", "end")):
            if isinstance(element.tag, str):
                (self._begin if event == "start" else self._end)(element, element.tag.lower())
        self._break()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip("\n")

    def _begin(self, element: "etree._Element", tag: str) -> None:
        if tag in _DROPPED or "hidden" in element.attrib or _HIDING.search(element.get("style", "")[:1_000]):
            self.hidden.append(element)
        if tag == "a":
            self.link, self.linked_from = _WEB.fullmatch(element.get("href", "").strip()), len(self.line)
        if tag in _BLOCKS or tag in _QUOTES or tag == "br":
            self._break(always=tag == "br")
        if tag in _QUOTES:
            self.quoted += 1
        if tag == "li":
            self.line = "- "
        self._say(element.text)

    def _end(self, element: "etree._Element", tag: str) -> None:
        if tag in _BLOCKS or tag in _QUOTES:
            self._break()
            if tag == "p":
                self._break(always=True)
        if tag in _QUOTES:
            self.quoted -= 1
        if tag == "a":
            self._say_link()
        if self.hidden and self.hidden[-1] is element:
            self.hidden.pop()
        if tag in ("td", "th"):
            self._say(" ")
        self._say(element.tail)

    def _say(self, text: str | None) -> None:
        if text and not self.hidden:
            self.line += re.sub(r"[\s\u00a0]+", " ", text)

    def _say_link(self) -> None:
        """Where a link goes, after its words: nobody can see it any more, and what they say may be another address."""
        said = self.line[self.linked_from :].strip()
        if self.link and said and not self.hidden and said.rstrip("/") not in self._ways_to_say(self.link):
            self.line = f"{self.line.rstrip()} <{self.link[0]}>"
        self.link = None

    @staticmethod
    def _ways_to_say(link: re.Match[str]) -> set[str]:
        return {way.rstrip("/") for way in link.group(0, 1)}

    def _break(self, *, always: bool = False) -> None:
        line = self.line.strip()
        if line or always:
            self.lines.append(f"{'> ' * min(self.quoted, 9)}{line}".rstrip())
        self.line = ""
