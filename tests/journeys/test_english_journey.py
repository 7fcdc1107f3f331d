"""A voter who has chosen English receives every message in English, in each recovery."""

from typing import Any

from demo.client.recovery_drivers import (
    choose_password,
    complete_identifier_and_password,
    request_identifier,
    request_identifier_and_password,
    request_password,
)
from demo.client.voter import shown_password
from tests.journeys.demo_people import DemoPeople
from tests.journeys.journey_voter import JourneyVoter
from tests.support.waiting import until

INES = 3
_NEW = "Another one: 1943 Elephants"
_FROM_SENDER = "Support: "  # the last line of an SMS


async def test_a_voter_in_english_gets_english_messages(fast_people: DemoPeople) -> None:
    """By SMS and by mail; what others may ask for, to the work mailbox, is in French, and in English below."""
    voter = await fast_people.voter(INES)
    await voter.http.get("/", params={"langue": "en"})
    await voter.sign_in()
    await voter.ignore_earlier_messages()
    begin = voter.since
    await _recover_everything(voter)
    wanted = {
        "Voting code. One-time link, ",
        "Your link to get a new voting code",
        "A new voting code was requested in your name on ",
        "Your voting code was replaced by a new one on ",
        "New user ID:",
        "A new elector user ID was requested in your name on ",
        "Your elector user ID was replaced by a new one on ",
        "A new Elections password was requested in your name.",
        "Your Elections password was changed on ",
        "To vote, you need an elector user ID and an Elections password.",
        "Email 2/2: your elector user ID",
        "A new Elections password was shown on ",
    }

    async def missing() -> set[str]:
        said = [f"{each['subject']}\n{each['text']}" for each in await voter.messages(begin)]
        return {words for words in wanted if not any(words in text for text in said)}

    async def are_all_there() -> bool:
        return not await missing()

    await until(are_all_there)
    assert [each["subject"] for each in await voter.messages(begin) if not _is_english(each)] == []


async def _recover_everything(voter: JourneyVoter) -> None:
    """Recover the voting code, the identifier, the password, and both together; the password is the former one at the end."""
    await voter.ask("email")
    await voter.received_link()
    await voter.recover("sms")
    await voter.ignore_earlier_messages()
    await request_identifier(voter)
    await voter.received_message("Votre identifiant électeur a été remplacé")
    await _change_password(voter, _NEW)
    await voter.ignore_earlier_messages()
    await request_identifier_and_password(voter)
    issued = await complete_identifier_and_password(voter, await voter.received_link())
    voter.seen |= {_NEW, shown_password(issued.text) or ""}
    await voter.received_message("2/2")
    await _change_password(voter, voter.person["password"])


async def _change_password(voter: JourneyVoter, password: str) -> None:
    await voter.ignore_earlier_messages()
    await request_password(voter)
    assert (await choose_password(voter, await voter.received_link(), password)).status_code == 200


def _is_english(message: dict[str, Any]) -> bool:
    """Return whether a message is in English alone, or warns in French with the English below."""
    if message["channel"] == "sms":
        return _FROM_SENDER in message["text"].splitlines()[-1]
    french, _, english = message["text"].rpartition("-" * 40)
    return "Hello," in english and "Bonjour" not in english and ("further down" in french or not french)
