"""Merges a catalogue text by text, for git: `python -m tests.support.merge_catalogues BASE OURS THEIRS PATH`.

The exit code is 1 for a conflict. Line by line, two branches that add texts beside each other conflict, or leave a file that is
out of order or broken.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from activities.texts.catalogues import read_catalogue, texts_of
from tests.support.catalogues import in_order


def merge(base: Catalog, ours: Catalog, theirs: Catalog) -> list[str]:
    """Bring into `ours` what `theirs` has changed since `base`; return the texts that both translate anew, which stay ours."""
    conflicts = []
    for text in {texts_of(message.id)[0] for message in (*base, *theirs) if message.id}:
        before, our, their = (base.get(text), ours.get(text), theirs.get(text))
        if _said(their) in (_said(before), _said(our)):
            continue
        if _said(our) != _said(before):
            conflicts.append(text)
            continue
        ours.delete(text)
        if their:
            ours[their.id] = their
    return sorted(conflicts)


def _said(message: Message | None) -> object:
    return message and (texts_of(message.id), texts_of(message.string))


def main(arguments: list[str]) -> int:
    """Write the merged catalogue in the place of ours."""
    *paths, name = arguments
    language = name.split(".")[-2]
    base, ours, theirs = (read_catalogue(Path(path).read_bytes(), language) for path in paths)
    conflicts = merge(base, ours, theirs)
    Path(paths[1]).write_bytes(in_order(ours))
    for text in conflicts:
        sys.stderr.write(f"{name}: two translations of « {text} », the one that was there is kept\n")
    return bool(conflicts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
