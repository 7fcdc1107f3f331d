"""« Tapez ce que vous avez noté » without scripts, and the way back to a code that is still displayed."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx2
import pytest_asyncio

from activities.config.clock import utc_now
from activities.recoveries.links import LinkRecord
from demo.client.voter import hidden_fields, shown_code, shown_password
from election.following.progress import Progress
from tests.support.people import CAMILLE, Person
from tests.support.web_app import WebApp, assert_valid_response
from tests.web.routers.identifier_and_password_steps import steps
from web.app import create_app

_RIGHT = "vous l’avez noté sans erreur"
_ELSEWHERE = "rouvrez le lien dans le navigateur où vous avez appuyé sur le bouton"
_SEE_AGAIN = "Revoir mon code, encore"
_PAGES = ("/portail", "/reassort/suivi")


@dataclass
class Shown:
    """A voter whose browser shows the new code."""

    web_app: WebApp
    browser: httpx2.AsyncClient
    person: Person
    link_record: LinkRecord
    page: httpx2.Response

    @property
    def link(self) -> str:
        """The path of the link."""
        return self.web_app.link(self.link_record)

    @property
    def code(self) -> str:
        """The code that the page shows."""
        return shown_code(self.page.text) or ""

    async def checks(self, typed: str) -> httpx2.Response:
        """Send what was noted, to be compared."""
        form = hidden_fields(self.page.text) | {"noted": typed}
        answer = await self.browser.post(f"{self.link}/verification", data=form)
        assert_valid_response(answer)
        return answer

    async def progress(self) -> Progress:
        """Return what was noted of the recovery."""
        noted = await self.web_app.context.statuses.noted(self.link_record.workflow_id)
        assert noted
        return noted

    async def signs_in(self) -> None:
        """Sign in, in the same browser."""
        self.browser.cookies.set("session", (await self.web_app.signed_in(self.person)).cookie)


@pytest_asyncio.fixture
async def shown(web_app: WebApp) -> AsyncIterator[Shown]:
    """A voter who has just used a link."""
    person = await web_app.new_elector()
    link_record = await web_app.voting_code_link(person)
    link = web_app.link(link_record)
    async with web_app.browser() as browser:
        form = hidden_fields((await browser.get(link)).text)
        yield Shown(web_app, browser, person, link_record, await browser.post(link, data=form))


async def test_the_server_compares_where_no_script_does(shown: Shown) -> None:
    """The page comes back with the code, the time that is left, and what differs; what was typed can be corrected."""
    code = shown.code
    other = "x" if code[7] != "X" else "y"
    wrong = await shown.checks(f"{code[:4].lower()} {code[4:7]}{other}")
    right = await shown.checks(code.lower())
    assert (wrong.status_code, shown_code(wrong.text)) == (200, code)
    assert "Le 2e groupe ne correspond pas. Il manque 8\u00a0caractères." in wrong.text
    assert re.search(r'id="f-noted"[^>]*value="[^"]+[xy]"[^>]*aria-invalid="true"', wrong.text)
    assert (right.status_code, shown_code(right.text)) == (200, code)
    assert _RIGHT in right.text
    assert 'aria-invalid="true"' not in right.text
    assert re.search(r'id="f-noted"[^>]*value=""', right.text)


async def test_a_comparison_changes_nothing(shown: Shown) -> None:
    """The window ends when it would have ended, and nothing of it is noted."""
    before = await shown.progress()
    left = [_left(await shown.checks(typed)) for typed in ("", shown.code, "x" * 300)]
    assert await shown.progress() == before
    assert left == sorted(left, reverse=True)
    assert left[0] <= _left(shown.page)


async def test_nothing_is_compared_for_another_browser(shown: Shown) -> None:
    """It reads that the link is used and where the code is still on screen, whether or not it knows the code."""
    async with shown.web_app.browser() as other:
        answer = await other.post(
            f"{shown.link}/verification", data=hidden_fields(shown.page.text) | {"noted": shown.code}
        )
    assert answer.status_code == 410
    assert "Lien déjà utilisé" in answer.text
    assert _ELSEWHERE in answer.text
    assert _RIGHT not in answer.text
    assert shown.code not in answer.text


async def test_nothing_is_compared_after_the_window(shown: Shown) -> None:
    """The code is not compared once the voter has pressed « J’ai noté mon code »."""
    await shown.browser.post(f"{shown.link}/note", data=hidden_fields(shown.page.text))
    answer = await shown.checks(shown.code)
    assert answer.status_code == 410
    assert _ELSEWHERE not in answer.text
    assert _RIGHT not in answer.text
    assert shown.code not in answer.text


async def test_a_comparison_needs_the_hidden_field(shown: Shown) -> None:
    """Another site cannot ask."""
    for form in ({}, {"csrf": "0" * 64}):
        answer = await shown.browser.post(f"{shown.link}/verification", data={**form, "noted": shown.code})
        assert answer.status_code == 403
        assert shown.code not in answer.text


async def test_the_address_of_a_comparison_leads_back_to_the_code(shown: Shown, web_app: WebApp) -> None:
    """When it is loaded again, say; of an unknown link there is none."""
    back = await shown.browser.get(f"{shown.link}/verification")
    assert (back.status_code, back.headers["location"]) == (303, shown.link)
    async with web_app.browser() as browser:
        for answer in (await browser.get("/lien/abc/verification"), await browser.post("/lien/abc/verification")):
            assert answer.status_code == 404


async def test_a_password_is_compared_with_its_case(web_app: WebApp) -> None:
    """2011's password, behind its own link."""
    async with web_app.browser() as browser:
        voter = await steps(web_app, await web_app.new_elector(), browser)
        third = await voter.chooses(await voter.proves())
        password = shown_password(third.text) or ""
        form, address = hidden_fields(third.text), f"{voter.link}/verification"
        right = await browser.post(address, data=form | {"noted": f"{password[:4]} {password[4:]}"})
        wrong = await browser.post(address, data=form | {"noted": password.swapcase()})
    assert _RIGHT in right.text
    assert "ne correspondent pas" in wrong.text
    assert {shown_password(right.text), shown_password(wrong.text)} == {password}
    assert "Étape 3 sur 3" in wrong.text


async def test_pages_lead_back_to_a_code_that_this_browser_shows(shown: Shown) -> None:
    """Portal and follow-up, with the time that is left; not after « J’ai noté mon code »."""
    await shown.signs_in()
    for path in _PAGES:
        page = (await shown.browser.get(path)).text
        assert re.search(
            rf'href="{shown.link}"><span>{_SEE_AGAIN} <span data-seconds>(120|1[01]\d|\d\d?)</span> s<', page
        )
    again = await shown.browser.get(shown.link)
    assert shown_code(again.text) == shown.code
    await shown.browser.post(f"{shown.link}/note", data=hidden_fields(again.text))
    for path in _PAGES:
        assert _SEE_AGAIN not in (await shown.browser.get(path)).text


async def test_no_page_leads_back_after_the_window(shown: Shown, web_app: WebApp) -> None:
    """Also if the browser still has the cookie."""
    await shown.signs_in()
    over = replace(web_app.context, now=lambda: utc_now() + timedelta(seconds=121))
    transport = httpx2.ASGITransport(create_app(over))
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://portail.exemple.fr", cookies=shown.browser.cookies
    ) as later:
        for path in _PAGES:
            page = await later.get(path)
            assert (page.status_code, _SEE_AGAIN in page.text) == (200, False)


async def test_other_pages_do_not_lead_back(shown: Shown, web_app: WebApp) -> None:
    """Neither the elector's in another browser, nor in this one those of somebody else."""
    async with web_app.browser(cookie=f"session={(await web_app.signed_in(shown.person)).cookie}") as other:
        for path in _PAGES:
            assert _SEE_AGAIN not in (await other.get(path)).text
    shown.browser.cookies.set("session", (await web_app.signed_in(CAMILLE)).cookie)
    for path in _PAGES:
        assert _SEE_AGAIN not in (await shown.browser.get(path)).text


def _left(page: httpx2.Response) -> int:
    found = re.search(r'data-remaining="(\d+)"', page.text)
    assert found
    return int(found[1])


def _order(page: str, *parts: str) -> list[int]:
    places = [page.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    return places


async def test_after_the_window_voting_comes_first(shown: Shown) -> None:
    """Then why the code is gone; a new request comes last, after the warning that the noted code would die."""
    noted = await shown.browser.post(f"{shown.link}/note", data=hidden_fields(shown.page.text))
    over = await shown.browser.get(noted.headers["location"])
    used = await shown.browser.get(shown.link)
    for page in (over.text, used.text):
        main = page.partition("<main")[2]
        parts = [
            'href="/vote">Aller voter<',
            "affich",
            "cessera",
            'href="/reassort/code-de-vote">Faire une nouvelle demande<',
        ]
        assert _order(main, *parts) == sorted(_order(main, *parts))


async def test_without_scripts_the_page_asks_for_its_address_at_the_end(shown: Shown) -> None:
    """Whose answer is then that the link is used."""
    refresh = re.search(
        r'<noscript>\s*<meta http-equiv="refresh" content="(\d+); url=([^"]+)">\s*</noscript>', shown.page.text
    )
    assert refresh
    assert (int(refresh[1]), refresh[2]) == (_left(shown.page), shown.link)
