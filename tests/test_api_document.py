"""docs/api.md and docs/api-service.md do both stories with a real client, as they stand."""

import json
import os
import re
from pathlib import Path

import pytest

from tests.databases import Server
from tests.web.demo_portal import copied

DOCUMENTS = Path(__file__).parent.parent / "docs"


def blocks_of(name: str) -> list[tuple[str, str]]:
    """The Python of a page, each with where it stands."""
    path = DOCUMENTS / name
    found = re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    return [(f"{os.fspath(path)}, block {number}", block) for number, block in enumerate(found)]


@pytest.mark.long
@pytest.mark.parametrize(
    "blocks",
    [blocks_of("api.md"), blocks_of("api.md")[:1] + blocks_of("api-service.md")],
    ids=["an order", "a ticket and a complaint"],
)
def test_the_pages_on_the_api_run_as_they_are_written(
    blocks: list[tuple[str, str]],
    test_server: Server,
    filled: tuple[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert len(blocks) > 8
    with copied(test_server, filled) as demo:
        people = json.loads((demo.folder / "demo.json").read_text(encoding="utf-8"))
        kept = tmp_path / ".portaali" / "demo.json"
        kept.parent.mkdir()
        kept.write_text(json.dumps(people | {"url": demo.address}), encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        space: dict[str, object] = {}
        for where, block in blocks:
            exec(compile(block, where, "exec"), space)
