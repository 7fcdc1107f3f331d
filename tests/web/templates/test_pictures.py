"""The guides' pictures."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

_DRAWN = {f"{{http://www.w3.org/2000/svg}}{shape}" for shape in ("svg", "rect", "circle", "path")}


@pytest.mark.parametrize("picture", sorted(Path("web/static/guide").glob("*.svg")), ids=lambda path: path.name)
def test_a_guide_s_picture_is_a_drawing_without_words(picture: Path) -> None:
    """Shapes alone: no text that another language or a page's new wording would make wrong, and no picture of a page."""
    elements = list(ET.parse(picture).iter())  # noqa: S314 - our own file
    assert {element.tag for element in elements} <= _DRAWN
    assert not "".join(f"{element.text or ''}{element.tail or ''}" for element in elements).strip()
