"""Gateways that fail, dawdle or talk nonsense: the voter reads the truth, and nothing is lost."""

import pytest

from demo.client.running import Demo
from demo.client.voter import shown_code
from tests.journeys.demo_people import Crowd, Operator
from tests.journeys.held_back_messages import FOR_EVER, let_arrive, receipts_due
from tests.journeys.journey_voter import FOLLOW, JourneyVoter, plain, said
from tests.support.waiting import listens, until

CAMILLE, ELODIE, JEAN_BAPTISTE, _, MARC, ANNE_SOPHIE, NGUYEN, SYLVIE = range(8)


@pytest.mark.parametrize(("gateway", "mode"), [("sms", "refuse"), ("sms", "undelivered"), ("email", "refuse")])
async def test_a_send_that_failed_for_good_waits_for_the_voter(
    hasty: Demo, hasty_people: Crowd, hasty_operator: Operator, gateway: str, mode: str
) -> None:
    """The page says that the send failed and what to do; the other channel then brings the code."""
    hasty.gateways(**{gateway: mode})
    voter = await hasty_people.signed_in(CAMILLE)
    await voter.ask(gateway)
    held = await voter.stands_at("Held")
    assert held["title"] == "Votre lien n’a pas pu être envoyé"
    assert [step["state"] for step in held["steps"]].count("problem") == 1
    page = await voter.loaded(FOLLOW)
    assert "Votre demande n’est pas perdue" in said(page)
    assert 'href="/reassort/code-de-vote/question-defi"' in page.text
    assert await voter.messages(voter.since) == []
    assert (await hasty_operator.recovery_of(voter).describe()).search_attributes["RecoveryFault"] != [""]

    hasty.gateways(sms="ok", email="ok")
    assert await voter.reissued({"sms": "email", "email": "sms"}[gateway])
    await voter.receives("a été remplacé")  # or the next case would count it


async def test_a_message_centre_that_is_down_delays_and_loses_nothing(
    hasty: Demo, hasty_people: Crowd, hasty_operator: Operator
) -> None:
    """The page says that the send is under way, then that it is late; once the centre is back, the SMS leaves."""
    hasty.gateways(sms="down")
    await until(lambda: not listens(hasty.ports["SMPP_PORT"]))
    voter = await hasty_people.signed_in(ELODIE)
    await voter.ask()
    assert (await voter.stands_at("Sending"))["title"] == "Votre lien va partir"
    late = await voter.stands_at("Late")
    assert "Les essais continuent tout seuls." in plain(" ".join(late["sentences"]))
    hasty.gateways(sms="ok")
    link = await voter.arrives()
    await until(lambda: _has_arrived(voter), within=40)
    assert len(await voter.messages(voter.since)) == 1
    assert shown_code((await voter.press(link)).text)
    await voter.receives("a été remplacé", within=40)
    await until(lambda: receipts_due(hasty_operator) == 0)


async def test_a_relay_that_is_down_delays_and_loses_nothing(
    hasty: Demo, hasty_people: Crowd, hasty_operator: Operator
) -> None:
    """The page says that the send is under way; once the relay is back, the mail leaves, once."""
    hasty.gateways(email="down")
    await until(lambda: not listens(hasty.ports["SMTP_PORT"]))
    voter = await hasty_people.signed_in(ELODIE)
    await voter.ask("email")
    assert (await voter.stands_at("Sending"))["title"] == "Votre lien va partir"
    hasty.gateways(email="ok")
    await voter.arrives()

    async def handed_over() -> bool:
        return bool((await voter.follow())["steps"][1]["state"] == "done")

    async def nothing_is_being_sent() -> bool:
        return not (await hasty_operator.recovery_of(voter).describe()).raw_description.pending_activities

    await until(handed_over, within=30)
    await until(nothing_is_being_sent, within=30)
    assert len(await voter.messages(voter.since)) == 1


async def test_an_sms_whose_receipt_is_late_is_said_to_be_late(
    hasty: Demo, hasty_people: Crowd, hasty_operator: Operator
) -> None:
    """The page says how long it takes at the moment, and that it arrived once the receipt is here."""
    hasty.gateways(sms=FOR_EVER)
    voter = await hasty_people.signed_in(JEAN_BAPTISTE)
    await voter.ask()
    assert (await voter.stands_at("Sent"))["title"] == "Votre lien est parti"
    late = await voter.stands_at("Late")
    assert late["title"] == "Votre lien prend du retard"
    assert "jusqu’à 25 minutes" in plain(" ".join(late["sentences"]))
    let_arrive(hasty, "receipt")
    assert (await voter.stands_at("Sent"))["title"] == "Votre SMS est arrivé"
    assert hasty_operator.roll("SELECT count(*) FROM messages WHERE outcome = 'delivered'") != [(0,)]


async def test_an_sms_without_a_receipt_still_brings_the_code(
    hasty: Demo, hasty_people: Crowd, hasty_operator: Operator
) -> None:
    """The SMS is here though its operator never says so: late for the page, and its link works."""
    hasty.gateways(sms="silent")
    voter = await hasty_people.signed_in(MARC)
    await voter.ask()
    link = await voter.arrives()
    await voter.stands_at("Late")
    assert receipts_due(hasty_operator) == 0
    assert shown_code((await voter.press(link)).text)


@pytest.mark.parametrize("mode", ["twice", "early", "unknown"])
async def test_odd_receipts_change_nothing_for_the_voter(
    hasty: Demo, hasty_people: Crowd, hasty_operator: Operator, mode: str
) -> None:
    """A receipt said twice, before the answer, or for a message of nobody's: one SMS, arrived, one code."""
    hasty.gateways(sms=mode)
    voter = await hasty_people.signed_in(ANNE_SOPHIE)
    await voter.ask()
    link = await voter.arrives()
    await until(lambda: _has_arrived(voter), within=30)
    await until(lambda: receipts_due(hasty_operator) == 0)
    assert (await voter.follow())["title"] == "Votre SMS est arrivé"
    assert len(await voter.messages(voter.since)) == 1
    assert shown_code((await voter.press(link)).text)
    await voter.receives("a été remplacé")  # or the next case would count it


async def test_an_operator_that_says_not_now_is_asked_again(
    hasty: Demo, hasty_people: Crowd, hasty_operator: Operator
) -> None:
    """Throttled, the send is tried again by itself, and is never called failed."""
    hasty.gateways(sms="throttle")
    voter = await hasty_people.signed_in(NGUYEN)
    await voter.ask()
    await voter.stands_at("Sending")
    recovery = hasty_operator.recovery_of(voter)

    async def tried_again() -> bool:
        pending = (await recovery.describe()).raw_description.pending_activities
        return bool(pending) and pending[0].attempt > 1

    await until(tried_again, within=30)
    hasty.gateways(sms="ok")
    assert shown_code((await voter.press(await voter.arrives())).text)


async def test_a_mail_that_dawdles_brings_its_link_all_the_same(
    hasty: Demo, hasty_people: Crowd, hasty_operator: Operator
) -> None:
    """Handed over is not arrived: the page says where to look, and the mail comes later."""
    hasty.gateways(email=FOR_EVER)
    voter = await hasty_people.signed_in(SYLVIE)
    await voter.ask("email")
    sent = await voter.stands_at("Sent")
    assert "courriers indésirables" in plain(" ".join(sent["sentences"]))
    assert await voter.messages(voter.since) == []
    let_arrive(hasty, "mail")
    assert await voter.arrives()
    assert await hasty_operator.recovery_of(voter).query("status")


async def test_the_work_mailbox_is_told_even_when_its_relay_was_down(
    hasty: Demo, hasty_people: Crowd, hasty_operator: Operator
) -> None:
    """The voter has the code at once; the notice follows when the relay is back, and only then it is over."""
    hasty.gateways(email="down")
    await until(lambda: not listens(hasty.ports["SMTP_PORT"]))
    voter = await hasty_people.signed_in(SYLVIE)
    code = await voter.reissued()
    assert (await voter.vote(code)).headers["location"] == "/espace-de-vote"
    recovery = hasty_operator.recovery_of(voter)
    [pending] = (await recovery.describe()).raw_description.pending_activities
    assert pending.activity_type.name == "send_notice"
    hasty.gateways(email="ok")
    notice = await voter.receives("a été remplacé", within=40)
    assert notice["to"] == voter.person["work_email"]
    assert code not in notice["text"]
    assert await recovery.result() == "Reissued"


async def _has_arrived(voter: JourneyVoter) -> bool:
    return bool((await voter.follow())["title"] == "Votre SMS est arrivé")
