"""What a run prints: figures as they come, and at the end every bar with what was measured."""

from statistics import median
from typing import Any

Spread = tuple[float, float, float]
"""Median, smallest, largest."""


class Report:
    def __init__(self) -> None:
        self._bars: list[tuple[str, str, str, str]] = []

    def say(self, text: str) -> None:
        print(text, flush=True)

    def figure(self, name: str, results: list[dict[str, Any]]) -> None:
        """Requests a second, latencies in ms, CPU a request."""
        rates = [each["rate"] for each in results]
        p50, p95, cpu, kb = (median(each[key] for each in results) for key in ("p50", "p95", "cpu", "kb"))
        self.say(
            f"  {name:<58} {median(rates):8.1f}/s ({min(rates):.1f} to {max(rates):.1f})  "
            f"p50 {p50:6.2f}  p95 {p95:6.2f} ms  CPU {cpu:5.2f} ms  {kb:6.1f} kB"
        )

    def bar(
        self,
        name: str,
        spread: Spread,
        *,
        least: float | None = None,
        most: float | None = None,
        dream: float | None = None,
    ) -> None:
        """A bar of performance.md, reached or not; `least` and `most` are what is asked."""
        value, low, high = spread
        asked = f"≥ {least:g}" if least is not None else f"≤ {most:g}"
        reached = value >= least if least is not None else value <= (most or 0)
        if dream is not None:
            asked += f" ({dream:g})"
        shown = f"{value:.3g}" + (f" ({low:.3g} to {high:.3g})" if low != high else "")
        self._bars.append((name, shown, asked, "reached" if reached else "MISSED"))
        self.say(f"  → {name}: {shown}, asked {asked}")

    def end(self) -> None:
        rows = [("bar", "measured", "asked (dream)", ""), *self._bars]
        widths = [max(len(row[n]) for row in rows) for n in range(4)]
        self.say("")
        for row in rows:
            self.say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
