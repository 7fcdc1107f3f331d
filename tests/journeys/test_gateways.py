"""With gateways that fail, are slow or send wrong receipts, the voter is informed and no message is lost."""

import pytest

from demo.client.running import Demo
from demo.client.voter import DESTINATION, shown_code
from tests.journeys.demo_people import DemoPeople, Operator
from tests.journeys.held_back_messages import HELD_BACK, held_receipts, release
from tests.journeys.journey_voter import FOLLOW, JourneyVoter, main_text, plain
from tests.journeys.reserve_gateway import reserve_in_service
from tests.support.waiting import listens, until

CAMILLE, ELODIE, JEAN_BAPTISTE, _, MARC, ANNE_SOPHIE, NGUYEN, SYLVIE = range(8)


@pytest.mark.parametrize(
    ("gateway", "mode", "told"),
    [
        ("sms", "refuse", "Ce numéro n’existe pas"),
        ("sms", "undelivered", "Ce numéro n’existe pas"),
        ("email", "refuse", "La messagerie dit que cette adresse n’existe pas"),
        ("email", "full", "Cette messagerie est pleine"),
    ],
)
async def test_a_permanently_failed_send_waits_for_the_voter(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator, gateway: str, mode: str, told: str
) -> None:
    """The page says that the send failed, why, and what to do; with the other channel the code is recovered."""
    fast_demo.gateways(**{gateway: mode})
    voter = await fast_people.signed_in(CAMILLE)
    await voter.ask(gateway)
    held = await voter.wait_for_stage("Held")
    assert held["title"] == "Votre lien n’a pas pu être envoyé"
    assert [step["state"] for step in held["steps"]].count("problem") == 1
    page = await voter.loaded(FOLLOW)
    assert told in main_text(page)
    assert f'href="{DESTINATION}"' in page.text  # this browser keeps the proofs
    assert await voter.received() == []
    await until(lambda: _has_fault(fast_operator, voter, gateway))  # Temporal has it a moment after the row

    fast_demo.gateways(sms="ok", email="ok")
    assert await voter.recover({"sms": "email", "email": "sms"}[gateway])
    await voter.received_message("a été remplacé")  # so that the next case does not count it


async def test_an_sms_is_sent_after_an_outage_of_the_message_centre(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """The page says that the link is being sent, then that it is late; after the outage it is sent once.

    The worker's log has a line when the operator goes and one when it is back, and no traceback.
    """
    log = fast_demo.state / "logs" / "worker.log"
    before = len(log.read_text())
    fast_demo.gateways(sms="down")
    await until(lambda: not listens(fast_demo.ports["SMPP_PORT"]))
    voter = await fast_people.signed_in(ELODIE)
    await voter.ask()
    assert (await voter.wait_for_stage("Sending"))["title"] == "Votre lien va partir"
    late = await voter.wait_for_stage("Late")
    assert "Les essais continuent d’eux-mêmes." in plain(" ".join(late["sentences"]))
    fast_demo.gateways(sms="ok")
    link = await voter.received_link()
    await until(lambda: _has_arrived(voter), within=40)
    assert len(await voter.received()) == 1
    assert shown_code((await voter.press(link)).text)
    await voter.received_message("a été remplacé", within=40)
    await until(lambda: held_receipts(fast_operator) == 0)
    logged = log.read_text()[before:]
    assert "Traceback" not in logged
    assert [logged.count(f"event=gateway_{state} ") for state in ("unavailable", "available_again")] == [1, 1]


async def test_a_mail_is_sent_after_an_outage_of_the_relay(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """The page says that the link is being sent; after the outage it is sent once."""
    fast_demo.gateways(email="down")
    await until(lambda: not listens(fast_demo.ports["SMTP_PORT"]))
    voter = await fast_people.signed_in(ELODIE)
    await voter.ask("email")
    assert (await voter.wait_for_stage("Sending"))["title"] == "Votre lien va partir"
    fast_demo.gateways(email="ok")
    await voter.received_link()

    async def is_accepted() -> bool:
        return bool((await voter.follow())["steps"][1]["state"] == "done")

    async def nothing_is_being_sent() -> bool:
        return not (await fast_operator.recovery_of(voter).describe()).raw_description.pending_activities

    await until(is_accepted, within=30)
    await until(nothing_is_being_sent, within=30)
    assert len(await voter.received()) == 1


async def test_a_late_receipt_is_shown_as_a_late_sms(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """The page says how long an SMS takes at the moment, and after the receipt that it has arrived."""
    fast_demo.gateways(sms=HELD_BACK)
    voter = await fast_people.signed_in(JEAN_BAPTISTE)
    await voter.ask()
    assert (await voter.wait_for_stage("Sent"))["title"] == "Votre lien est parti"
    late = await voter.wait_for_stage("Late")
    assert late["title"] == "Votre lien prend du retard"
    # By what other tests have sent in the last hour, if anything.
    assert any(each.startswith(("En ce moment, ", "Un SMS arrive le plus souvent ")) for each in late["sentences"])
    release(fast_demo, "receipt")
    assert (await voter.wait_for_stage("Sent"))["title"] == "Votre SMS est arrivé"
    assert fast_operator.roll("SELECT count(*) FROM messages WHERE outcome = 'delivered'") != [(0,)]


async def test_an_sms_without_a_receipt_has_a_working_link(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """The page says that the SMS is late, but it has arrived and its link works."""
    fast_demo.gateways(sms="silent")
    voter = await fast_people.signed_in(MARC)
    await voter.ask()
    link = await voter.received_link()
    await voter.wait_for_stage("Late")
    assert held_receipts(fast_operator) == 0
    assert shown_code((await voter.press(link)).text)


@pytest.mark.parametrize("mode", ["twice", "early", "unknown"])
async def test_irregular_receipts_change_nothing_for_the_voter(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator, mode: str
) -> None:
    """A repeated receipt, one before the submit's answer, or one for an unknown message: one SMS and one code."""
    fast_demo.gateways(sms=mode)
    voter = await fast_people.signed_in(ANNE_SOPHIE)
    await voter.ask()
    link = await voter.received_link()
    await until(lambda: _has_arrived(voter), within=30)
    await until(lambda: held_receipts(fast_operator) == 0)
    assert (await voter.follow())["title"] == "Votre SMS est arrivé"
    assert len(await voter.received()) == 1
    assert shown_code((await voter.press(link)).text)
    await voter.received_message("a été remplacé")  # so that the next case does not count it


async def test_a_throttled_send_is_retried(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """While the operator throttles, the activity is retried, and the page does not say that it failed."""
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


async def test_a_delayed_mail_has_a_working_link(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """After the relay accepted the mail, the page says where to look for it until it arrives."""
    fast_demo.gateways(email=HELD_BACK)
    voter = await fast_people.signed_in(SYLVIE)
    await voter.ask("email")
    sent = await voter.wait_for_stage("Sent")
    assert "courriers indésirables" in plain(" ".join(sent["sentences"]))
    assert await voter.received() == []
    release(fast_demo, "mail")
    assert await voter.received_link()
    assert await fast_operator.recovery_of(voter).query("status")


async def test_the_notice_is_sent_after_an_outage_of_the_relay(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """The voter gets the code at once; the recovery ends after the notice is sent."""
    fast_demo.gateways(email="down")
    await until(lambda: not listens(fast_demo.ports["SMTP_PORT"]))
    voter = await fast_people.signed_in(SYLVIE)
    code = await voter.recover()
    assert (await voter.vote(code)).headers["location"] == "/espace-de-vote"
    recovery = fast_operator.recovery_of(voter)
    pending = (await recovery.describe()).raw_description.pending_activities
    assert [each.activity_type.name for each in pending] == ["send_notice"] * 2  # of the request, and of its end
    fast_demo.gateways(email="ok")
    notice = await voter.received_message("a été remplacé", within=40)
    assert notice["to"] == voter.person["work_email"]
    assert code not in notice["text"]
    assert await recovery.result() == "Reissued"


async def _has_arrived(voter: JourneyVoter) -> bool:
    return bool((await voter.follow())["title"] == "Votre SMS est arrivé")


async def _has_fault(operator: Operator, voter: JourneyVoter, gateway: str) -> bool:
    """Return whether the recovery's search attribute names a fault of this gateway."""
    fault = (await operator.recovery_of(voter).describe()).search_attributes.get("RecoveryFault", [""])
    return str(fault[0]).startswith(f"{gateway}:")


async def test_an_sms_leaves_by_the_gateway_in_reserve_once_an_operator_has_resumed_it(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator
) -> None:
    """While the first operator is down; its receipt comes by the webhook. Suspended again, it sends nothing more."""
    async with reserve_in_service(fast_demo) as page:
        assert "reprise (0\u00a0%)" in page
        assert "Octave Petit (o.petit)" in page
        fast_demo.gateways(sms="down")
        await until(lambda: not listens(fast_demo.ports["SMPP_PORT"]))
        voter = await fast_people.signed_in(MARC)
        await voter.ask()
        link = await voter.received_link()
        await until(lambda: _has_arrived(voter), within=30)
        sent = "SELECT gateway, outcome, may_be_taken FROM messages ORDER BY started_at DESC LIMIT 1"
        await until(lambda: fast_operator.roll(sent) == [("brevo", "delivered", False)])
        fast_demo.gateways(sms="ok")
        assert shown_code((await voter.press(link)).text)
