"""Following a request: the page changes by itself, and says what to do when something goes wrong."""

import re

from playwright.sync_api import expect

from demo.client.running import Demo
from tests.browser.conftest import Gateways
from tests.browser.voter import Voter
from tests.journeys.held_back_messages import HELD_BACK, release

_CHALLENGE = "/reassort/code-de-vote/question-defi"
_SENT = "Votre lien est parti"


def ask(voter: Voter, channel: str) -> None:
    """Make a request, and arrive at its follow-up."""
    voter.page.goto(_CHALLENGE)
    voter.answer_the_challenge(channel)
    expect(voter.page).to_have_url(re.compile("/reassort/suivi$"))


def test_the_page_changes_by_itself(elector: Voter, demo: Demo, gateways: Gateways) -> None:
    """From « sent » to « delivered » without being loaded again; a screen reader is told once."""
    gateways(sms=HELD_BACK)
    ask(elector, "sms")
    elector.sees(_SENT)
    expect(elector.page.get_by_text("Cette page se met à jour toute seule.")).to_be_visible()
    expect(elector.link("Actualiser")).to_be_hidden()
    elector.page.evaluate("document.body.dataset.kept = 'yes'")
    release(demo, "receipt")
    elector.sees("Votre SMS est arrivé")
    expect(elector.page.locator("[data-follow-announce]")).to_have_text("Votre SMS est arrivé")
    expect(elector.page.locator("body")).to_have_attribute("data-kept", "yes")


def test_who_is_at_a_link_stays_there_when_the_page_changes(
    elector: Voter, demo: Demo, gateways: Gateways
) -> None:
    """The keyboard's place is kept, though the part of the page around it is new."""
    gateways(sms=HELD_BACK)
    ask(elector, "sms")
    elector.sees(_SENT)
    elector.link("Choisir un autre moyen").focus()
    release(demo, "receipt")
    elector.sees("Votre SMS est arrivé")
    expect(elector.link("Choisir un autre moyen")).to_be_focused()


def test_a_send_that_failed_says_what_to_do(elector: Voter, gateways: Gateways) -> None:
    """The request is not lost: the voter takes the other channel, and the link arrives there."""
    gateways(sms="refuse")
    ask(elector, "sms")
    elector.sees("Votre lien n’a pas pu être envoyé")
    expect(elector.page.get_by_text("Votre demande n’est pas perdue")).to_be_visible()
    before = elector.newest_message()
    elector.link("Choisir un autre moyen").click()
    elector.answer_the_challenge("email")
    elector.sees(_SENT)
    assert elector.received_link(before).startswith("/lien/")


def test_a_send_that_failed_can_be_sent_again_at_once(elector: Voter, gateways: Gateways) -> None:
    """The minute between two sends is for those that have left."""
    gateways(email="refuse")
    ask(elector, "email")
    elector.sees("Votre lien n’a pas pu être envoyé")
    gateways(email="ok")
    elector.button("Recevoir un nouveau lien").click()
    elector.sees(_SENT)
    expect(elector.button("Recevoir un nouveau lien")).to_have_count(0)
    expect(elector.page.get_by_text("Vous pourrez demander un autre lien")).to_be_visible()


def test_a_late_sms_is_said_to_be_late(fast_elector: Voter, fast_gateways: Gateways) -> None:
    """The voter asks for a new link; the first one, which arrives all the same, says that it is replaced."""
    fast_gateways(sms="late:60")
    fast_elector.page.goto("/portail")
    before = fast_elector.newest_message()
    ask(fast_elector, "sms")
    fast_elector.sees("Votre lien prend du retard")
    first = fast_elector.received_link(before)
    before = fast_elector.newest_message()
    fast_elector.button("Recevoir un nouveau lien").click()
    second = fast_elector.received_link(before)

    fast_elector.page.goto(first)
    fast_elector.sees("Lien remplacé")
    fast_elector.page.goto(second)
    fast_elector.sees("Régénérer mon code de vote")


def test_a_link_that_nobody_opened_expires(fast_elector: Voter) -> None:
    """The follow-up says so by itself, and the link says what to do next."""
    fast_elector.page.goto("/portail")
    before = fast_elector.newest_message()
    ask(fast_elector, "sms")
    link = fast_elector.received_link(before)
    fast_elector.sees("Lien expiré")
    fast_elector.page.goto(link)
    fast_elector.sees("Lien expiré")
    fast_elector.link("Faire une nouvelle demande").click()
    fast_elector.sees("Obtenir un nouveau code de vote")


def test_an_unknown_link_says_so(elector: Voter) -> None:
    """A link that was cut off by a mail program leads to a page that says it, not to an error."""
    elector.page.goto("/lien/abcdef")
    elector.sees("Lien inconnu")
    expect(elector.page.get_by_text("un lien coupé ne fonctionne pas")).to_be_visible()
