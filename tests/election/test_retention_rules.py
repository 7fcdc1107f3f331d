"""Evidence is kept for two years after the vote at least; a trace of access for its own age."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from election.rules.retention import RetentionRules

_CLOSES = datetime(2026, 12, 10, 16, tzinfo=UTC)


def test_evidence_is_kept_for_two_years_after_the_vote() -> None:
    """Also what was written weeks before."""
    written = datetime(2026, 11, 2, tzinfo=UTC)
    assert RetentionRules().kept_until(_CLOSES, written) == _CLOSES.replace(year=2028)


def test_what_is_written_after_the_vote_is_kept_for_two_years_from_then() -> None:
    """The record of a destruction, for example; from a 29 February until 1 March."""
    written = datetime(2028, 2, 29, tzinfo=UTC)
    assert RetentionRules().kept_until(_CLOSES, written) == datetime(2030, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("rules", [{"years": 1}, {"access_traces": "PT1H"}, {"months": 3}])
def test_less_than_the_law_asks_is_refused(rules: dict[str, object]) -> None:
    """Code général de la fonction publique, R. 211-580: two years."""
    with pytest.raises(ValidationError):
        RetentionRules.model_validate(rules)
