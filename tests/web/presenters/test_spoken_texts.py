"""What presenters and forms say is in the voter's language: with one that writes ⟦each text⟧, nothing stands outside."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from activities.gateways.identity.provider import LoginFailure
from activities.sending.contacts import ContactRefusal
from activities.sending.support_limits import SupportLimit, SupportRefusal
from election.following.delays import DelayPercentiles
from election.guessable_passwords import GuessableWords
from election.procedures import Procedure
from election.settings import load
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from tests.support.spoken import WRAPPED
from tests.support.untranslated import on_page
from web.forms import contact_refusals, new_password, redaction
from web.forms.submitted_form import Form
from web.forms.support_refusals import support_refusal
from web.presenters import identity_sentences, objection, sentences, situations
from web.presenters.follow_up import FollowUp, banner, identifier_follow_up, voting_code_follow_up
from web.presenters.offer import offer_of
from web.presenters.procedures import voting_code
from web.presenters.procedures.catalogue import CATALOGUE
from web.presenters.proof_texts import proof_texts
from web.presenters.spell_out import spell_out
from workflows.contracts.messages import RecoveryStatus

NOON = datetime(2026, 12, 4, 12, 0, tzinfo=UTC)
ELECTION = load(Path("election/demo.toml"))
_STATUSES = [
    RecoveryStatus(
        stage,
        NOON,
        channel=channel,
        accepted_at=accepted,
        delivered_at=delivered,
        link_expires_at=NOON,
        send_again_at=NOON + wait,
        sends_left=left,
        is_replaced=left == 0,
    )
    for stage, channel, accepted, delivered, wait, left in product(
        Stage, Channel, (None, NOON), (None, NOON), (timedelta(0), timedelta(hours=1)), (0, 1, 3)
    )
]


@pytest.fixture(autouse=True)
def _wrapped() -> Iterator[None]:
    with WRAPPED.speaking("en"):
        yield


def _not_spoken(texts: Iterable[str]) -> list[str]:
    return on_page("".join(f"<p>{text}</p>" for text in texts), set())


@pytest.mark.parametrize("procedure", Procedure)
@pytest.mark.parametrize(
    "until",
    [None, NOON + timedelta(seconds=40), NOON + timedelta(minutes=40), ELECTION.calendar.vote.closes],
)
def test_refusals_are_spoken(procedure: Procedure, until: datetime | None) -> None:
    """Also their ends, which depend on how long the wait is."""
    told = [
        sentences.refusal(procedure, verdict, until, ELECTION, NOON)
        for verdict in set(Verdict) - {Verdict.ACCEPTED}
    ]
    told += [sentences.paused_code(until, ELECTION, NOON), sentences.paused_sign_in(until, ELECTION)]
    told += [
        sentences.paused_requests(procedure, until or NOON, ELECTION),
        sentences.reissues_left(1),
        sentences.reissues_left(2),
    ]
    told += [support_refusal(SupportRefusal(limit, NOON), ELECTION) for limit in SupportLimit]
    assert _not_spoken(told) == []


def _shown(page: FollowUp) -> list[str]:
    steps = [step.label for step in page.steps]
    return [page.title, *page.sentences, *steps, page.other_channel, page.resend_sentence]


@pytest.mark.parametrize("stage", Stage)
def test_the_follow_up_page_is_spoken(stage: Stage) -> None:
    """In every state, and as a banner of the other pages."""
    told = set[str]()
    for status in (each for each in _STATUSES if each.stage is stage):
        told |= {*_shown(voting_code_follow_up(status, ELECTION, "", NOON, None))}
        told |= {*_shown(voting_code_follow_up(status, ELECTION, "", NOON, None, has_proofs=True))}
        shown = banner(status, is_stalled=False)
        told |= {shown.sentence} if shown else set()
        if stage not in {Stage.OPENED, Stage.DISPLAYING}:
            delay = DelayPercentiles(NOON - NOON, timedelta(hours=1))
            told |= {*_shown(identifier_follow_up(status, ELECTION, "", NOON, None))}
            told |= {*_shown(identifier_follow_up(status, ELECTION, "", NOON, delay))}
    assert _not_spoken(told) == []


def test_links_that_cannot_be_used_are_spoken() -> None:
    """Of every procedure, and of an objection."""
    records = [record.unusable_links.values() for record in CATALOGUE.values()]
    texts = [text.translated() for each in records for text in each]
    texts += [objection.unusable(verdict, ELECTION) for verdict in (LinkVerdict.EXPIRED, LinkVerdict.USED)]
    told = [part for text in texts for part in (text.title, text.reason, text.advice, text.shown_elsewhere)]
    told += [text.onward[0] for text in texts if text.onward]
    assert _not_spoken(told) == []


@pytest.mark.parametrize("name", ["2011", "2018", "2022", "default", "demo"])
def test_situations_are_spoken(name: str) -> None:
    """With each answer to them, before, during and after the vote."""
    election = load(Path(f"election/{name}.toml"))
    vote, offer = election.calendar.vote, offer_of(election, has_provider=True)
    told = [situation.question for situation in situations.Situation]
    for situation, instant in product(situations.offered_situations(offer), (vote.opens, vote.closes)):
        for now in (instant - timedelta(days=99), instant, instant + timedelta(days=1)):
            answer = situations.answer(situation, election, offer, now)
            told += [*answer.sentences, answer.action or ""]
    assert _not_spoken(told) == []


def test_proofs_are_spoken() -> None:
    """The field's texts, and the choice between the proofs."""
    texts = proof_texts(ELECTION)
    told = [
        texts.label,
        texts.hint,
        texts.named,
        texts.missing,
        texts.wrong_shape,
        texts.wrong,
        texts.other_than_numen,
    ]
    question = voting_code.challenge_choice(texts.named, offer_of(ELECTION, has_provider=False).code_channels)
    for choice in (voting_code.france_connect_choice(), question):
        told += [choice["title"], choice["text"]]
    told.append(question["action"])
    addresses = (ContactRefusal.MISSING, ContactRefusal.NOT_AN_ADDRESS, ContactRefusal.WORK_ADDRESS)
    for asks in (True, False):
        failures = [identity_sentences.login_failure(failure, has_question=asks) for failure in LoginFailure]
        told += [part for failure in failures for part in failure]
        told += [identity_sentences.address_refusal(each, has_question=asks) for each in addresses]
        told += [
            say(has_question=asks)
            for say in (
                identity_sentences.instead_of_identity,
                identity_sentences.again,
                identity_sentences.leave,
            )
        ]
    assert _not_spoken(told) == []


def test_mistakes_are_spoken() -> None:
    """Of a contact, of a new password, and of a letter with secrets in it."""
    told = [
        contact_refusals.contact_refusal(refusal, has_other_channel=has_other)
        for refusal, has_other in product(set(ContactRefusal) - {ContactRefusal.MISSING}, (True, False))
    ]
    words = GuessableWords({"motdepasse"}, personal=("martin",), election=("scrutin",))
    for password, confirmation in (("", ""), ("motdepasse", "autre"), ("Martin ", ""), ("scrutin", "")):
        form = Form({"password": password, "confirmation": confirmation})
        new_password.new_password_of(form, ELECTION.password, words)
        told += form.errors.values()
    told += [rule.text for rule in new_password.shown_rules(ELECTION.password)]
    told.append(redaction.redact("mon NUMEN : 12A3456789BCD, mdp : Abcdefg1#", ELECTION.voting_code).notice)
    told += Form({"password": "x", "numen": "x"}, errors={"phone": ""}).lost
    assert _not_spoken(told) == []


def test_a_spelled_code_is_spoken() -> None:
    """Its signs, and the case of its letters; a letter alone is the same in every language."""
    assert spell_out("aB(/2") == "⟦a minuscule⟧, ⟦B majuscule⟧, ⟦parenthèse ouvrante⟧, ⟦barre oblique⟧, 2"
