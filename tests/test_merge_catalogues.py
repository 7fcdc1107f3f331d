"""Catalogues are merged text by text, by git itself; see `.gitattributes`."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from activities.texts.catalogues import read_catalogue
from tests.support.catalogues import ROOT, in_order
from tests.support.merge_catalogues import main

_BASE = {"b": "B", "d": "D", "x": "X"}


def _po(texts: dict[str, str]) -> str:
    return "".join(f'msgid "{text}"\nmsgstr "{translation}"\n\n' for text, translation in texts.items())


def _merged(folder: Path, ours: dict[str, str], theirs: dict[str, str]) -> tuple[int, str]:
    paths = [folder / name for name in ("base", "ours", "theirs")]
    for path, texts in zip(paths, (_BASE, ours, theirs), strict=True):
        path.write_text(_po(texts))
    return main([*map(str, paths), "web/languages/web.en.po"]), paths[1].read_text()


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (
            {**_BASE, "c": "C"},
            {**_BASE, "ca": "CA", "a": "A"},
            {"a": "A", "b": "B", "c": "C", "ca": "CA", "d": "D", "x": "X"},
        ),
        ({**_BASE, "c": "C"}, {**_BASE, "c": "C"}, {"b": "B", "c": "C", "d": "D", "x": "X"}),
        ({"b": "B", "x": "X"}, {"b": "B", "d": "D"}, {"b": "B"}),
        ({**_BASE, "b": "BB"}, {**_BASE, "d": "DD"}, {"b": "BB", "d": "DD", "x": "X"}),
    ],
)
def test_both_sides_are_kept_in_order(
    tmp_path: Path, ours: dict[str, str], theirs: dict[str, str], expected: dict[str, str]
) -> None:
    """Texts that are added, the same on both sides, taken away, and translated anew."""
    assert _merged(tmp_path, ours, theirs) == (0, _po(expected))


@pytest.mark.parametrize("theirs", [{**_BASE, "b": "2"}, {"d": "D", "x": "X"}])
def test_two_translations_of_one_text_are_a_conflict(tmp_path: Path, theirs: dict[str, str]) -> None:
    """Also a new translation and none; what was there is kept until somebody decides."""
    ours = {**_BASE, "b": "1"}
    assert _merged(tmp_path, ours, theirs) == (1, _po(ours))


def test_a_text_with_a_plural_keeps_both_forms(tmp_path: Path) -> None:
    """And the flag of its values."""
    text = '#, python-brace-format\nmsgid "{n} lien"\nmsgid_plural "{n} liens"\nmsgstr[0] "{n} link"\nmsgstr[1] "{n} links"\n\n'
    paths = [tmp_path / name for name in ("base", "ours", "theirs")]
    for path, content in zip(paths, ("", "", text), strict=True):
        path.write_text(content)
    assert main([*map(str, paths), "web.en.po"]) == 0
    assert paths[1].read_text() == text
    assert in_order(read_catalogue(text.encode(), "en")).decode() == text


def test_git_is_told_by_make_translations() -> None:
    """The driver that `.gitattributes` names is the one that the Makefile sets, and it can be run."""
    [name] = re.findall(r"^\*\.po merge=(\w+)$", (ROOT / ".gitattributes").read_text(), re.MULTILINE)
    [command] = re.findall(rf"git config merge\.{name}\.driver '(.+)'", (ROOT / "Makefile").read_text())
    program, *words = shlex.split(command.replace("$(BIN)", ".venv/bin"))
    assert words == ["-m", "tests.support.merge_catalogues", "%O", "%A", "%B", "%P"]
    assert (
        subprocess.run(
            [ROOT / program, "-m", words[1], *["/dev/null"] * 3, "a.en.po"], cwd=ROOT, check=False
        ).returncode
        == 0
    )
