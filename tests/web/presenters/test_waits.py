"""No wait is announced that ends after the requests have closed: pages say so instead, and where to turn."""

from datetime import timedelta
from pathlib import Path

import pytest

from election.procedures import Procedure
from election.settings import load
from election.verdicts import Verdict
from tests.support.open_pages import pages_at
from tests.support.sample_values import frame
from tests.support.typography import faults
from web.presenters import sentences

ELECTIONS = {name: load(Path(f"election/{name}.toml")) for name in ("2011", "2018", "2022", "default")}
_MINUTE = timedelta(minutes=1)
_TOO_LATE = "L’attente ne finirait qu’après la clôture des demandes, le "
_CODE, _IDENTIFIER = Procedure.VOTING_CODE, Procedure.IDENTIFIER


@pytest.mark.parametrize(
    ("name", "procedure", "verdict"),
    [
        ("2022", _CODE, Verdict.PAUSED),
        ("2022", _CODE, Verdict.AFTER_PASSWORD_RECOVERY),
        ("2022", _CODE, Verdict.SMS_LIMIT),
        ("2022", _CODE, Verdict.TOO_SOON),
        ("2018", _IDENTIFIER, Verdict.TOO_MANY_REQUESTS),
        ("2018", _IDENTIFIER, Verdict.NUMBER_SMS_LIMIT),
    ],
)
def test_a_refusal_promises_no_request_after_the_close(name: str, procedure: Procedure, verdict: Verdict) -> None:
    """One whose wait ends a minute earlier says until when."""
    election = ELECTIONS[name]
    closes = election.calendar.period_of(procedure).closes
    late, early = (
        sentences.refusal(procedure, verdict, until, election, closes - 30 * _MINUTE)
        for until in (closes, closes - _MINUTE)
    )
    assert _TOO_LATE in late
    assert "Vous pourrez" not in late
    assert _TOO_LATE not in early
    assert "Vous pourrez" in early
    assert not list(faults(late))


def test_the_proofs_behind_a_link_can_be_tried_again_after_the_requests_have_closed() -> None:
    """2011's links outlive its requests by a week: the wait is too long only when it ends after them."""
    election, procedure = ELECTIONS["2011"], Procedure.IDENTIFIER_AND_PASSWORD
    closes, expires = election.calendar.period_of(procedure).closes, election.calendar.links_expire
    early, late = (
        sentences.refusal(procedure, Verdict.PAUSED, each, election, closes) for each in (closes, expires)
    )
    assert "Vous pourrez réessayer après le" in early
    assert "L’attente ne finirait qu’après la fin de validité du lien, le " in late
    assert not list(faults(late))


@pytest.mark.parametrize(
    ("name", "procedure"), [("2022", Procedure.PASSWORD), ("2011", Procedure.IDENTIFIER_AND_PASSWORD)]
)
def test_too_many_identical_requests_promise_none_after_the_close(name: str, procedure: Procedure) -> None:
    """The last link remains, and support is named."""
    election = ELECTIONS[name]
    closes = election.calendar.period_of(procedure).closes
    late, early = (sentences.paused_requests(procedure, each, election) for each in (closes, closes - _MINUTE))
    assert "Le dernier lien envoyé reste valable" in late
    assert _TOO_LATE in late
    assert late.endswith(f"{election.support.contact}.")
    assert "Vous pourrez" not in late
    assert "Vous pourrez faire une autre demande après le" in early
    assert not list(faults(late))


def _told(name: str, before: timedelta, *, is_changed: bool) -> str:
    """Return what is told of the wait after a new password, so long before the requests for a voting code close."""
    election = ELECTIONS[name]
    now = election.calendar.period_of(_CODE).closes - before
    return pages_at(election, now, has_provider=True).text("code_wait.html", is_changed=is_changed, **frame())


@pytest.mark.parametrize("is_changed", [False, True])
@pytest.mark.parametrize("name", ["2022", "default"])
def test_a_new_password_that_bars_the_code_until_the_close_is_warned_of(name: str, *, is_changed: bool) -> None:
    """Before it is chosen, and once it is."""
    wait = ELECTIONS[name].code_wait
    warning = "seront closes avant la fin de ce délai"
    assert warning in _told(name, wait, is_changed=is_changed)
    assert warning not in _told(name, wait + _MINUTE, is_changed=is_changed)


def test_nobody_is_sent_to_support_to_shorten_the_wait() -> None:
    """It cannot: where FranceConnect is not offered, the page says that nobody can."""
    told = _told("default", timedelta(days=3), is_changed=True)
    assert "Personne ne peut abréger ce délai, pas même l’assistance." in told
    assert "mailto:" not in told
