"""The demo's keys are generated once; a later version's further keys are added to an earlier state."""

import json
from pathlib import Path

from demo.state.secrets import keys_of


def test_keys_are_kept(tmp_path: Path) -> None:
    """A second start reads the keys of the first."""
    keys = keys_of(tmp_path)
    assert keys_of(tmp_path) == keys
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0


def test_an_earlier_state_gets_the_keys_that_it_lacks(tmp_path: Path) -> None:
    """Its own keys stay as they are, or its roll and its links could no longer be read."""
    earlier = {"REASSORT_PEPPER": "ab" * 32, "REASSORT_MASTER_KEY": "cd" * 32}
    (tmp_path / "keys.json").write_text(json.dumps(earlier))
    keys = keys_of(tmp_path)
    (tmp_path / "new").mkdir()
    assert keys.keys() == keys_of(tmp_path / "new").keys()
    assert earlier.items() <= keys.items()
    assert keys_of(tmp_path) == keys
