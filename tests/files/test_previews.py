"""Previews: small, made once, and of what strangers made on purpose there is none."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from backend.demo.papers import paper, picture
from backend.files import drawing, previews, rules
from backend.files.previews import NotDrawn, Previews, draw
from backend.files.sniffing import PDF
from backend.files.store import Folder

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"


def bomb() -> bytes:
    """A picture that says of itself that it is a wall of 2.5 thousand million dots."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(10**7)))
        + chunk(b"IEND", b"")
    )


def of_kind(kind: str, mode: str, **more: object) -> bytes:
    target = io.BytesIO()
    Image.new(mode, (1000, 500)).save(target, kind, **more)
    return target.getvalue()


def test_pictures_of_every_kind_and_the_first_page_of_a_paper_become_small() -> None:
    camera = Image.Exif()
    camera[drawing.ORIENTATION] = 6
    camera[0x010E] = "Matti Meikäläinen, Mallila"
    drawn = {
        "screen": draw(picture(1200, 700), "image/png"),
        "deep": draw(of_kind("PNG", "I;16"), "image/png"),
        "palette": draw(of_kind("GIF", "P"), "image/gif"),
        "print": draw(of_kind("JPEG", "CMYK"), "image/jpeg"),
        "camera": draw(of_kind("JPEG", "RGB", exif=camera), "image/jpeg"),
        "tiny": draw(picture(4, 3), "image/png"),
        "paper": draw(paper("Rivi (1)"), PDF),
    }
    sizes = {}
    for name, content in drawn.items():
        assert content is not None, name
        with Image.open(io.BytesIO(content)) as small:
            sizes[name] = small.size
            assert not small.getexif(), "where and by whom it was taken stays in the file"
    assert sizes == {
        "screen": (480, 280),
        "deep": (480, 240),
        "palette": (480, 240),
        "print": (480, 240),
        "camera": (320, 640),
        "tiny": (4, 3),
        "paper": (453, 640),
    }


def test_of_what_is_broken_too_large_or_something_else_there_is_none() -> None:
    wrong = [
        (bomb(), "image/png"),
        (picture(40, 30)[:60], "image/png"),
        (b"%PDF-1.7\n1 0 obj\n", PDF),
        (paper("x"), "image/gif"),
    ]
    pretending = SAMPLES / "hostile/sig_xml_pretending.pdf"
    if pretending.exists():
        wrong.append((pretending.read_bytes(), PDF))
    assert [draw(content, media_type) for content, media_type in wrong] == [None] * len(wrong)


def test_of_a_program_that_was_stopped_from_outside_nothing_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "stopped.py"
    program.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n")
    monkeypatch.setattr(previews, "_PROGRAM", program)
    with pytest.raises(NotDrawn):
        draw(picture(40, 30), "image/png")


async def test_it_is_drawn_once(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    sha256 = store.put(picture(40, 30))
    drawn = await Previews(store).of(sha256, "image/png")
    (tmp_path / sha256[:2] / sha256).unlink()
    assert drawn and await Previews(store).of(sha256, "image/png") == drawn


def test_a_preview_is_made_of_what_a_browser_shows() -> None:
    assert rules.DRAWN == rules.SHOWN_IN_BROWSERS
