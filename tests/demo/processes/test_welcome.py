"""The text of `make run` proposes only what the election offers."""

from pathlib import Path

import pytest

from demo.processes.welcome import welcome
from demo.state.people import people
from demo.state.settings import DemoSettings
from election.settings import load

_ELECTIONS = Path(__file__).parents[3] / "election"


@pytest.mark.parametrize(
    ("year", "by_code"), [("2011", False), ("2018", False), ("2022", True), ("default", True), ("demo", True)]
)
def test_the_first_steps_are_possible_in_the_election(year: str, *, by_code: bool) -> None:
    """A voting code where the election has one, else the home page; by a person who is on the roll."""
    procedures = load(_ELECTIONS / f"{year}.toml").procedures
    text = welcome(DemoSettings(), procedures, moved=False)
    assert ("obtenir un réassort" in text) is by_code
    assert people()[0].work_email in text
    assert "moved" not in text
    assert "moved" in welcome(DemoSettings(), procedures, moved=True)


def test_the_addresses_of_the_metrics_are_printed() -> None:
    """The portal's, and the worker's at a port that was free."""
    text = welcome(DemoSettings().complete(), (), moved=False)
    assert "http://127.0.0.1:8000/metrics" in text
    assert text.count("/metrics") == 2


def test_another_temporal_server_is_named_in_the_place_of_the_ui() -> None:
    """The demo has not started it, and does not know where its UI is."""
    text = welcome(DemoSettings(temporal_address="temporal.exemple.org:7233"), (), moved=False)
    assert "temporal.exemple.org:7233" in text
    assert "Temporal UI" not in text
