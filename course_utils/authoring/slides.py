"""Slides: a lesson as a page to present, from the cells' `slideshow` metadata."""

from pathlib import Path

from nbconvert import SlidesExporter


def write_slides(path, folder):
    """Write a lesson's slides as HTML and return the file's path.

    The page loads reveal.js from the network when it is opened; the pictures are inside.

    Args:
        path: the executed lesson.
        folder: where to; it is made if it is missing.
    """
    # A long slide scrolls: what overflowed could not be reached otherwise.
    page, _ = SlidesExporter(reveal_scroll=True).from_filename(str(path))
    target = Path(folder) / f"{Path(path).stem}.slides.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, encoding="utf-8")
    return target
