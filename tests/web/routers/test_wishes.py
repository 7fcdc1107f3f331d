"""The journal has, with each request, the sentence by which the voter asked for a message to a private contact."""

from hashlib import sha256

import httpx2
import pytest
from sqlalchemy import select

from activities.store.tables import journal
from activities.texts import wishes
from activities.texts.wishes import Wish
from demo.client.voter import VERIFICATION, hidden_fields
from election.stages import Channel
from tests.support.code_request import voter_of
from tests.support.people import Person
from tests.support.web_app import WebApp
from tests.web.routers.identifier_and_password_steps import steps

_BY_SMS, _BY_EMAIL = (wishes.VOTING_CODE_BY[channel] for channel in (Channel.SMS, Channel.EMAIL))
_IN_ENGLISH = "By sending this page, I ask of my own accord for the link to be sent to the number that I give."
_ID_IN_ENGLISH = sha256(_IN_ENGLISH.encode()).hexdigest()
_SENT_UNTIL_0_3 = (
    "En envoyant cette page, je demande de ma propre initiative que le lien soit envoyé au numéro ou à l’adresse que "
    "j’indique."
)


async def _wordings(web_app: WebApp, actor: str, event: str) -> list[str]:
    mine = select(journal.c.wording).where(journal.c.actor == actor, journal.c.event == event)
    async with web_app.services.database.reading() as connection:
        return list((await connection.execute(mine)).scalars())


async def _asks(
    web_app: WebApp, person: Person, channel: Channel = Channel.SMS, **changes: str
) -> httpx2.Response:
    async with web_app.browser() as browser:
        browser.cookies.set("session", (await web_app.signed_in(person)).cookie)
        voter = voter_of(browser, person)
        assert (await voter.fill_in(channel)).headers["location"] == VERIFICATION
        assert wishes.VOTING_CODE_BY[channel].text in (await voter.page(VERIFICATION)).text
        return await voter.send(VERIFICATION, **changes)


@pytest.mark.parametrize("channel", Channel)
async def test_the_journal_has_the_sentence_of_a_request_for_a_voting_code(
    web_app: WebApp, channel: Channel
) -> None:
    """Its id is the SHA-256 of the sentence that stood above the button: of a number, or of an address."""
    person = await web_app.new_elector()
    assert (await _asks(web_app, person, channel)).status_code == 303
    wish = wishes.VOTING_CODE_BY[channel]
    assert await _wordings(web_app, person.id, "voting_code:request:accepted") == [wish.id]


async def test_a_voter_in_english_reads_the_sentence_in_english(web_app: WebApp) -> None:
    """The journal has the id of the sentence in the language in which it was read."""
    person = await web_app.new_elector()
    async with web_app.browser() as browser:
        browser.cookies.set("session", (await web_app.signed_in(person)).cookie)
        browser.cookies.set("langue", "en")
        voter = voter_of(browser, person)
        await voter.fill_in()
        page = await voter.page(VERIFICATION)
        assert _IN_ENGLISH in page.text
        assert _BY_SMS.text not in page.text
        browser.cookies.set("langue", "fr")
        assert "Le texte de cette page a changé" in (await voter.send(VERIFICATION, wording=_ID_IN_ENGLISH)).text
        browser.cookies.set("langue", "en")
        await voter.send(VERIFICATION)
    assert await _wordings(web_app, person.id, "voting_code:request:accepted") == [_ID_IN_ENGLISH]


async def test_a_page_with_another_sentence_is_to_be_read_again(web_app: WebApp) -> None:
    """When a new release changes the sentence while the voter fills in the form, nothing is sent."""
    person = await web_app.new_elector()
    again = await _asks(web_app, person, wording=Wish("Autre phrase.").id)
    assert again.status_code == 422
    assert "Le texte de cette page a changé" in again.text
    assert _BY_SMS.text in again.text
    assert await _wordings(web_app, person.id, "voting_code:request:accepted") == []


async def test_the_journal_has_the_sentence_of_a_request_for_an_identifier(web_app: WebApp) -> None:
    """2018."""
    person = await web_app.new_elector()
    typed = {"numen": person.numen, "phone": "06 12 34 58 33", "birth_date": "02/05/1985"}
    async with web_app.browser() as browser:
        browser.cookies.set("session", (await web_app.signed_in(person)).cookie)
        page = await browser.get("/reassort/identifiant")
        fields = {**hidden_fields(page.text), **typed}
        fields["captcha"] = await web_app.services.captchas.answer(fields["captcha_id"]) or ""
        check = (await browser.post("/reassort/identifiant", data=fields)).headers["location"]
        page = await browser.get(check)
        assert wishes.IDENTIFIER.text in page.text
        assert (await browser.post(check, data=hidden_fields(page.text))).status_code == 303
    assert await _wordings(web_app, person.id, "identifier:request:accepted") == [wishes.IDENTIFIER.id]


async def test_the_journal_has_the_sentence_of_the_choice_of_an_address(web_app: WebApp) -> None:
    """2011: where another address is checked, since the work mailbox is no private contact; with the new password."""
    person = await web_app.new_elector()
    async with web_app.browser() as browser:
        voter = await steps(web_app, person, browser)
        second = await voter.proves()
        assert wishes.IDENTIFIER_AND_PASSWORD.text not in second.text
        await voter.chooses(second, destination="other", email="p@exemple.fr", email_again="p@exemple.fr")
    wording = await _wordings(web_app, person.id, "identifier_and_password:password:reissued")
    assert wording == [wishes.IDENTIFIER_AND_PASSWORD.id]


@pytest.mark.parametrize(
    ("wish", "begins"),
    [
        (_BY_SMS, "a2eff23e4b68"),
        (_BY_EMAIL, "4ce21c96db0a"),
        (Wish(_SENT_UNTIL_0_3), "c49e400781bc"),
        (wishes.FRANCE_CONNECT, "cd217e5ca73a"),
        (wishes.IDENTIFIER, "dbf1c0ce8412"),
        (wishes.IDENTIFIER_AND_PASSWORD, "02d8dc5b8838"),
    ],
)
def test_a_sentence_that_the_journal_may_have_is_kept(wish: Wish, begins: str) -> None:
    """Of a sentence that is changed, the former one stays in `EVERY`: an expert must find the sentence of an id."""
    assert wish.id.startswith(begins)
    assert wish in wishes.EVERY
