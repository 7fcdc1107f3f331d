"""The rules of SMS: the countries of an election, and limits that fit together."""

import pytest
from pydantic import ValidationError

from election.rules.sms import SmsRules
from election.settings import DeliveryRules, VotingCodeRecoveryRules


def test_every_country_is_served_by_default() -> None:
    """Without the key, and with an empty list France and its overseas alone."""
    assert SmsRules().serves("BE")
    assert not SmsRules(countries=()).serves("BE")


@pytest.mark.parametrize("country", ["FR", "RE", "GP", "NC", "MF"])
def test_france_and_its_overseas_are_always_served(country: str) -> None:
    """Whatever other countries the file names."""
    assert SmsRules(countries=("BE",)).serves(country)


def test_the_file_narrows_the_countries() -> None:
    """Those that it names, and no other."""
    rules = SmsRules(countries=("BE", "CH"))
    assert [rules.serves(country) for country in ("BE", "CH", "DE", "AC", "001", "+882")] == [True, True] + [
        False
    ] * 4


@pytest.mark.parametrize("code", ["UK", "be", "BEL", "001", "", "AD AE"])
def test_a_code_that_is_no_country_is_refused(code: str) -> None:
    """Its electors would be refused without anybody knowing why."""
    with pytest.raises(ValidationError, match="ISO 3166"):
        SmsRules(countries=(code,))


def test_one_elector_cannot_use_up_a_number() -> None:
    """The limit of a number is above that of an elector, or the file is refused."""
    with pytest.raises(ValidationError, match="per_number_a_day"):
        SmsRules(per_elector_a_day=10, per_number_a_day=10)


def test_an_elector_who_begins_again_is_not_refused() -> None:
    """By default a day's limit is above the sends of one recovery."""
    assert SmsRules().per_elector_a_day > DeliveryRules().max_sends


def test_the_file_has_the_limit_of_reissues() -> None:
    """Five by default for each elector, in the whole election."""
    assert VotingCodeRecoveryRules().reissues == 5
