"""The follow-up page updates by itself, and says what to do after a failure.

What it says of a late SMS, of an expired link and of a replaced one is in tests/journeys: `test_gateways.py` and `test_link.py`.
"""

import re

from playwright.sync_api import expect

from demo.client.running import Demo
from tests.browser.conftest import Gateways
from tests.browser.voter import Voter
from tests.journeys.held_back_messages import HELD_BACK, release

_CHALLENGE = "/reassort/code-de-vote/question-defi"
_SENT = "Votre lien est parti"


def ask(voter: Voter, channel: str) -> None:
    """Send the challenge form, and wait for the follow-up page."""
    voter.page.goto(_CHALLENGE)
    voter.answer_the_challenge(channel)
    expect(voter.page).to_have_url(re.compile("/reassort/suivi$"))


def test_the_page_updates_by_itself(elector: Voter, demo: Demo, gateways: Gateways) -> None:
    """It changes from sent to delivered without a reload, and announces the change to screen readers."""
    gateways(sms=HELD_BACK)
    ask(elector, "sms")
    elector.sees(_SENT)
    expect(elector.page.get_by_text("Cette page se met à jour automatiquement.")).to_be_visible()
    expect(elector.link("Actualiser")).to_be_hidden()
    elector.page.evaluate("document.body.dataset.kept = 'yes'")
    release(demo, "receipt")
    elector.sees("Votre SMS est arrivé")
    expect(elector.page.locator("[data-follow-announce]")).to_have_text("Votre SMS est arrivé")
    expect(elector.page.locator("body")).to_have_attribute("data-kept", "yes")


def test_the_focus_is_kept_when_the_page_updates(elector: Voter, demo: Demo, gateways: Gateways) -> None:
    """A focused link keeps the focus, although the part of the page around it is replaced."""
    gateways(sms=HELD_BACK)
    ask(elector, "sms")
    elector.sees(_SENT)
    elector.link("Changer de numéro ou d’adresse").focus()
    release(demo, "receipt")
    elector.sees("Votre SMS est arrivé")
    expect(elector.link("Changer de numéro ou d’adresse")).to_be_focused()


def test_the_focus_stays_in_the_part_that_is_replaced(elector: Voter, demo: Demo, gateways: Gateways) -> None:
    """What has the focus and no name gives it to the title, which keeps it when the part is replaced once more."""
    gateways(sms=HELD_BACK)
    ask(elector, "sms")
    elector.sees(_SENT)
    title = elector.page.locator("#suivi h2")
    title.focus()
    release(demo, "receipt")
    elector.sees("Votre SMS est arrivé")
    expect(title).to_be_focused()


def test_after_a_failed_send_another_channel_can_be_chosen(elector: Voter, gateways: Gateways) -> None:
    """The page says why the send has failed, and the link arrives by the other channel."""
    gateways(sms="refuse")
    ask(elector, "sms")
    elector.sees("Votre lien n’a pas pu être envoyé")
    expect(elector.page.get_by_text("Ce numéro n’existe pas ou ne reçoit pas de SMS")).to_be_visible()
    before = elector.newest_message()
    elector.link("Changer de numéro ou d’adresse").click()
    elector.give_destination("email")  # the proofs are kept for some minutes
    elector.button("Envoyer le lien").click()
    elector.sees(_SENT)
    assert elector.received_link(before).startswith("/lien/")


def test_a_failed_send_can_be_repeated_at_once(elector: Voter, gateways: Gateways) -> None:
    """The button is offered, and the link that it orders is sent."""
    gateways(email="refuse")
    ask(elector, "email")
    elector.sees("Votre lien n’a pas pu être envoyé")
    gateways(email="ok")
    elector.button("Recevoir un nouveau lien").click()
    elector.sees(_SENT)
