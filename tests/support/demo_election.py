"""An election's file made from the demo's, with other durations and limits."""

import re
from collections.abc import Mapping
from pathlib import Path

from election.settings import load

_DEMO = Path(__file__).parents[2] / "election" / "demo.toml"


def write_election(
    folder: Path, values: Mapping[str, str | int], sections: Mapping[str, str] | None = None
) -> Path:
    """Return a file like `election/demo.toml` with other values.

    `values` replaces a key in every section that has it; `sections` adds lines to a section, which is made if there is none.

    Raises:
        AssertionError: the demo's file has no such key.
        ElectionFileError: the result is no valid election.
    """
    text = _DEMO.read_text(encoding="utf-8")
    for name, value in values.items():
        written = f'"{value}"' if isinstance(value, str) else str(value)
        text, found = re.subn(rf"^{name} = .*$", f"{name} = {written}", text, flags=re.MULTILINE)
        assert found, name
    for section, lines in (sections or {}).items():
        heading = f"[{section}]\n"
        added = f"{heading}{lines}\n"
        text = text.replace(heading, added) if heading in text else f"{text}\n{added}"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "election.toml"
    file.write_text(text, encoding="utf-8")
    load(file)
    return file
