"""What `make run` proposes: nothing that its election does not recover."""

from pathlib import Path

import pytest

from demo.processes.welcome import welcome
from demo.state.people import people
from demo.state.settings import DemoSettings
from election.settings import load

_ELECTIONS = Path(__file__).parents[3] / "election"


@pytest.mark.parametrize(
    ("year", "by_code"), [("2011", False), ("2018", False), ("2022", True), ("default", True)]
)
def test_what_to_try_can_be_recovered(year: str, *, by_code: bool) -> None:
    """The way to a voting code in elections that have one, else the home page; with somebody who exists."""
    procedures = load(_ELECTIONS / f"{year}.toml").procedures
    told = welcome(DemoSettings(), procedures, moved=False)
    assert ("obtenir un réassort" in told) is by_code
    assert people()[0].work_email in told
    assert "moved" not in told
    assert "moved" in welcome(DemoSettings(), procedures, moved=True)
