"""docs/api.md does the main job with a real client, as it stands."""

import json
import os
import re
from pathlib import Path

import pytest

from tests.databases import Server
from tests.web.demo_portal import copied

DOCUMENT = Path(__file__).parent.parent / "docs" / "api.md"


@pytest.mark.long
def test_the_page_on_the_api_runs_as_it_is_written(
    test_server: Server, filled: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) > 8
    with copied(test_server, filled) as demo:
        people = json.loads((demo.folder / "demo.json").read_text(encoding="utf-8"))
        kept = tmp_path / ".portaali" / "demo.json"
        kept.parent.mkdir()
        kept.write_text(json.dumps(people | {"url": demo.address}), encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        space: dict[str, object] = {}
        for number, block in enumerate(blocks):
            exec(compile(block, f"{os.fspath(DOCUMENT)}, block {number}", "exec"), space)
