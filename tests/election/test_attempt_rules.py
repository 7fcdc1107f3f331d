"""Failures lead to pauses that become longer."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from election.attempts import (
    AttemptRules,
    CodeMailRules,
    ProofAttemptRules,
    RequestRules,
    SignInAttemptRules,
    SupportLetterRules,
)

_RULES = AttemptRules()


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (10, 32), (11, 60), (12, 60), (10**6, 60)],
)
def test_pauses_double_up_to_an_hour(failures: int, minutes: int) -> None:
    """Four failures cause no pause; from the fifth on it doubles from a minute to an hour, and stays there."""
    assert _RULES.wait_after(failures) == timedelta(minutes=minutes)


@pytest.mark.parametrize(("failures", "left"), [(0, 5), (1, 4), (4, 1), (5, 0), (6, 0)])
def test_the_last_attempt_that_is_left_causes_a_pause(failures: int, left: int) -> None:
    """And none before it; once attempts were paused none is left."""
    assert _RULES.left_after(failures) == left
    assert not any(_RULES.wait_after(each) for each in range(failures, failures + left))
    assert _RULES.wait_after(failures + left)


@pytest.mark.parametrize("failures", [10, 11, 10**6])
def test_after_ten_wrong_proofs_the_pause_outlasts_an_election(failures: int) -> None:
    """Behind a sign-in; NIST SP 800-63B-4 allows at most 100 consecutive failures."""
    assert ProofAttemptRules().wait_after(failures) >= timedelta(days=300)


@given(st.integers(min_value=0, max_value=10**9))
def test_a_pause_is_never_shorter_than_the_one_before(failures: int) -> None:
    """For any number of failures, one more does not shorten the pause."""
    for rules in (_RULES, ProofAttemptRules()):
        assert rules.wait_after(failures) <= rules.wait_after(failures + 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_failures": 101},
        {"max_failures": 0},
        {"free_failures": 0},
        {"first_wait": timedelta(0)},
        {"longest_wait": timedelta(minutes=-1)},
        {"unknown": 1},
    ],
)
def test_ineffective_rules_are_refused(wrong: dict[str, object]) -> None:
    """More than 100 failures, or pauses that are not positive, are not valid."""
    with pytest.raises(ValidationError):
        ProofAttemptRules.model_validate(wrong)


@pytest.mark.parametrize(
    "rules", [AttemptRules, ProofAttemptRules, RequestRules, CodeMailRules, SupportLetterRules]
)
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"free_failures": 101}, "less than or equal to 100"),
        ({"first_wait": "P1D"}, "`first_wait` (1 day, 0:00:00) is above `longest_wait`"),
        ({"longest_wait": "PT59S"}, "`first_wait` (0:01:00) is above `longest_wait` (0:00:59)"),
    ],
)
def test_limits_that_are_never_reached_are_refused(
    rules: type[AttemptRules], wrong: dict[str, object], told: str
) -> None:
    """In every section of attempts: more than 100 free failures, or a first wait above the longest."""
    with pytest.raises(ValidationError) as refused:
        rules.model_validate(wrong)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "rules", [AttemptRules, RequestRules, CodeMailRules, SupportLetterRules, SignInAttemptRules]
)
def test_only_proofs_behind_a_sign_in_have_a_last_failure(rules: type[BaseModel]) -> None:
    """A `max_failures` that would stop nobody is refused."""
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        rules.model_validate({"max_failures": 100})
    with pytest.raises(ValidationError, match=r"`free_failures` \(5\) is above `max_failures` \(4\)"):
        ProofAttemptRules(max_failures=4)
    assert ProofAttemptRules(max_failures=5).wait_after(5) >= timedelta(days=300)
