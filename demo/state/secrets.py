"""The demo's keys, generated once and kept in its state directory: no secret is in the code."""

import json
import os
import secrets
from pathlib import Path

from activities.security.signing_keys import new_pairs

_KEYS = (
    "REASSORT_MASTER_KEY",
    "REASSORT_LINK_KEY",
    "REASSORT_PEPPER",
    "REASSORT_FORM_KEY",
    "REASSORT_CONSOLE_KEY",
)


def keys_of(state: Path) -> dict[str, str]:
    """Return the keys by environment variable; they are generated at the first call and then read from the file.

    Keys that the file of an earlier version lacks are added to it.
    """
    path = state / "keys.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    generated = {**{name: secrets.token_hex(32) for name in _KEYS}, **new_pairs()}
    if not generated.keys() <= kept.keys():
        kept = {**generated, **kept}
        fresh = path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(kept, file)
        fresh.replace(path)
    return kept
