"""The follow-up page says what is known of a message, by the channel that it took."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from election.settings import load
from election.stages import Channel, Stage
from web.presenters.follow_up import FollowUp, identifier_follow_up, voting_code_follow_up
from workflows.contracts.messages import RecoveryStatus

NOON = datetime(2026, 12, 4, 12, 0, tzinfo=UTC)
ELECTION = load(Path("election/demo.toml"))


def _states(shown: FollowUp) -> list[tuple[str, str]]:
    return [(step.label, step.state) for step in shown.steps]


def test_an_identifier_s_sms_that_no_operator_took_is_said_not_to_have_left() -> None:
    """It is neither on its way nor lost, and the old identifier works; once an operator has it, neither is so."""
    late = RecoveryStatus(Stage.LATE, NOON, channel=Channel.SMS, fault="sms:smpp-connect")
    waits = identifier_follow_up(late, ELECTION, "", None)
    assert waits.title == "Votre SMS prend du retard"
    assert waits.sentences[:2] == [
        (
            "L’opérateur de téléphonie n’a pas encore pris le SMS. Les essais continuent tout seuls. "
            "Votre ancien identifiant fonctionne toujours."
        ),
        "Vous pouvez attendre, ou refaire une demande pour un autre numéro.",
    ]
    assert ("SMS remis à l’opérateur", "problem") in _states(waits)
    taken = identifier_follow_up(
        RecoveryStatus(Stage.LATE, NOON, channel=Channel.SMS, accepted_at=NOON), ELECTION, "", None
    )
    assert taken.sentences[0].startswith("L’opérateur n’a pas encore confirmé l’arrivée du SMS.")
    assert "fonctionne toujours" not in " ".join(taken.sentences)
    assert ("SMS remis à l’opérateur", "done") in _states(taken)


@pytest.mark.parametrize(
    ("channel", "who"),
    [(Channel.SMS, "L’opérateur de téléphonie"), (Channel.EMAIL, "Le serveur de messagerie")],
)
def test_a_link_that_no_gateway_took_is_said_not_to_have_left(channel: Channel, who: str) -> None:
    """The tries go on, and the other channel may be chosen."""
    late = RecoveryStatus(Stage.LATE, NOON, channel=channel)
    shown = voting_code_follow_up(late, ELECTION, "", NOON)
    assert shown.sentences[0] == f"{who} n’a pas encore pris votre message. Les essais continuent tout seuls."


@pytest.mark.parametrize("channel", [None, Channel.SMS])
def test_a_refused_proof_is_a_problem_of_the_first_step(channel: Channel | None) -> None:
    """No message was made, so none has a problem, and none is a mail."""
    refused = RecoveryStatus(Stage.REFUSED, NOON, channel=channel)
    for shown in (
        voting_code_follow_up(refused, ELECTION, "", NOON),
        identifier_follow_up(refused, ELECTION, "", None),
    ):
        (first, *others) = _states(shown)
        assert first == ("Demande prise en compte", "problem")
        assert {state for _, state in others} == {"todo"}
        assert not [label for label, _ in others if "Courriel" in label]
