"""Gateways that fail, dawdle or talk nonsense: the voter reads the truth, and nothing is lost."""

import pytest

from demo.client.running import Demo
from demo.client.voter import shown_code
from tests.journeys.demo_people import DemoPeople, Operator
from tests.journeys.held_back_messages import HELD_BACK, held_receipts, release
from tests.journeys.journey_voter import FOLLOW, JourneyVoter, main_text, plain
from tests.support.waiting import listens, until

CAMILLE, ELODIE, JEAN_BAPTISTE, _, MARC, ANNE_SOPHIE, NGUYEN, SYLVIE = range(8)


@pytest.mark.parametrize(("gateway", "mode"), [("sms", "refuse"), ("sms", "undelivered"), ("email", "refuse")])
async def test_a_send_that_failed_for_good_waits_for_the_voter(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator, gateway: str, mode: str
) -> None:
    """The page says that the send failed and what to do; the other channel then brings the code."""
    fast_demo.gateways(**{gateway: mode})
    voter = await fast_people.signed_in(CAMILLE)
    await voter.ask(gateway)
    held = await voter.wait_for_stage("Held")
    assert held["title"] == "Votre lien n’a pas pu être envoyé"
    assert [step["state"] for step in held["steps"]].count("problem") == 1
    page = await voter.loaded(FOLLOW)
    assert "Votre demande n’est pas perdue" in main_text(page)
    assert 'href="/reassort/code-de-vote/question-defi"' in page.text
    assert await voter.messages(voter.since) == []
    assert (await fast_operator.recovery_of(voter).describe()).search_attributes["RecoveryFault"] != [""]

    fast_demo.gateways(sms="ok", email="ok")
    assert await voter.recover({"sms": "email", "email": "sms"}[gateway])
    await voter.received_message("a été remplacé")  # or the next case would count it


async def test_a_message_centre_that_is_down_delays_and_loses_nothing(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """The page says that the send is under way, then that it is late; once the centre is back, the SMS leaves."""
    fast_demo.gateways(sms="down")
    await until(lambda: not listens(fast_demo.ports["SMPP_PORT"]))
    voter = await fast_people.signed_in(ELODIE)
    await voter.ask()
    assert (await voter.wait_for_stage("Sending"))["title"] == "Votre lien va partir"
    late = await voter.wait_for_stage("Late")
    assert "Les essais continuent tout seuls." in plain(" ".join(late["sentences"]))
    fast_demo.gateways(sms="ok")
    link = await voter.received_link()
    await until(lambda: _has_arrived(voter), within=40)
    assert len(await voter.messages(voter.since)) == 1
    assert shown_code((await voter.press(link)).text)
    await voter.received_message("a été remplacé", within=40)
    await until(lambda: held_receipts(fast_operator) == 0)


async def test_a_relay_that_is_down_delays_and_loses_nothing(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """The page says that the send is under way; once the relay is back, the mail leaves, once."""
    fast_demo.gateways(email="down")
    await until(lambda: not listens(fast_demo.ports["SMTP_PORT"]))
    voter = await fast_people.signed_in(ELODIE)
    await voter.ask("email")
    assert (await voter.wait_for_stage("Sending"))["title"] == "Votre lien va partir"
    fast_demo.gateways(email="ok")
    await voter.received_link()

    async def handed_over() -> bool:
        return bool((await voter.follow())["steps"][1]["state"] == "done")

    async def nothing_is_being_sent() -> bool:
        return not (await fast_operator.recovery_of(voter).describe()).raw_description.pending_activities

    await until(handed_over, within=30)
    await until(nothing_is_being_sent, within=30)
    assert len(await voter.messages(voter.since)) == 1


async def test_an_sms_whose_receipt_is_late_is_said_to_be_late(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """The page says how long it takes at the moment, and that it arrived once the receipt is here."""
    fast_demo.gateways(sms=HELD_BACK)
    voter = await fast_people.signed_in(JEAN_BAPTISTE)
    await voter.ask()
    assert (await voter.wait_for_stage("Sent"))["title"] == "Votre lien est parti"
    late = await voter.wait_for_stage("Late")
    assert late["title"] == "Votre lien prend du retard"
    assert "jusqu’à 25 minutes" in plain(" ".join(late["sentences"]))
    release(fast_demo, "receipt")
    assert (await voter.wait_for_stage("Sent"))["title"] == "Votre SMS est arrivé"
    assert fast_operator.roll("SELECT count(*) FROM messages WHERE outcome = 'delivered'") != [(0,)]


async def test_an_sms_without_a_receipt_still_brings_the_code(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """The SMS is here though its operator never says so: late for the page, and its link works."""
    fast_demo.gateways(sms="silent")
    voter = await fast_people.signed_in(MARC)
    await voter.ask()
    link = await voter.received_link()
    await voter.wait_for_stage("Late")
    assert held_receipts(fast_operator) == 0
    assert shown_code((await voter.press(link)).text)


@pytest.mark.parametrize("mode", ["twice", "early", "unknown"])
async def test_odd_receipts_change_nothing_for_the_voter(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator, mode: str
) -> None:
    """A receipt said twice, before the answer, or for a message of nobody's: one SMS, arrived, one code."""
    fast_demo.gateways(sms=mode)
    voter = await fast_people.signed_in(ANNE_SOPHIE)
    await voter.ask()
    link = await voter.received_link()
    await until(lambda: _has_arrived(voter), within=30)
    await until(lambda: held_receipts(fast_operator) == 0)
    assert (await voter.follow())["title"] == "Votre SMS est arrivé"
    assert len(await voter.messages(voter.since)) == 1
    assert shown_code((await voter.press(link)).text)
    await voter.received_message("a été remplacé")  # or the next case would count it


async def test_an_operator_that_says_not_now_is_asked_again(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """Throttled, the send is tried again by itself, and is never called failed."""
    fast_demo.gateways(sms="throttle")
    voter = await fast_people.signed_in(NGUYEN)
    await voter.ask()
    await voter.wait_for_stage("Sending")
    recovery = fast_operator.recovery_of(voter)

    async def tried_again() -> bool:
        pending = (await recovery.describe()).raw_description.pending_activities
        return bool(pending) and pending[0].attempt > 1

    await until(tried_again, within=30)
    fast_demo.gateways(sms="ok")
    assert shown_code((await voter.press(await voter.received_link())).text)


async def test_a_mail_that_dawdles_brings_its_link_all_the_same(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """Handed over is not arrived: the page says where to look, and the mail comes later."""
    fast_demo.gateways(email=HELD_BACK)
    voter = await fast_people.signed_in(SYLVIE)
    await voter.ask("email")
    sent = await voter.wait_for_stage("Sent")
    assert "courriers indésirables" in plain(" ".join(sent["sentences"]))
    assert await voter.messages(voter.since) == []
    release(fast_demo, "mail")
    assert await voter.received_link()
    assert await fast_operator.recovery_of(voter).query("status")


async def test_the_work_mailbox_is_told_even_when_its_relay_was_down(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """The voter has the code at once; the notice follows when the relay is back, and only then it is over."""
    fast_demo.gateways(email="down")
    await until(lambda: not listens(fast_demo.ports["SMTP_PORT"]))
    voter = await fast_people.signed_in(SYLVIE)
    code = await voter.recover()
    assert (await voter.vote(code)).headers["location"] == "/espace-de-vote"
    recovery = fast_operator.recovery_of(voter)
    [pending] = (await recovery.describe()).raw_description.pending_activities
    assert pending.activity_type.name == "send_notice"
    fast_demo.gateways(email="ok")
    notice = await voter.received_message("a été remplacé", within=40)
    assert notice["to"] == voter.person["work_email"]
    assert code not in notice["text"]
    assert await recovery.result() == "Reissued"


async def _has_arrived(voter: JourneyVoter) -> bool:
    return bool((await voter.follow())["title"] == "Votre SMS est arrivé")
