"""Each situation has one answer, for the election at hand and for the instant."""

from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from election.procedures import Procedure
from election.settings import Election, load
from election.timetable import Availability
from tests.support.typography import faults
from web.presenters.offer import Offer, offer_of
from web.presenters.procedures.catalogue import CATALOGUE
from web.presenters.situations import Situation, answer, offered_situations

ELECTIONS = {name: load(Path(f"election/{name}.toml")) for name in ("2011", "2018", "2022", "default", "demo")}
DAY = timedelta(days=1)


def _instants(election: Election) -> list[datetime]:
    """Return an instant before, between and after all dates at which something opens or closes."""
    periods = [election.calendar.vote, *(election.calendar.period_of(each) for each in election.procedures)]
    changes = sorted({instant for period in periods for instant in (period.opens, period.closes)})
    return [changes[0] - DAY, *(each + timedelta(minutes=1) for each in changes)]


CASES = [
    (name, has_provider, instant)
    for (name, election), has_provider in product(ELECTIONS.items(), (False, True))
    for instant in _instants(election)
]


def _offer(name: str, *, has_provider: bool = True) -> Offer:
    return offer_of(ELECTIONS[name], has_provider=has_provider)


@pytest.mark.parametrize(("name", "has_provider", "instant"), CASES)
def test_each_situation_leads_to_what_is_open_now_or_to_support(
    name: str, instant: datetime, *, has_provider: bool
) -> None:
    """The button leads to a recovery that takes requests at that instant, or to the sign-in; every sentence is correct French."""
    election, offer = ELECTIONS[name], _offer(name, has_provider=has_provider)
    periods = election.calendar.period_of
    is_open = {each for each in election.procedures if periods(each).availability(instant) is Availability.OPEN}
    for situation in offered_situations(offer):
        answered = answer(situation, election, offer, instant)
        assert answered.url in {None, "/connexion", *(CATALOGUE[each].url for each in is_open)}
        assert bool(answered.url) == bool(answered.action)
        assert answered.sentences
        assert [fault for sentence in answered.sentences for fault in faults(sentence)] == []


@pytest.mark.parametrize(
    ("name", "urls"),
    [
        ("2011", {Situation.NOTICE: "/sans-notice", Situation.IDENTIFIER: "/sans-notice"}),
        (
            "2018",
            {
                Situation.NOTICE: "/reassort/identifiant",
                Situation.MAILBOX: "/reassort/identifiant",
                Situation.IDENTIFIER: "/reassort/identifiant",
            },
        ),
        (
            "2022",
            {
                Situation.NOTICE: "/reassort/code-de-vote",
                Situation.SECRET_ANSWER: "/reassort/code-de-vote",
                Situation.MAILBOX: "/reassort/code-de-vote",
                Situation.IDENTIFIER: "/connexion",
                Situation.NO_MOBILE: "/reassort/code-de-vote",
            },
        ),
    ],
)
def test_the_main_action_is_that_of_the_election(name: str, urls: dict[Situation, str]) -> None:
    """While requests are open; what has no recovery leads to the support desk."""
    election, offer = ELECTIONS[name], _offer(name)
    instant = min(election.calendar.period_of(each).closes for each in election.procedures) - DAY
    led = {each: answer(each, election, offer, instant).url for each in offered_situations(offer)}
    assert {situation: url for situation, url in led.items() if url} == urls


def test_only_what_can_happen_is_asked() -> None:
    """Nobody has a secret answer in 2018 or needs a mobile in 2011."""
    absent = {name: set(Situation) - set(offered_situations(_offer(name))) for name in ELECTIONS}
    assert absent == {
        "2011": {Situation.SECRET_ANSWER, Situation.NO_MOBILE},
        "2018": {Situation.SECRET_ANSWER},
        "2022": set(),
        "default": set(),
        "demo": set(),
    }


def test_a_forgotten_secret_answer_leads_to_france_connect_where_it_is_offered() -> None:
    """Elsewhere to the support desk; nobody who forgot the answer is told to prepare it."""
    election = ELECTIONS["2022"]
    during = election.calendar.vote.opens + DAY
    by_support = answer(Situation.SECRET_ANSWER, election, _offer("2022", has_provider=False), during)
    assert by_support.url is None
    assert not any("FranceConnect" in sentence for sentence in by_support.sentences)
    by_france_connect = answer(Situation.SECRET_ANSWER, election, _offer("2022"), during)
    assert by_france_connect.url == CATALOGUE[Procedure.VOTING_CODE].url
    assert "Préparez votre mot de passe Élections et votre compte FranceConnect." in by_france_connect.sentences


def test_without_a_mobile_every_other_way_is_named_before_what_needs_one() -> None:
    """In the demo's election: the code by e-mail, then « Voter sans notice », then the SMS."""
    election = ELECTIONS["demo"]
    said = answer(Situation.NO_MOBILE, election, _offer("demo"), election.calendar.vote.opens + DAY).sentences
    order = [
        next(number for number, sentence in enumerate(said) if words in sentence)
        for words in ("Par courriel", "FranceConnect", "Pour voter sans notice", "que par SMS")
    ]
    assert order == sorted(order) == list(range(4))


def test_a_link_of_2011_is_remembered_after_the_requests_are_closed() -> None:
    """Requests closed on 12 October, links worked until the 20th."""
    election = ELECTIONS["2011"]
    closed = election.calendar.period_of(Procedure.IDENTIFIER_AND_PASSWORD).closes + DAY
    told = answer(Situation.NOTICE, election, _offer("2011"), closed)
    assert told.url is None
    assert any("fonctionne encore, jusqu’au jeudi 20 octobre 2011" in sentence for sentence in told.sentences)
    over = answer(Situation.NOTICE, election, _offer("2011"), election.calendar.links_expire)
    assert not any("fonctionne encore" in sentence for sentence in over.sentences)


def test_before_its_date_an_answer_says_when_to_come_back() -> None:
    """In October 2018 a new identifier could not be asked for yet."""
    election = ELECTIONS["2018"]
    early = answer(Situation.NOTICE, election, _offer("2018"), election.calendar.vote.opens - 30 * DAY)
    assert early.url is None
    assert (
        "Les demandes de nouvel identifiant ouvriront le lundi 5 novembre 2018 à 0\u00a0h" in early.sentences[-1]
    )
