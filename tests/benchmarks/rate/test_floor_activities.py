"""The floor's activities have the names and types of the real ones, so that workflows read what they return."""

from collections.abc import Callable
from typing import Any, get_type_hints

import pytest
from temporalio import activity

from activities.recoveries.identifier import Identifiers
from activities.recoveries.identifier_and_password import IdentifierAndPasswords
from activities.recoveries.password import Passwords
from activities.recoveries.requests import Requests
from activities.recoveries.voting_code import VotingCodes
from activities.sending.messaging import Messaging
from benchmarks.rate.floor_activities import FloorActivities

_REAL = (Requests, VotingCodes, Identifiers, Passwords, IdentifierAndPasswords, Messaging)


def _activities(owner: type) -> dict[str, Callable[..., Any]]:
    found = (activity._Definition.from_callable(each) for each in vars(owner).values() if callable(each))
    return {str(each.name): each.fn for each in found if each is not None}


_REAL_ACTIVITIES = {name: each for owner in _REAL for name, each in _activities(owner).items()}


@pytest.mark.parametrize("name", _activities(FloorActivities))
def test_an_activity_of_the_floor_has_the_types_of_the_real_one(name: str) -> None:
    """Its argument and its result: a workflow cannot read any other result, and would wait for ever."""
    floor, real = _activities(FloorActivities)[name], _REAL_ACTIVITIES[name]
    assert list(get_type_hints(floor).values()) == list(get_type_hints(real).values())
