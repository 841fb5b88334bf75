"""`make bench`: every bar of performance that is measured without a peer, in one run; `make bench-peer` adds the peer.

BENCH_SCALE (medium) is the scale of the data; BENCH_REPETITIONS (3) and BENCH_SECONDS (2) say how long each question is
asked; BENCH_PARTS names some parts, where not all are wanted. The bare limit and the peer are measured in turns with
ours, so that a busy machine slows all.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from backend import embedded
from bench import judging, mailing, peer, statements
from bench.answers import agree
from bench.measuring import OTHER_CORES, Server, answer, confine, load, machine, middle, peak_of, serving
from bench.questions import Question, Requests, booking, pages, portal_page, reading, searching
from bench.report import Report, Spread
from bench.scenery import Scenery, ask, holders

SCALE = os.environ.get("BENCH_SCALE", "medium")
REPETITIONS = int(os.environ.get("BENCH_REPETITIONS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
CLIENTS = 16
WARMING = 2.0
"""Seconds before measuring: a statement is planned anew the first times on each connection."""
SECRET = "only-for-measuring-" + "0" * 32
CHOSEN = os.environ.get("BENCH_PARTS", "all").split()
"""Parts of `PARTS`."""
FOLDER = Path(os.environ.get("PORTAALI_DATA", ".portaali")) / "bench"
OURS = [sys.executable, "-m", "backend.cli", "serve"]
BARE = [sys.executable, "-m", "uvicorn", "bench.bare:app", "--port", "{port}", "--loop", "uvloop", "--http",
        "httptools", "--no-access-log", "--log-level", "warning"]  # fmt: skip
BARS = {
    "bare": (
        "the bare limit",
        {"list": (0.7, 0.85), "tickets": (0.7, 0.85), "single": (0.9, 1.5), "report": (0.5, 0.7)},
    ),
    "peer": ("PostGraphile", peer.BARS),
}
"""What is asked of ours against each of the others, and the dream."""
Asked = dict[str, tuple[Server, Requests]]
"""Who is asked, ours first, and each one's form of the same question."""
Part = Callable[[Report, Scenery, dict[str, str]], None]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description="Measure against the bare limit.")
    parser.add_argument("--peer", action="store_true", help="PostGraphile beside it")
    report = Report()
    parts = dict(PARTS)
    if parser.parse_args().peer:
        parts["reads"] = partial(reads, command_of_peer=peer.install(FOLDER / "postgraphile", report.say))
    report.say(machine())
    data = Path(mkdtemp(prefix="portaali-bench-"))
    try:
        with embedded.servers(FOLDER, say=report.say) as servers:
            postmaster = int((FOLDER / "postgres" / "postmaster.pid").read_text().split()[0])
            confine(postmaster, OTHER_CORES)
            scenery = Scenery(servers.database_url)
            environment = {"REDIS_URL": str(servers.redis_url), "PORTAALI_SECRET": SECRET, "PORTAALI_DATA": str(data),
                           "PORTAALI_ENV": "production"}  # fmt: skip
            run(report, scenery, environment, parts)
    finally:
        shutil.rmtree(data, ignore_errors=True)
        report.end()


def run(report: Report, scenery: Scenery, environment: dict[str, str], parts: dict[str, Part]) -> None:
    report.say(
        f"{REPETITIONS} repetitions of {SECONDS:g} s, {CLIENTS} clients on the loopback, in turns; median (smallest to "
        "largest). CPU is the server's, a request. The server has a core alone; PostgreSQL and the clients the others."
    )
    for name in parts if CHOSEN == ["all"] else CHOSEN:
        parts[name](report, scenery, environment)


def reads(
    report: Report, scenery: Scenery, environment: dict[str, str], command_of_peer: list[str] | None = None
) -> None:
    """List, single, report and the page, for a supplier and for Tiera; memory and the start on the way."""
    url = scenery.loaded(SCALE)
    report.say(_sizes(url, SCALE))
    (supplier,) = holders(url, "service_manager", "supplier")
    (buyer,) = holders(url, "service_manager", "buyer")
    given = {**environment, "DATABASE_URL": url}
    questions = {"supplier": reading(url, supplier, is_supplier=True), "buyer": reading(url, buyer, is_supplier=False)}
    first = questions["buyer"][0]
    starts = []
    for _ in range(REPETITIONS):
        with serving(OURS, given, first.ours[0]) as ours:
            starts.append(ours.started_in)
    beside = peer.running(command_of_peer, given, first.peer[0]) if command_of_peer else nullcontext()
    with serving(OURS, given, first.ours[0]) as ours, _bare(given, first) as bare, beside as its:
        servers = {"ours": ours, "bare": bare}
        if its:
            servers["peer"] = its
            report.say(peer.told())
        for who, asked in questions.items():
            for question in asked:
                _read(report, question, f"{question.name}, {who}", servers)
        if its:
            report.say(
                f"    PostGraphile: peak memory {its.peak_mb:.0f} MB, start to first answer {its.started_in:.1f} s"
            )
        page = pages(supplier)
        pair = {"ours": (bare, page.ours), "bare": (bare, page.bare)}
        rates = compare(report, "page of 50 rows, supplier", pair)["bare"]
        report.bar("HTML page of 50 rows through the schema: of psycopg + Jinja", rates, least=0.7, dream=0.85)
        own = [load(ours, portal_page(supplier), CLIENTS, SECONDS) for _ in range(REPETITIONS)]
        report.figure("the portal's own page of orders, with filters, figures and count", own)
        report.bar("peak memory of the web process under load, MB", (ours.peak_mb,) * 3, most=160, dream=110)
    report.bar("start to first answer, s", middle(starts), most=2, dream=1)
    for name, (new, known) in statements.count(given, questions["supplier"]).items():
        report.bar(f"statements of {name}, signed in within 10 s", (known,) * 3, most=1)
        report.say(f"    the first time, with who asks: {new}")


def _read(report: Report, question: Question, name: str, servers: dict[str, Server]) -> None:
    """One question: first whether all answer the same, then how fast, against the bars of each."""
    asked = {who: (server, getattr(question, who)) for who, server in servers.items()}
    but = f", without {' and '.join(question.kept)}, kept from who asks" if question.kept else ""
    report.say(f"  {name}: {agree(name, asked, question.kept):,} rows are the same from all{but}")
    for who, rates in compare(report, name, asked, clients=4 if question.name == "report" else CLIENTS).items():
        called, bars = BARS[who]
        least, dream = bars[question.name]
        report.bar(f"{name}: of {called}", rates, least=least, dream=dream)


def compare(report: Report, name: str, asked: Asked, clients: int = CLIENTS) -> dict[str, Spread]:
    """Ours and others in turns; for each other, the ratios of ours to it within a repetition."""
    for server, requests in asked.values():
        answer(server.port, requests[0])  # what is made when it is first asked for takes longer than a load may
        load(server, requests, clients, WARMING)
    found: dict[str, list[dict[str, Any]]] = {who: [] for who in asked}
    for _ in range(REPETITIONS):
        for who, (server, requests) in asked.items():
            found[who].append(load(server, requests, clients, SECONDS))
    for who, figures in found.items():
        report.figure(name if who == "ours" else f"{name}: {who}", figures)
    mine = found.pop("ours")
    return {
        who: middle([one["rate"] / other["rate"] for one, other in zip(mine, its, strict=True)])
        for who, its in found.items()
    }


def scales(report: Report, scenery: Scenery, environment: dict[str, str]) -> None:
    """p95 of lists and search, one client, at both scales in turns."""
    url, small = scenery.loaded(SCALE), scenery.loaded("small")
    report.say(_sizes(url, SCALE))
    people = {each: holders(each, "service_manager", "buyer")[0] for each in (url, small)}
    asked = {each: searching(person) for each, person in people.items()}
    first = {each: requests["orders"][0] for each, requests in asked.items()}
    with (
        serving(OURS, {**environment, "DATABASE_URL": url}, first[url]) as large,
        serving(OURS, {**environment, "DATABASE_URL": small}, first[small]) as little,
    ):
        for name in asked[url]:
            ratios: list[float] = []
            figures: dict[int, list[dict[str, Any]]] = {large.port: [], little.port: []}
            for _ in range(REPETITIONS):
                for server, requests in ((large, asked[url][name]), (little, asked[small][name])):
                    figures[server.port].append(load(server, requests, 1, SECONDS))
                ratios.append(figures[large.port][-1]["p95"] / figures[little.port][-1]["p95"])
            report.figure(f"{name}, {SCALE}", figures[large.port])
            report.figure(f"{name}, small", figures[little.port])
            report.bar(f"p95 of {name}: {SCALE} over small", middle(ratios), most=1.3, dream=1.1)


def writes(report: Report, scenery: Scenery, environment: dict[str, str]) -> None:
    """A verb with its lock, rules, event, outbox and idempotency, against a bare insert of the same row."""
    scenery.loaded("small")
    with scenery.copy("small") as url:
        _write(report, url, environment)


def _write(report: Report, url: str, environment: dict[str, str]) -> None:
    people = holders(url, "expert", "supplier", CLIENTS)
    given = {**environment, "DATABASE_URL": url}
    most = 400 * (REPETITIONS + 1) * max(1, round(SECONDS))
    question = booking(url, people, most)
    (buyer,) = holders(url, "service_manager", "buyer")
    first = reading(url, buyer, is_supplier=False)[0]
    with serving(OURS, given, first.ours[0]) as ours, _bare(given, first) as bare:
        mine, its, ratios = [], [], []
        share = len(question.ours) // (REPETITIONS + 1)
        load(ours, question.ours[:share], CLIENTS, SECONDS, share)
        load(bare, question.bare, CLIENTS, 0.5)
        for n in range(1, REPETITIONS + 1):
            fresh = question.ours[n * share : (n + 1) * share]
            mine.append(load(ours, fresh, CLIENTS, SECONDS, share))
            its.append(load(bare, question.bare, CLIENTS, SECONDS))
            ratios.append(mine[-1]["rate"] / its[-1]["rate"])
        report.figure("booking hours", mine)
        report.figure("booking hours: bare insert", its)
        report.bar("a verb (booking hours): of a bare insert", middle(ratios), least=0.2, dream=0.4)
        report.say(f"    peak memory of the web process after it: {peak_of(ours.process.pid):.0f} MB")


def mails(report: Report, scenery: Scenery, environment: dict[str, str]) -> None:
    """From the commit of an act to its mail in the folder, with a worker that has nothing else to do."""
    scenery.loaded("small")
    with scenery.copy("small") as url:
        (orderer,) = holders(url, "service_manager", "buyer")
        folder = Path(environment["PORTAALI_DATA"], "mail")
        times = mailing.measure(url, {**environment, "DATABASE_URL": url}, orderer, folder, 10)
    report.bar("commit to mail handed over, idle, ms", middle(times), most=200, dream=50)


def judgings(report: Report, scenery: Scenery, _: dict[str, str]) -> None:
    """An invoice of 500 lines against 20,000 entries, each time the first."""
    with scenery.new("bench_judging") as url:
        times = judging.measure(url, REPETITIONS)
    what = f"judging {judging.LINES} lines against {judging.ENTRIES:,} entries, s"
    report.bar(what, middle(times), most=1, dream=0.3)


PARTS: dict[str, Part] = {"reads": reads, "scales": scales, "writes": writes, "mails": mails, "judging": judgings}


def _bare(environment: dict[str, str], question: Question) -> AbstractContextManager[Server]:
    return serving(BARE, environment, question.bare[0])


def _sizes(url: str, scale: str) -> str:
    names = ("orders", "time_entries", "invoice_lines", "postings", "tickets", "ticket_messages", "events")
    counts = [f"{ask(url, f'SELECT count(*) FROM {name}')[0][0]:,} {name}" for name in names]
    ((version,),) = ask(url, "SHOW server_version")
    return f"PostgreSQL {version}, {scale}: {', '.join(counts)}."


if __name__ == "__main__":
    main()
