import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from activities.sending.contacts import ContactRefusal
from activities.texts.catalogues import languages_of
from election.following.delays import DelayPercentiles
from election.procedures import Procedure
from election.settings import Election, load
from election.stages import ENDINGS, Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from tests.support.election_words import ELECTIONS, Case, untrue_texts
from tests.support.typography import faults
from web.forms import destination
from web.forms.contact_refusals import contact_refusal
from web.presenters import calendar, sentences
from web.presenters.follow_up import banner, identifier_follow_up, voting_code_follow_up
from web.presenters.procedures.catalogue import CATALOGUE
from workflows.contracts.messages import RecoveryStatus

NOON = datetime(2026, 12, 4, 12, 0, tzinfo=UTC)
ELECTION = load(Path("election/demo.toml"))
STATUSES = [
    RecoveryStatus(
        stage,
        NOON,
        channel=channel,
        hint="•• •• •• •• 01",
        accepted_at=accepted,
        delivered_at=delivered if channel is Channel.SMS else None,
        link_expires_at=NOON,
        send_again_at=again,
        sends_left=left,
        is_replaced=accepted is not None or left == 0,
    )
    for stage, channel, accepted, delivered, again, left in product(
        Stage, Channel, (None, NOON), (None, NOON), (NOON, datetime(2026, 12, 4, 13, 0, tzinfo=UTC)), (0, 3)
    )
]


@pytest.mark.parametrize("stage", Stage)
def test_every_state_of_a_recovery_is_told_in_correct_french(stage: Stage) -> None:
    """For each channel, and however far the message came, the typography is right."""
    pages = [
        voting_code_follow_up(status, ELECTION, "", NOON, None) for status in STATUSES if status.stage is stage
    ]
    told = {
        text for shown in pages for text in [shown.title, *shown.sentences, *(step.label for step in shown.steps)]
    }
    told |= {text for shown in pages for text in (shown.resend_sentence, shown.expires) if text}
    assert all(shown.sentences for shown in pages)
    assert not [fault for text in told for fault in faults(text)]


@pytest.mark.parametrize("stage", set(Stage) - {Stage.OPENED, Stage.DISPLAYING})  # an identifier has no link
@pytest.mark.parametrize("delay", [None, DelayPercentiles(timedelta(seconds=70), timedelta(minutes=25))])
def test_every_state_of_an_identifier_s_recovery_is_told_in_correct_french(
    stage: Stage, delay: DelayPercentiles | None
) -> None:
    """The same; while an SMS is awaited, the page says how long SMS take at the moment."""
    is_awaited = stage in {Stage.SENDING, Stage.SENT, Stage.LATE}
    for status in (each for each in STATUSES if each.stage is stage and each.channel is Channel.SMS):
        shown = identifier_follow_up(status, ELECTION, "", NOON, delay)
        told = " ".join([shown.title, *shown.sentences, *(step.label for step in shown.steps)])
        assert not faults(told)
        measured = "un SMS sur deux arrive en 2\u00a0minutes au plus, neuf sur dix en 25\u00a0minutes"
        assert (measured in told) == (is_awaited and delay is not None)
        assert ("en quelques minutes" in told) == (is_awaited and delay is None)


def test_a_refused_request_is_not_said_to_have_had_wrong_proofs() -> None:
    """The status does not have the reason, which may be a date or a limit: the page leaves it open."""
    refused = RecoveryStatus(Stage.REFUSED, NOON)
    for shown in (
        voting_code_follow_up(refused, ELECTION, "", NOON, None),
        identifier_follow_up(refused, ELECTION, "", NOON, None),
    ):
        assert shown.title == "Demande refusée"
        assert "ou les demandes étaient closes, suspendues ou à leur limite" in shown.sentences[0]


def test_an_expired_sms_says_whether_the_old_identifier_still_works() -> None:
    """Accepted by the operator and undeliverable, it has changed the identifier; never accepted, it has not."""
    expired = RecoveryStatus(Stage.EXPIRED, NOON)
    never = identifier_follow_up(expired, ELECTION, "", NOON, None)
    taken = identifier_follow_up(replace(expired, accepted_at=NOON, is_replaced=True), ELECTION, "", NOON, None)
    assert "Votre ancien identifiant fonctionne toujours" in never.sentences[0]
    assert "L’ancien identifiant ne fonctionne plus" in taken.sentences[0]


def test_a_held_sms_says_that_the_old_identifier_is_dead_once_an_operator_had_taken_it() -> None:
    """It cannot be delivered; the voter is told what to do as ever."""
    untaken, taken = (
        identifier_follow_up(
            RecoveryStatus(Stage.HELD, NOON, accepted_at=at, is_replaced=at is not None), ELECTION, "", NOON, None
        )
        for at in (None, NOON)
    )
    assert (untaken.title, taken.title) == ("Votre SMS n’a pas pu être envoyé", "Le SMS n’a pas pu arriver")
    assert "ne fonctionne plus" not in " ".join(untaken.sentences)
    assert "L’ancien identifiant ne fonctionne plus" in taken.sentences[1]
    assert [taken.sentences[0], *taken.sentences[2:]] == untaken.sentences


_LANGUAGES = languages_of(ELECTION, "election", "activities", "web")
_SAYS_THAT_THE_OLD_ONE_WORKS = {
    "fr": re.compile(r"fonctionne(nt)? toujours|n’(a|ont) pas changé|reste(nt)? val"),
    "en": re.compile(r"still work|(has|have) not changed|remains? valid"),
}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("stage", set(Stage) - {Stage.OPENED, Stage.DISPLAYING})
@pytest.mark.parametrize("accepted_at", [None, NOON])
def test_nothing_says_that_an_identifier_works_which_was_replaced(
    stage: Stage, accepted_at: datetime | None, language: str
) -> None:
    """Also while its SMS is sent again, after a retry that no operator took, and when support does not send it again."""
    status = RecoveryStatus(stage, NOON, channel=Channel.SMS, accepted_at=accepted_at, is_replaced=True)
    with _LANGUAGES.speaking(language):
        for fault in ("", "sms:smpp-0x0000000B", "sms:smpp-unbound"):
            told = identifier_follow_up(replace(status, fault=fault), ELECTION, "", NOON, None).sentences
            assert not _SAYS_THAT_THE_OLD_ONE_WORKS[language].search(" ".join(told)), told
            is_late = stage is Stage.LATE and accepted_at is not None
            is_told = any("ancien identifiant ne fonctionne plus" in each for each in told)
            assert is_told or is_late or stage in {Stage.VERIFYING, Stage.REISSUED} or language != "fr"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("procedure", set(Procedure) - {Procedure.IDENTIFIER})
def test_nothing_says_of_a_link_that_has_served_that_the_old_code_or_password_works(
    procedure: Procedure, language: str
) -> None:
    """Nor does the page of a voting code that was displayed."""
    with _LANGUAGES.speaking(language):
        link = CATALOGUE[procedure].unusable_links[LinkVerdict.USED].translated()
        told = [link.reason, link.advice]
        if procedure is Procedure.VOTING_CODE:
            for stage in (Stage.DISPLAYING, Stage.REISSUED):
                told += voting_code_follow_up(RecoveryStatus(stage, NOON), ELECTION, "", NOON, None).sentences
    assert not _SAYS_THAT_THE_OLD_ONE_WORKS[language].search(" ".join(told))


def test_a_refused_request_does_not_say_that_an_identifier_works_which_is_dead() -> None:
    """An earlier request may have replaced the one on the notice."""
    told = " ".join(identifier_follow_up(RecoveryStatus(Stage.REFUSED, NOON), ELECTION, "", NOON, None).sentences)
    assert "L’identifiant que vous aviez avant cette demande fonctionne toujours." in told


@pytest.mark.parametrize("stage", Stage)
def test_no_step_after_the_current_one_is_done(stage: Stage) -> None:
    """Steps before it are done, steps after it are still to come."""
    for status in (each for each in STATUSES if each.stage is stage):
        states = [step.state for step in voting_code_follow_up(status, ELECTION, "", NOON, None).steps]
        assert states == sorted(states, key=["done", "current", "late", "problem", "todo"].index), status


@pytest.mark.parametrize("stage", Stage)
def test_the_banner_shows_recoveries_in_progress_alone(stage: Stage) -> None:
    """A recovery that has ended is not shown on the other pages."""
    assert (banner(RecoveryStatus(stage, NOON), is_stalled=True) is None) == (stage in ENDINGS)


@pytest.mark.parametrize("procedure", Procedure)
@pytest.mark.parametrize("verdict", set(Verdict) - {Verdict.ACCEPTED})
@pytest.mark.parametrize("until", [None, NOON])
def test_every_refusal_has_its_sentence(procedure: Procedure, verdict: Verdict, until: datetime | None) -> None:
    """Each reason that a voter may read has a sentence of its own, and a status that is an error."""
    sentence = sentences.refusal(procedure, verdict, until, ELECTION, NOON)
    assert not list(faults(sentence))
    others = set(Verdict) - {verdict, Verdict.ACCEPTED}
    assert sentence not in {sentences.refusal(procedure, each, until, ELECTION, NOON) for each in others}
    assert sentences.refusal_status(verdict) in {409, 422, 429}


@pytest.mark.parametrize("name", ["2011", "2018", "2022", "default"])
def test_a_refusal_names_only_what_its_election_has(name: str) -> None:
    """Whatever is refused, in each of the election's recoveries."""
    case = Case(name, ELECTIONS[name].calendar.vote.opens, has_provider=True)
    told = {
        sentences.refusal(procedure, verdict, until, case.election, NOON)
        for procedure, verdict, until in product(case.election.procedures, set(Verdict), (None, NOON))
        if verdict is not Verdict.ACCEPTED and _can_be(case.election, procedure, verdict)
    }
    assert untrue_texts(case, told) == []


def _can_be(election: Election, procedure: Procedure, verdict: Verdict) -> bool:
    """Return whether a request for this procedure can be refused so in this election."""
    by_sms = {Verdict.SMS_LIMIT, Verdict.NUMBER_SMS_LIMIT, Verdict.COUNTRY_SMS_LIMIT, Verdict.NUMBER_TAKEN}
    match verdict:
        case Verdict.WRONG_IDENTITY:
            return procedure is Procedure.VOTING_CODE and election.voting_code_recovery.france_connect
        case Verdict.NOT_ACTIVATED | Verdict.AFTER_PASSWORD_RECOVERY | Verdict.REISSUE_LIMIT:
            return procedure is Procedure.VOTING_CODE
        case Verdict.TOO_MANY_REQUESTS:
            return procedure is Procedure.IDENTIFIER
        case Verdict.WRONG_PROOF:
            return procedure is not Procedure.PASSWORD
        case _:
            return verdict not in by_sms or procedure in {Procedure.IDENTIFIER, Procedure.VOTING_CODE}


@pytest.mark.parametrize(
    ("wait", "told"),
    [
        (timedelta(seconds=-1), "dans une seconde"),
        (timedelta(seconds=41.2), "dans 42\u00a0secondes"),
        (timedelta(minutes=25), "dans 25\u00a0minutes"),
    ],
)
def test_a_request_that_comes_too_soon_reads_how_long_to_wait(wait: timedelta, told: str) -> None:
    """In seconds, since it is about a minute."""
    sentence = sentences.refusal(Procedure.VOTING_CODE, Verdict.TOO_SOON, NOON + wait, ELECTION, NOON)
    assert sentence == f"Un lien vient de partir. Vous pourrez en demander un autre {told}."


@pytest.mark.parametrize("procedure", set(Procedure) - {Procedure.IDENTIFIER})
@pytest.mark.parametrize("verdict", set(LinkVerdict) - {LinkVerdict.LIVE})
def test_every_link_that_cannot_be_used_says_why_and_what_to_do(
    verdict: LinkVerdict, procedure: Procedure
) -> None:
    """Expired, used, replaced, cancelled and unknown links each have a title, a reason and advice."""
    text = CATALOGUE[procedure].unusable_links[verdict]
    assert text.title
    assert not [fault for each in (text.title, text.reason, text.advice) for fault in faults(each)]


@pytest.mark.parametrize("procedure", Procedure)
def test_every_procedure_has_a_record_in_correct_french(procedure: Procedure) -> None:
    """Its texts follow the typography."""
    record = CATALOGUE[procedure]
    texts = [
        record.label,
        record.thing,
        record.requests,
        record.outcome,
        record.action,
        record.title,
        record.guide_title,
    ]
    texts += [*record.refusals.values(), record.forgotten_label or "", record.support_name]
    assert not [fault for text in texts for fault in faults(text)]


@pytest.mark.parametrize("day", [1, 4, 20])
def test_the_calendar_says_when_a_function_opens_closes_or_is_closed(day: int) -> None:
    """Before, during and after its dates, each function has a sentence in correct French."""
    events = calendar.entries(ELECTION, datetime(2026, 12, day, 12, 0, tzinfo=UTC))
    assert len({event.status for event in events}) == 1
    assert not [fault for event in events for text in (event.period, event.sentence) for fault in faults(text)]
    assert not faults(calendar.vote_sentence(ELECTION, datetime(2026, 12, day, 12, 0, tzinfo=UTC)))


def test_the_other_sentences_are_in_correct_french() -> None:
    """The sentences for wrong fields follow the typography too."""
    told = [*destination.MISSING_CONTACT.values()]
    told += [sentences.WRONG_CAPTCHA, sentences.WRONG_CODE, sentences.WRONG_SIGN_IN]
    assert not [fault for text in told for fault in faults(text)]


@pytest.mark.parametrize("has_other_channel", [True, False])
@pytest.mark.parametrize("refused", set(ContactRefusal) - {ContactRefusal.MISSING})
def test_every_contact_that_is_refused_has_a_sentence(refused: ContactRefusal, *, has_other_channel: bool) -> None:
    """It says why, and what to do; e-mail is named where the form offers it."""
    told = contact_refusal(refused, has_other_channel=has_other_channel)
    assert not list(faults(told))
    is_number = "Indiquez un autre mobile" in told
    assert ("choisissez le courriel" in told) == (has_other_channel and is_number)
    assert ("écrivez à l’assistance" in told) == is_number


@pytest.mark.parametrize("until", [None, NOON, datetime(2027, 12, 4, 12, 0, tzinfo=UTC)])
def test_a_paused_sign_in_says_what_can_be_done(until: datetime | None) -> None:
    """A known browser, a time unless it is after the vote, and the support desk's address."""
    told = sentences.paused_sign_in(until, ELECTION)
    assert not list(faults(told))
    assert told.startswith("Trop d’essais ont échoué. ")
    assert ELECTION.support.contact in told
    assert ("Vous pourrez réessayer" in told) == (until is None or until == NOON)


@pytest.mark.parametrize("until", [None, NOON, datetime(2026, 12, 10, 16, 1, tzinfo=UTC)])
@pytest.mark.parametrize(
    ("now", "has_recovery"), [(NOON, True), (datetime(2026, 12, 10, 15, 45, tzinfo=UTC), False)]
)
def test_a_paused_code_says_what_can_be_done(until: datetime | None, now: datetime, *, has_recovery: bool) -> None:
    """A new code while it can be recovered, a time unless it is after the vote, and the support desk's contact."""
    told = sentences.paused_code(until, ELECTION, now)
    assert not list(faults(told))
    assert ("demandez un nouveau code de vote" in told) == has_recovery
    assert ELECTION.support.contact in told
    assert ("Vous pourrez réessayer" in told) == (until is None or until == NOON)
