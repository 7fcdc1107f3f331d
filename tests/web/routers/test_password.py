"""A forgotten password: the same pages for everyone, then a link that only a valid password uses up."""

import asyncio
import re
from dataclasses import replace
from http.cookies import SimpleCookie

import httpx2
from sqlalchemy import select

from activities.recoveries.links import LinkRecord
from activities.store.tables import journal, links
from election.procedures import Procedure, workflow_id_of
from election.verdicts import LinkVerdict
from tests.support.people import CAMILLE, Person
from tests.support.waiting import until
from tests.support.web_app import SessionTokens, WebApp, assert_valid_response

NEW = "Éléphant d’octobre 1943"
UNSEEN = [(f"{NEW} ", f"{NEW} "), (f"{NEW}\u200b", f"{NEW}\u200b")]  # a copy of them would not be typed again
_HERE = "/reassort/mot-de-passe"
_DRAWN = re.compile(r"[A-Za-z0-9_-]{20,}")


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', page)
    assert found
    return found[1]


async def _asks(web_app: WebApp, identifier: str, tokens: SessionTokens | None = None) -> list[httpx2.Response]:
    """Go through the three steps, and return the response to each."""
    headers = {"cookie": f"session={tokens.cookie}"} if tokens else {}
    async with web_app.browser(**headers) as browser:
        page = (await browser.get(_HERE)).text
        captcha = _hidden(page, "captcha_id")
        answer = await web_app.services.captchas.answer(captcha)
        typed = {"identifier": identifier, "captcha_id": captcha, "captcha": answer, "csrf": _hidden(page, "csrf")}
        first = await browser.post(_HERE, data=typed)
        fields = {name: _hidden(first.text, name) for name in ("csrf", "form_id", "step_token")}
        second = await browser.post(f"{_HERE}/confirmation", data={**fields, "identifier": identifier})
        third = await browser.get(second.headers["location"])
    for each in (first, second, third):
        assert_valid_response(each)
    return [first, second, third]


async def _link_of(web_app: WebApp, person: Person) -> LinkRecord:
    subject = (await web_app.services.roll.claimant(person.work_email)).subject
    workflow_id = workflow_id_of(Procedure.PASSWORD, subject)
    mine = select(links.c.link_id).where(links.c.workflow_id == workflow_id)

    async def found() -> str | None:
        async with web_app.services.database.reading() as connection:
            return (await connection.execute(mine)).scalar_one_or_none()

    await until(found)
    return LinkRecord(workflow_id, str(await found()), LinkVerdict.LIVE)


async def test_known_and_unknown_identifiers_look_the_same(web_app: WebApp) -> None:
    """The same steps and pages, but for random values."""
    person = await web_app.new_elector()
    looks = []
    for identifier in (person.work_email, "p61@ac-lyon.invalid"):
        answers = await _asks(web_app, identifier)
        assert [each.status_code for each in answers] == [200, 303, 200]
        looks.append([_DRAWN.sub("…", each.text.replace(identifier, "…")) for each in answers])
    assert looks[0] == looks[1]
    assert person.work_email[1:] not in looks[0][0]


async def test_the_address_is_shown_masked_to_its_own_elector_alone(web_app: WebApp) -> None:
    """With a sign-in the page says where the link is sent; for another elector's identifier it does not."""
    mine = await _asks(web_app, CAMILLE.work_email, await web_app.signed_in())
    assert "c•••@a•••.fr" in mine[0].text
    theirs = await _asks(web_app, "personne@ac-lyon.fr", await web_app.signed_in())
    assert "•••" not in theirs[0].text


async def test_a_confirmation_is_not_taken_without_its_captcha(web_app: WebApp) -> None:
    """A confirmation with another identifier is refused."""
    tokens = await web_app.before_password("personne@ac-lyon.fr")
    typed = {"csrf": tokens.csrf, "identifier": CAMILLE.work_email, "form_id": "0" * 32, "step_token": "0" * 64}
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        assert (await browser.post(f"{_HERE}/confirmation", data=typed)).status_code == 403


async def test_a_confirmation_is_not_taken_for_a_part_of_what_was_typed(web_app: WebApp) -> None:
    """An identifier with separators in it serves no other identifier, whatever id of the form comes with it."""
    person = await web_app.new_elector()
    padding = "A" * 200
    async with web_app.browser() as browser:
        page = (await browser.get(_HERE)).text
        captcha = _hidden(page, "captcha_id")
        answer = await web_app.services.captchas.answer(captcha)
        typed = {"captcha_id": captcha, "captcha": answer, "csrf": _hidden(page, "csrf")}
        first = await browser.post(_HERE, data=typed | {"identifier": f"{padding}|{person.work_email}"})
        fields = {name: _hidden(first.text, name) for name in ("csrf", "form_id", "step_token")}
        longer = fields | {"identifier": person.work_email, "form_id": f"{fields['form_id']}|{padding}"}
        for forged in (longer, fields | {"identifier": person.work_email}):
            assert (await browser.post(f"{_HERE}/confirmation", data=forged)).status_code == 403
    tokens = web_app.context.form_tokens
    assert tokens.make("session", "a|b", "c") != tokens.make("session", "a", "b|c")


async def test_only_a_valid_password_uses_the_link_up(web_app: WebApp) -> None:
    """GET changes nothing, nor does a mistake; of two posts one wins; the new password signs in, in a known browser."""
    person = await web_app.new_elector()
    await _asks(web_app, person.work_email)
    link_record = await _link_of(web_app, person)
    link = f"/lien/{web_app.services.links.token(link_record.workflow_id, link_record.link_id)}"
    cookie, _ = await web_app.services.sessions.open(person.id)
    async with web_app.browser() as browser:
        page = await browser.get(link)
        csrf = _hidden(page.text, "csrf")
        for password, again in (("court", "court"), (NEW, f"{NEW} "), ("", ""), *UNSEEN):
            wrong = await browser.post(link, data={"csrf": csrf, "password": password, "confirmation": again})
            assert_valid_response(wrong)
            assert wrong.status_code == 422
            assert not password or password not in wrong.text
        fields = {"csrf": csrf, "password": NEW, "confirmation": NEW}
        both = await asyncio.gather(*(browser.post(link, data=fields) for _ in range(2)))
        assert sorted(each.status_code for each in both) == [200, 410]
        assert "mot de passe" in (await browser.get(link)).text
    assert await web_app.services.sessions.find(cookie) is None
    done = next(each for each in both if each.status_code == 200)
    known = SimpleCookie("\r\n".join(done.headers.get_list("set-cookie")))["connu"]
    assert known["path"] == "/connexion"
    claimant = await web_app.services.roll.claimant(person.work_email)
    assert (await web_app.services.sign_in.check(claimant, NEW)).verdict == "accepted"


async def test_a_guessable_password_is_refused_in_a_sentence(web_app: WebApp) -> None:
    """Common, about the elector, about the election: the page says which, and the link is still good."""
    person = await web_app.new_elector()
    await _asks(web_app, person.work_email)
    link_record = await _link_of(web_app, person)
    link = f"/lien/{web_app.services.links.token(link_record.workflow_id, link_record.link_id)}"
    said = {
        "Password1234!": "Ce mot de passe est trop courant",
        "Azerty123456!": "Ce mot de passe est trop courant",
        "Elections2026!": "fait du nom de l’élection",
        "Orage-Durand-77": "Ce mot de passe contient votre nom",
    }
    async with web_app.browser() as browser:
        csrf = _hidden((await browser.get(link)).text, "csrf")
        for password, sentence in said.items():
            fields = {"csrf": csrf, "password": password, "confirmation": password}
            refused = await browser.post(link, data=fields)
            assert_valid_response(refused)
            assert refused.status_code == 422
            assert sentence in refused.text
            assert password not in refused.text
        taken = await browser.post(link, data={"csrf": csrf, "password": NEW, "confirmation": NEW})
        assert taken.status_code == 200


async def test_a_link_that_its_recovery_does_not_know_changes_nothing(web_app: WebApp) -> None:
    """A link of an earlier recovery that was terminated is cancelled; one that was used is used."""
    person = await web_app.new_elector()
    await _asks(web_app, person.work_email)
    link_record = await _link_of(web_app, person)
    for ending, told in ((LinkVerdict.LIVE, LinkVerdict.CANCELLED), (LinkVerdict.USED, LinkVerdict.USED)):
        former = replace(link_record, link_id="of an earlier recovery", ending=ending)
        assert await web_app.context.password_client.choose(former, NEW) is told
    assert await web_app.context.password_client.choose(link_record, NEW) is None


async def test_of_fifty_clicks_at_once_one_takes(web_app: WebApp) -> None:
    """Each with another password: one succeeds, and its password signs in; the others read that the link is used."""
    person = await web_app.new_elector()
    await _asks(web_app, person.work_email)
    link_record = await _link_of(web_app, person)
    link = f"/lien/{web_app.services.links.token(link_record.workflow_id, link_record.link_id)}"
    chosen = [f"{NEW} {number}" for number in range(50)]
    async with web_app.browser() as browser:
        csrf = _hidden((await browser.get(link)).text, "csrf")
        clicks = (
            browser.post(link, data={"csrf": csrf, "password": each, "confirmation": each}) for each in chosen
        )
        answers = await asyncio.gather(*clicks)
    done = [each for each, answer in zip(chosen, answers, strict=True) if answer.status_code == 200]
    assert len(done) == 1
    assert [answer.status_code for answer in answers].count(410) == len(chosen) - 1
    claimant = await web_app.services.roll.claimant(person.work_email)
    others = [each for each in chosen if each not in done][:2]
    verdicts = [(await web_app.services.sign_in.check(claimant, each)).verdict for each in (*done, *others)]
    assert [verdict == "accepted" for verdict in verdicts] == [True, False, False]


async def test_a_confirmation_that_is_sent_five_times_at_once_makes_one_link(web_app: WebApp) -> None:
    """Every response is the same, and one link is registered."""
    person = await web_app.new_elector()
    async with web_app.browser() as browser:
        page = (await browser.get(_HERE)).text
        captcha = _hidden(page, "captcha_id")
        read = await web_app.services.captchas.answer(captcha)
        typed = {"captcha_id": captcha, "captcha": read, "csrf": _hidden(page, "csrf")}
        first = await browser.post(_HERE, data={**typed, "identifier": person.work_email})
        fields = {name: _hidden(first.text, name) for name in ("csrf", "form_id", "step_token")}
        sent = {**fields, "identifier": person.work_email}
        answers = await asyncio.gather(*(browser.post(f"{_HERE}/confirmation", data=sent) for _ in range(5)))
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {(303, f"{_HERE}/demande")}
    link_record = await _link_of(web_app, person)  # exactly one
    handle = web_app.context.voting_code_client._client.get_workflow_handle(link_record.workflow_id)
    await handle.query("status")  # when it answers, all five signals have been handled
    assert await _link_of(web_app, person) == link_record


async def test_the_page_after_a_request_has_no_form(web_app: WebApp) -> None:
    """It can be loaded at any time."""
    async with web_app.browser() as browser:
        page = await browser.get(f"{_HERE}/demande")
    assert page.status_code == 200
    assert 'name="identifier"' not in page.text


async def test_one_captcha_serves_one_confirmation(web_app: WebApp) -> None:
    """Sent again, the confirmed form gets the same answer, and asks for nothing: no request is counted, no link sent."""
    person = await web_app.new_elector()
    async with web_app.browser() as browser:
        page = (await browser.get(_HERE)).text
        captcha = _hidden(page, "captcha_id")
        answer = await web_app.services.captchas.answer(captcha)
        typed = {"identifier": person.work_email, "captcha_id": captcha, "captcha": answer}
        first = await browser.post(_HERE, data={**typed, "csrf": _hidden(page, "csrf")})
        fields = {name: _hidden(first.text, name) for name in ("csrf", "form_id", "step_token")}
        form = {**fields, "identifier": person.work_email}
        await browser.post(f"{_HERE}/confirmation", data=form)
        before = await _traces(web_app, person)
        again = [await browser.post(f"{_HERE}/confirmation", data=form) for _ in range(5)]
    assert [each.headers["location"] for each in again] == [f"{_HERE}/demande"] * 5
    assert (await _traces(web_app, person), before) == (1, 1)


async def _traces(web_app: WebApp, person: Person) -> int:
    mine = select(journal.c.number).where(
        journal.c.event == "access:request:submitted", journal.c.actor == person.id
    )
    async with web_app.services.database.reading() as connection:
        return len((await connection.execute(mine)).all())
