"""Draws one preview and ends: `drawing.py image/png <picture >preview`.

A program of its own, for what it reads comes from strangers: it imports nothing of ours, and its limits hold before it
reads a byte. It ends with 0 and a WebP, with UNDRAWABLE, or by a signal where a limit was passed.
"""

import io
import os
import resource
import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

PDF = "application/pdf"
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF"}
ORIENTATION = 0x0112
"""How a camera was held, among what pictures say of themselves."""
UNDRAWABLE = 3

WIDEST, TALLEST = 480, 640
"""Of a preview, in dots."""
MOST_DOTS = 40_000_000
"""Of a picture, by what it says of itself: one with more is not decoded."""
LARGEST_PAGE = 14_400
"""Of a page's sides, in points: 200 inches, as large as PDF knows them."""
MOST_MEMORY = 512 * 2**20
MOST_SECONDS = 5
"""Of a processor."""
MOST_DRAWN = 1_000_000
"""Bytes of a preview."""


def main(media_type: str) -> int:
    limit(resource.RLIMIT_AS, MOST_MEMORY)
    limit(resource.RLIMIT_CPU, MOST_SECONDS)
    limit(resource.RLIMIT_FSIZE, MOST_DRAWN)
    limit(resource.RLIMIT_CORE, 0)
    os.nice(10)
    rehearse(media_type)
    limit(resource.RLIMIT_NPROC, 0)
    limit(resource.RLIMIT_NOFILE, 0)  # no file is opened from now on, and no line to anywhere
    try:
        sys.stdout.buffer.write(draw(media_type, sys.stdin.buffer.read()))
        sys.stdout.buffer.flush()
    except Exception:
        return UNDRAWABLE
    return 0


def limit(what: int, most: int) -> None:
    resource.setrlimit(what, (most, most))


def rehearse(media_type: str) -> None:
    """Draw something of our own, so that all that is loaded on the way is there before no file can be opened."""
    from PIL import Image, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin  # noqa: F401

    Image.MAX_IMAGE_PIXELS = MOST_DOTS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    own = io.BytesIO()
    if media_type == PDF:
        import pypdfium2

        paper = pypdfium2.PdfDocument.new()
        paper.new_page(10, 10)
        paper.save(own)
    else:
        turned = Image.Exif()
        turned[ORIENTATION] = 6
        mode = "RGB" if media_type == "image/jpeg" else "P"
        Image.new(mode, (2, 2)).save(own, PICTURES[media_type], exif=turned)
    draw(media_type, own.getvalue())


def draw(media_type: str, content: bytes) -> bytes:
    """The preview, as WebP. Raises whatever is wrong with the content."""
    drawn = first_page(content) if media_type == PDF else picture(content, PICTURES[media_type])
    target = io.BytesIO()
    # The dots alone: neither where a picture was taken nor by whom goes along.
    drawn.save(target, "WEBP", quality=80, exif=b"", icc_profile=b"", xmp=b"")
    return target.getvalue()


def picture(content: bytes, kind: str) -> "Picture":
    """A picture, of an animation the first frame, turned as its camera was held."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content), formats=[kind]) as opened:
        if kind == "JPEG":
            opened.draft(None, (2 * WIDEST, 2 * TALLEST))  # decoded in a smaller size
        small = opened if opened.mode in ("RGB", "RGBA", "L") else opened.convert(_mode(opened))
        small.thumbnail((TALLEST, TALLEST))
        turned = ImageOps.exif_transpose(small)
        turned.thumbnail((WIDEST, TALLEST))
        return turned


def _mode(opened: "Picture") -> str:
    return "RGBA" if opened.has_transparency_data else "RGB"


def first_page(content: bytes) -> "Picture":
    """The first page of a paper, with what was filled into its form."""
    import pypdfium2

    paper = pypdfium2.PdfDocument(content)
    paper.init_forms()
    page = paper[0]
    width, height = page.get_size()
    if not (0 < width <= LARGEST_PAGE and 0 < height <= LARGEST_PAGE):
        raise ValueError("no page is of such a size")
    drawn: Picture = page.render(scale=min(WIDEST / width, TALLEST / height)).to_pil()
    return drawn


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
