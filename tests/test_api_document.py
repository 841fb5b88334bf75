"""docs/api.md does the main job with a real client, as it stands."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from backend.demo.seed import fill
from backend.kit import clock
from backend.settings import Settings
from tests.browsers import served
from web.app import create

DOCUMENT = Path(__file__).parent.parent / "docs" / "api.md"


def test_the_page_on_the_api_runs_as_it_is_written(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / ".portaali"
    read = Settings.read({"PORTAALI_DATA": str(data), "PORTAALI_SECRET": "x" * 40, "PORTAALI_DEMO": "1"})
    settings = replace(read, database_url=database_url, redis_url="redis://127.0.0.1:1/0")
    fill(settings, clock.now().astimezone(clock.HELSINKI).date())
    blocks = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) > 8
    with served(create(settings), lifespan="on") as address:
        kept = data / "demo.json"
        people = json.loads(kept.read_text(encoding="utf-8"))
        kept.write_text(json.dumps(people | {"url": address}), encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        space: dict[str, object] = {}
        for number, block in enumerate(blocks):
            exec(compile(block, f"{os.fspath(DOCUMENT)}, block {number}", "exec"), space)
