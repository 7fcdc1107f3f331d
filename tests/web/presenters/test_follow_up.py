"""The follow-up page says what is known of a message, by the channel that it took."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from election.following.delays import DelayPercentiles, delay_sentence
from election.procedures import Procedure
from election.settings import load
from election.stages import Channel, Stage
from election.verdicts import Verdict
from web.presenters import sentences
from web.presenters.follow_up import FollowUp, identifier_follow_up, resend_refusal, voting_code_follow_up
from workflows.contracts.messages import RecoveryStatus

NOON = datetime(2026, 12, 4, 12, 0, tzinfo=UTC)
ELECTION = load(Path("election/demo.toml"))
_MINUTE = timedelta(minutes=1)


def _states(shown: FollowUp) -> list[tuple[str, str]]:
    return [(step.label, step.state) for step in shown.steps]


def test_an_identifier_s_sms_that_no_operator_took_is_said_not_to_have_left() -> None:
    """It is neither on its way nor lost, and the old identifier works; once an operator has it, neither is so."""
    late = RecoveryStatus(Stage.LATE, NOON, channel=Channel.SMS, fault="sms:smpp-connect")
    waits = identifier_follow_up(late, ELECTION, "", NOON, None)
    assert waits.title == "Votre SMS prend du retard"
    assert waits.sentences[:2] == [
        (
            "L’opérateur de téléphonie n’a pas encore accepté le SMS. Les essais continuent d’eux-mêmes. "
            "Votre ancien identifiant fonctionne toujours."
        ),
        "Vous pouvez attendre, ou faire une nouvelle demande pour un autre numéro.",
    ]
    assert ("SMS remis à l’opérateur", "late") in _states(waits)
    taken = identifier_follow_up(
        RecoveryStatus(Stage.LATE, NOON, channel=Channel.SMS, accepted_at=NOON), ELECTION, "", NOON, None
    )
    assert taken.sentences[0].startswith("L’opérateur n’a pas encore confirmé l’arrivée du SMS.")
    assert "fonctionne toujours" not in " ".join(taken.sentences)
    assert _states(taken)[1:] == [("SMS remis à l’opérateur", "done"), ("SMS arrivé", "late")]


@pytest.mark.parametrize(
    ("channel", "who"),
    [(Channel.SMS, "L’opérateur de téléphonie"), (Channel.EMAIL, "Le serveur de messagerie")],
)
def test_a_link_that_no_gateway_took_is_said_not_to_have_left(channel: Channel, who: str) -> None:
    """The tries go on, and the other channel may be chosen."""
    late = RecoveryStatus(Stage.LATE, NOON, channel=channel)
    shown = voting_code_follow_up(late, ELECTION, "", NOON, None)
    assert shown.sentences[0] == f"{who} n’a pas encore accepté votre message. Les essais continuent d’eux-mêmes."


@pytest.mark.parametrize(
    ("fault", "told", "is_retry_promised"),
    [
        ("sms:smpp-0x0000000B", "Ce numéro n’existe pas", False),
        ("email:smtp-550-5.1.1", "La messagerie dit que cette adresse n’existe pas", False),
        ("sms:smpp-unbound", "La panne est du côté de l’opérateur de SMS.", True),
        ("database:timeout", "La panne est du côté du portail.", True),
        ("email:envelope-closed", "Cet envoi ne peut plus être relancé", False),
        ("sms:what", "L’envoi a échoué.", True),
    ],
)
def test_a_voter_learns_the_cause_of_a_failed_send(fault: str, told: str, is_retry_promised: bool) -> None:
    """First of all, and from the first failed try on; that support may send it again only where that helps."""
    held = RecoveryStatus(
        Stage.HELD,
        NOON,
        channel=Channel(fault.partition(":")[0]) if "database" not in fault else None,
        fault=fault,
    )
    for shown in (
        voting_code_follow_up(held, ELECTION, "", NOON, None),
        identifier_follow_up(held, ELECTION, "", NOON, None),
    ):
        assert shown.sentences[0].startswith(told)
        assert ("peut relancer l’envoi" in " ".join(shown.sentences)) == is_retry_promised
    tried = replace(held, stage=Stage.SENDING)
    said = " ".join(voting_code_follow_up(tried, ELECTION, "", NOON, None).sentences)
    assert (told in said) == (fault != "sms:what")


@pytest.mark.parametrize("channel", [None, Channel.SMS])
def test_a_refused_proof_is_a_problem_of_the_first_step(channel: Channel | None) -> None:
    """No message was made, so none has a problem, and none is a mail."""
    refused = RecoveryStatus(Stage.REFUSED, NOON, channel=channel)
    for shown in (
        voting_code_follow_up(refused, ELECTION, "", NOON, None),
        identifier_follow_up(refused, ELECTION, "", NOON, None),
    ):
        (first, *others) = _states(shown)
        assert first == ("Demande prise en compte", "problem")
        assert {state for _, state in others} == {"todo"}
        assert not [label for label, _ in others if "Courriel" in label]


@pytest.mark.parametrize(("is_offered", "path"), [(True, "/question-defi"), (False, "")])
def test_another_way_is_one_that_the_election_offers(is_offered: bool, path: str) -> None:
    """The challenge question, or else the choice of a proof."""
    rules = ELECTION.voting_code_recovery.model_copy(update={"challenge_question": is_offered})
    election = ELECTION.model_copy(update={"voting_code_recovery": rules})
    held = RecoveryStatus(Stage.HELD, NOON, channel=Channel.EMAIL, sends_left=1)
    shown = voting_code_follow_up(held, election, "", NOON, None)
    assert shown.other_channel_url == f"/reassort/code-de-vote{path}"


def test_a_late_message_is_late_and_a_failed_one_is_a_problem() -> None:
    """A voter who only has to wait is not told of a problem."""
    late = RecoveryStatus(Stage.LATE, NOON, channel=Channel.SMS, accepted_at=NOON)
    held = replace(late, stage=Stage.HELD)
    for waits, failed in (
        [voting_code_follow_up(status, ELECTION, "", NOON, None) for status in (late, held)],
        [identifier_follow_up(status, ELECTION, "", NOON, None) for status in (late, held)],
    ):
        assert ("SMS arrivé", "late") in _states(waits)
        assert "problem" not in dict(_states(waits)).values()
        assert ("SMS arrivé", "problem") in _states(failed)


@pytest.mark.parametrize(("left", "told"), [(60, 60), (0.4, 1), (120, 120), (121, 0), (0, 0), (-5, 0)])
def test_a_short_wait_for_another_link_is_told_in_seconds(left: float, told: int) -> None:
    """Up to two minutes; a longer one is told by the time of day, and pages that differ by the seconds alone are the same."""
    status = RecoveryStatus(
        Stage.SENT, NOON, channel=Channel.SMS, send_again_at=NOON + timedelta(seconds=left), sends_left=2
    )
    shown = voting_code_follow_up(status, ELECTION, "", NOON, None)
    assert shown.resend_in == told
    assert shown.can_resend == (left <= 0)
    assert ("Vous pourrez" in shown.resend_sentence) == (left > 120)
    is_for_all = shown.resend_sentence.startswith("Il faut attendre entre deux liens, aussi pour un autre numéro")
    assert is_for_all == (left > 0)
    if told > 1:
        assert shown == voting_code_follow_up(status, ELECTION, "", NOON + timedelta(seconds=1), None)


def test_without_another_send_no_wait_is_told() -> None:
    """The last link remains, however long one waits."""
    status = RecoveryStatus(Stage.SENT, NOON, channel=Channel.SMS, send_again_at=NOON + _MINUTE, sends_left=0)
    shown = voting_code_follow_up(status, ELECTION, "", NOON, None)
    assert (shown.resend_in, shown.can_resend) == (0, False)
    assert shown.resend_sentence.startswith("Trop de liens")


@pytest.mark.parametrize(
    ("median", "ninetieth", "told"),
    [
        (5, 50, "En ce moment, neuf SMS sur dix arrivent en une minute au plus."),
        (61, 119, "En ce moment, neuf SMS sur dix arrivent en 2\u00a0minutes au plus."),
        (
            50,
            70,
            "En ce moment, un SMS sur deux arrive en une minute au plus, neuf sur dix en 2\u00a0minutes au plus.",
        ),
    ],
)
def test_two_delays_are_told_only_when_they_differ(median: int, ninetieth: int, told: str) -> None:
    """As they are shown, in whole minutes."""
    assert delay_sentence(DelayPercentiles(timedelta(seconds=median), timedelta(seconds=ninetieth))) == told


def test_until_its_receipt_an_sms_is_said_to_expire_after_it() -> None:
    """The latest possible date would be read as that of every link; with the receipt, and shortly before, the date is known."""
    dies_at = NOON + timedelta(hours=1)
    status = RecoveryStatus(Stage.SENT, NOON, channel=Channel.SMS, accepted_at=NOON, link_expires_at=dies_at)
    sent = voting_code_follow_up(status, ELECTION, "", NOON, None)
    assert sent.sentences[-1] == "Le lien expire 10\u00a0minutes après sa réception."
    assert (sent.expires, sent.expires_iso) == (None, None)
    soon = replace(status, link_expires_at=NOON + 10 * _MINUTE)
    for dated in (replace(status, delivered_at=NOON), replace(status, channel=Channel.EMAIL), soon):
        shown = voting_code_follow_up(dated, ELECTION, "", NOON, None)
        assert not [sentence for sentence in shown.sentences if "expire" in sentence]
        assert shown.expires


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (3, "Vous pouvez demander encore 3\u00a0liens."),
        (1, "Vous pouvez demander un dernier lien."),
        (0, "à 13\u00a0h\u00a000."),
    ],
)
def test_a_send_that_failed_again_is_told_apart_from_the_one_before(left: int, told: str) -> None:
    """The page says when the last try failed, in Paris's time, and how many links may be asked for: one fewer each time."""
    held = RecoveryStatus(Stage.HELD, NOON, channel=Channel.SMS, fault="sms:smpp-69", sends_left=left)
    last = voting_code_follow_up(held, ELECTION, "", NOON, None).sentences[-1]
    assert last.startswith("Le dernier essai d’envoi a échoué à 13\u00a0h\u00a000.")
    assert last.endswith(told)
    of_database = replace(held, fault="database:timeout")
    assert "dernier essai" not in " ".join(voting_code_follow_up(of_database, ELECTION, "", NOON, None).sentences)


_CLOSED_AT = ELECTION.calendar.period_of(Procedure.VOTING_CODE).closes
_OFFERS = ("faites une nouvelle demande", "Faites", "vous pouvez", "Vous pouvez", "autre moyen", "encore 3")


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("stage", set(Stage) - {Stage.OPENED, Stage.DISPLAYING})
def test_once_requests_are_closed_nothing_is_offered_that_is_refused(stage: Stage, channel: Channel) -> None:
    """Links live on: the page says that requests are closed, with support's contact; a minute earlier it does not."""
    status = RecoveryStatus(stage, NOON, channel=channel, accepted_at=NOON, sends_left=3)
    pages = [
        voting_code_follow_up(status, ELECTION, "", _CLOSED_AT, None, has_proofs=has) for has in (False, True)
    ]
    pages.append(identifier_follow_up(status, ELECTION, "", _CLOSED_AT, None))
    for shown in pages:
        said = " ".join([*shown.sentences, shown.resend_sentence])
        assert "sont closes depuis le" in said
        assert ELECTION.support.contact in said
        assert not [offer for offer in _OFFERS if offer in said]
        assert (shown.can_resend, shown.resend_in, shown.other_channel_url) == (False, 0, None)
    before = voting_code_follow_up(status, ELECTION, "", _CLOSED_AT - _MINUTE, None)
    assert "sont closes" not in " ".join(before.sentences)


def test_a_link_asked_for_once_requests_are_closed_is_refused_with_support_s_contact() -> None:
    """Whether one is still waited for or not."""
    for stage in Stage:
        status = RecoveryStatus(stage, NOON, sends_left=3)
        answer = resend_refusal(status, ELECTION, _CLOSED_AT)
        assert answer is not None
        assert answer.verdict is Verdict.CLOSED
    told = sentences.refusal(Procedure.VOTING_CODE, Verdict.CLOSED, None, ELECTION, _CLOSED_AT)
    assert told.endswith(f"Pour toute question\u00a0: {ELECTION.support.contact}.")


@pytest.mark.parametrize("stage", [Stage.SENDING, Stage.SENT, Stage.LATE, Stage.HELD])
@pytest.mark.parametrize("left", [0, 1])
def test_without_another_send_no_other_destination_is_offered(stage: Stage, left: int) -> None:
    """It would take one too; a link that was never sent is not said to be valid: support is named."""
    status = RecoveryStatus(stage, NOON, channel=Channel.EMAIL, fault="sms:smpp-unbound", sends_left=left)
    shown = voting_code_follow_up(status, ELECTION, "", NOON, None, has_proofs=True)
    said = " ".join(shown.sentences)
    assert (shown.other_channel_url is None) == (left == 0)
    assert ("autre moyen" in said) == (left > 0 and stage is not Stage.SENDING)
    if left == 0 and stage is Stage.HELD:
        assert shown.resend_sentence.endswith(f"Joignez l’assistance\u00a0: {ELECTION.support.contact}.")
    assert ("le dernier reste le seul valable" in shown.resend_sentence) == (left == 0 and stage is not Stage.HELD)


def test_an_identifier_s_sms_without_a_receipt_is_not_said_to_have_arrived() -> None:
    """The recovery ends an hour after the operator has accepted it; with the receipt, the page says that it is there."""
    status = RecoveryStatus(Stage.REISSUED, NOON, channel=Channel.SMS, accepted_at=NOON, is_replaced=True)
    unconfirmed = identifier_follow_up(status, ELECTION, "", NOON, None)
    assert unconfirmed.title == "Votre identifiant est parti, sans confirmation d’arrivée"
    assert "qui n’a pas confirmé son arrivée" in unconfirmed.sentences[0]
    assert unconfirmed.sentences[-1] == "S’il n’arrive pas, faites une nouvelle demande, pour un autre numéro."
    assert _states(unconfirmed)[-1] == ("SMS remis à l’opérateur", "done")
    arrived = identifier_follow_up(replace(status, delivered_at=NOON), ELECTION, "", NOON, None)
    assert arrived.title == "C’est fait\u00a0: vous avez un nouvel identifiant"
    assert _states(arrived)[-1] == ("SMS arrivé", "done")


@pytest.mark.parametrize("stage", [Stage.SENT, Stage.LATE])
def test_while_an_sms_is_awaited_the_page_says_how_long_sms_take_at_the_moment(stage: Stage) -> None:
    """And promises no constant; not of a mail, nor of an SMS that has arrived."""
    delay = DelayPercentiles(40 * _MINUTE, 50 * _MINUTE)
    status = RecoveryStatus(stage, NOON, channel=Channel.SMS, accepted_at=NOON, sends_left=3)
    awaited, mailed, arrived = (
        " ".join(voting_code_follow_up(each, ELECTION, "", NOON, delay).sentences)
        for each in (status, replace(status, channel=Channel.EMAIL), replace(status, delivered_at=NOON))
    )
    assert delay_sentence(delay) in awaited
    assert "quelques secondes" not in awaited
    assert "jusqu’à 25" not in awaited
    assert "En ce moment" not in mailed + arrived
