"""The pictures of README and runbook are small, are made by `make screenshots`, and are described."""

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.support.typography import faults

_ROOT = Path(__file__).parents[2]
_PICTURES = sorted((_ROOT / "docs" / "images").iterdir())
_LARGEST, _IN_ALL = 60_000, 1_200_000  # bytes
_RUNBOOK = re.findall(
    r"^!\[([^\]]*)\]\(images/([^)]+)\)$",
    "".join((_ROOT / "docs" / name).read_text() for name in ("operations.md", "roll.md")),
    re.MULTILINE,
)


@pytest.mark.parametrize("picture", _PICTURES, ids=lambda path: path.name)
def test_a_picture_is_a_small_png_with_a_palette(picture: Path) -> None:
    """60 kB at most."""
    with Image.open(picture) as opened:
        assert (opened.format, opened.mode) == ("PNG", "P")
    assert picture.stat().st_size <= _LARGEST


def test_all_pictures_together_are_small() -> None:
    """1.2 MB at most: everybody who clones the project loads them."""
    assert sum(each.stat().st_size for each in _PICTURES) <= _IN_ALL


def test_the_command_makes_every_picture_and_no_other() -> None:
    """So that each can be made again when its page has changed."""
    code = "".join(each.read_text(encoding="utf-8") for each in (_ROOT / "demo" / "screenshots").glob("*.py"))
    assert set(re.findall(r'"([\w-]+\.png)"', code)) == {each.name for each in _PICTURES}


def test_the_runbook_s_pictures_are_described_in_french() -> None:
    """Each once, beside its act; those of the README are the others."""
    assert len({name for _, name in _RUNBOOK}) == len(_RUNBOOK)
    shown = set(re.findall(r"\(docs/images/([^)]+)\)", (_ROOT / "README.md").read_text()))
    assert {name for _, name in _RUNBOOK} | shown == {each.name for each in _PICTURES}
    assert [fault for described, _ in _RUNBOOK for fault in faults(described)] == []
    assert all(len(described.split()) > 4 for described, _ in _RUNBOOK)
