"""An elector's own record has a sentence for each entry of the journal."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from activities.accounts.elector_record import RecordLine
from activities.evidence.journal import Event
from activities.texts.catalogues import languages_of
from election.settings import load
from election.stages import Stage
from election.verdicts import REASONS, Verdict
from tests.support.spoken import WRAPPED
from tests.support.untranslated import on_page
from web.presenters.elector_record import TEXTS, sentence

_DEMO = Path(__file__).parents[3] / "election" / "demo.toml"
_NOT_OF_AN_ELECTOR = (
    "mailing:",
    "process:",
    "operator:act:",
    "operator:journal:",
    "operator:evidence:",
    "operator:roll:",
    "operator:session:",
    "message:gateway:",
)
_ELECTORS = [event for event in Event if not event.startswith(_NOT_OF_AN_ELECTOR)]


def _line(event: str, outcome: str = "", procedure: str = "", channel: str = "") -> RecordLine:
    return RecordLine(datetime(2026, 12, 3, 8, tzinfo=UTC), event, procedure, channel, outcome)


@pytest.mark.parametrize("event", _ELECTORS)
def test_every_event_of_an_elector_has_a_sentence(event: Event) -> None:
    """With a capital and a full stop, and without the event's own name."""
    said = sentence(_line(event, channel="sms"))
    assert said[0].isupper()
    assert said.endswith(".")
    assert ":" not in said.replace("\u00a0:", "")
    assert "_" not in said


@pytest.mark.parametrize(
    "event", [*TEXTS, "voting_code:request:accepted", "voting_code:request:refused", "x:recovery:ended"]
)
def test_what_happened_and_why_is_translated(event: str) -> None:
    """With a language that writes ⟦each text⟧, nothing stands outside."""
    for outcome in ("", *REASONS, *Stage):
        with WRAPPED.speaking("en"):
            said = sentence(_line(event, outcome))
        assert on_page(f"<p>{said}</p>", set()) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (_line(Event.SEND_ACCEPTED, "", "voting-code", "sms"), "Voting code: message sent by SMS."),
        (
            _line("password:request:refused", "wrong_proof", "password", "email"),
            "Password: request refused (the details did not match).",
        ),
        (
            _line("identifier:request:accepted", "accepted", "identifier", "sms"),
            "User ID: request accepted, to be sent by SMS.",
        ),
        (
            _line("x:recovery:ended", "Reissued", "identifier-and-password", "email"),
            "User ID and password: request completed: the replacement has been made.",
        ),
    ],
)
def test_a_sentence_in_english_names_credential_and_channel(line: RecordLine, said: str) -> None:
    """As in French."""
    with languages_of(load(_DEMO), "election", "activities", "web").speaking("en"):
        assert sentence(line) == said


def test_every_refusal_has_a_reason() -> None:
    """Each verdict but ACCEPTED."""
    assert set(Verdict) - set(REASONS) == {Verdict.ACCEPTED}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            _line("voting_code:request:accepted", "accepted", "voting-code", "sms"),
            "Code de vote\u00a0: demande acceptée, envoi par SMS.",
        ),
        (
            _line("password:request:refused", "wrong_proof", "password", "email"),
            "Mot de passe\u00a0: demande refusée (les données ne correspondaient pas).",
        ),
        (
            _line("voting_code:recovery:ended", "Expired", "voting-code"),
            "Code de vote\u00a0: demande terminée sans remise (le lien a expiré).",
        ),
        (
            _line("message:send:delivered", "delivered", "identifier", "sms"),
            "Identifiant\u00a0: message arrivé par SMS.",
        ),
        (
            _line(Event.IDENTIFIER_AND_PASSWORD_IDENTIFIER, "", "identifier-and-password", "email"),
            "Identifiant et mot de passe\u00a0: nouvel identifiant envoyé par courriel\u202f; l’ancien ne fonctionne plus.",
        ),
        (
            _line("identifier:recovery:ended", "Reissued", "identifier", "sms"),
            "Identifiant\u00a0: demande terminée\u00a0: le remplacement est fait.",
        ),
        (_line("operator:sign_in:unlocked", "5 failures", "sign-in"), "Connexion débloquée par l’assistance."),
        (_line("operator:sign_in:unlocked", "5 failures", "password"), "Connexion débloquée par l’assistance."),
        (
            _line("access:sign_in:refused", "paused"),
            "Connexion refusée (trop d’essais avaient échoué).",
        ),
        (_line("something:new:happened"), "Autre événement (something:new:happened)."),
    ],
)
def test_a_sentence_says_what_happened_to_what(line: RecordLine, said: str) -> None:
    """The credential, what was done, by which channel, and why it was refused."""
    assert sentence(line) == said
