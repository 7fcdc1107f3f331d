"""A sign-in leads where the voter was going, and to no page but our own."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.client.voter import hidden_fields
from election.procedures import Procedure
from tests.support.people import CAMILLE, Person
from tests.support.web_app import WebApp, assert_valid_response
from web.app import create_app

_NEW_CODE = "obtenir un nouveau code de vote"
# What is asked for without a sign-in, where the sign-in leads, and what it says of it.
_LEADS = [
    ("/vote", "/vote", "voter"),
    ("/espace-de-vote", "/vote", "voter"),
    ("/reassort/code-de-vote", "/reassort/code-de-vote", _NEW_CODE),
    ("/reassort/code-de-vote/question-defi", "/reassort/code-de-vote/question-defi", _NEW_CODE),
    ("/franceconnect/retour", "/reassort/code-de-vote", _NEW_CODE),
    ("/reassort/suivi", "/reassort/suivi", "suivre votre demande"),
    ("/reassort/suivi/evenements", "/reassort/suivi", "suivre votre demande"),
    ("/portail/reassorts", "/portail/reassorts", "relire vos demandes"),
]
_FOREIGN = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/vote",
    "vote",
    "vote.",
    "vote." + "0" * 32,
    "inconnu.0123456789abcdef0123456789abcdef",
    "vote.é",
    "\ud800",
    "x" * 300,
]


@dataclass
class Visitor:
    """A browser without a session."""

    web_app: WebApp
    http: httpx2.AsyncClient

    async def is_led_to(self, path: str) -> str:
        """Ask for a page, and return the address that the answer leads to."""
        answer = await self.http.get(path)
        assert answer.status_code == 303
        return str(answer.headers["location"])

    async def sends(self, page: httpx2.Response, **typed: str) -> httpx2.Response:
        """Fill in the form of a page, with its right CAPTCHA, and send it."""
        fields = hidden_fields(page.text)
        if "captcha_id" in fields:
            fields["captcha"] = await self.web_app.services.captchas.answer(fields["captcha_id"]) or ""
        action = re.search(r'<form method="post" action="(/connexion[^"]*)"', page.text)
        assert action
        answer = await self.http.post(action[1], data=fields | typed)
        assert_valid_response(answer)
        return answer


def _title(page: httpx2.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    assert found
    return " ".join(found[1].split())


@pytest.mark.parametrize(("asked", "path", "purpose"), _LEADS)
async def test_a_sign_in_leads_where_one_was_going(web_app: WebApp, asked: str, path: str, purpose: str) -> None:
    """Both steps say so, through a wrong CAPTCHA, another one and a wrong password."""
    async with web_app.browser() as http:
        visitor = Visitor(web_app, http)
        address = await visitor.is_led_to(asked)
        first = await http.get(address)
        assert _title(first) == f"Connectez-vous pour {purpose}"
        for wrong in ({"captcha": "1"}, {"action": "captcha"}):
            first = await visitor.sends(first, identifier=CAMILLE.work_email, **wrong)
            assert _title(first) == f"Connectez-vous pour {purpose}"
        second = await http.get((await visitor.sends(first, identifier=CAMILLE.work_email)).headers["location"])
        for page in (second, await visitor.sends(second, password="pas le bon")):
            assert f"Connectez-vous pour {purpose}." in page.text
            assert f'href="{address}">Modifier' in page.text
        opened = await visitor.sends(second, password=CAMILLE.password)
        assert (opened.status_code, opened.headers["location"]) == (303, path)
        assert await visitor.is_led_to(address) == path


async def test_the_portal_s_own_sign_in_leads_to_the_portal(web_app: WebApp) -> None:
    """Its address has nothing in it."""
    async with web_app.browser() as http:
        visitor = Visitor(web_app, http)
        assert await visitor.is_led_to("/portail") == "/connexion"
        first = await http.get("/connexion")
        assert _title(first) == "Se connecter"
        second = await visitor.sends(first, identifier=CAMILLE.work_email)
        assert second.headers["location"] == "/connexion/mot-de-passe"
        opened = await visitor.sends(await http.get("/connexion/mot-de-passe"), password=CAMILLE.password)
        assert opened.headers["location"] == "/portail"


@pytest.mark.parametrize("foreign", _FOREIGN)
async def test_any_other_text_leads_to_the_portal(web_app: WebApp, foreign: str) -> None:
    """In an address or a form, before the sign-in or after it."""
    query = urlencode({"vers": foreign.encode(errors="surrogatepass")})
    typed = foreign.encode(errors="replace").decode()
    async with web_app.browser() as http:
        visitor = Visitor(web_app, http)
        first = await http.get(f"/connexion?{query}")
        assert (first.status_code, _title(first), "vers" in hidden_fields(first.text)) == (
            200,
            "Se connecter",
            False,
        )
        claimed = await visitor.sends(first, identifier=CAMILLE.work_email, vers=typed)
        assert claimed.headers["location"] == "/connexion/mot-de-passe"
        second = await http.get(f"/connexion/mot-de-passe?{query}")
        assert "vers" not in hidden_fields(second.text)
        opened = await visitor.sends(second, password=CAMILLE.password, vers=typed)
        assert (opened.status_code, opened.headers["location"]) == (303, "/portail")
        for path in ("/connexion", "/connexion/mot-de-passe", "/connexion/code"):
            assert await visitor.is_led_to(f"{path}?{query}") == "/portail"


@given(text=st.text())
async def test_no_text_but_a_sealed_one_is_a_destination(web_app: WebApp, text: str) -> None:
    """Whatever is in the address, the sign-in's page is the plain one."""
    async with web_app.browser() as http:
        page = await http.get("/connexion", params={"vers": text.encode(errors="replace")})
    assert (page.status_code, _title(page)) == (200, "Se connecter")


async def test_the_address_is_the_same_for_everyone(web_app: WebApp) -> None:
    """It names the page alone: nothing in it is of a person or a session."""
    seen = set()
    for _ in range(2):
        async with web_app.browser() as http:
            seen.add(await Visitor(web_app, http).is_led_to("/reassort/code-de-vote"))
    [address] = seen
    assert re.fullmatch(r"/connexion\?vers=code\.[0-9a-f]{32}", address)


@pytest.mark.parametrize(
    ("sent", "path", "purpose"),
    [
        ("/vote", "/vote", "voter"),
        ("/reassort/code-de-vote/question-defi", "/reassort/code-de-vote/question-defi", _NEW_CODE),
        ("/reassort/suivi/renvoyer", "/reassort/suivi", "suivre votre demande"),
    ],
)
async def test_after_a_session_s_end_the_sign_in_leads_back(
    web_app: WebApp, sent: str, path: str, purpose: str
) -> None:
    """The page that says so is the first step, and leads to the form's page."""
    tokens = await web_app.signed_in()
    async with web_app.browser() as http:
        visitor = Visitor(web_app, http)
        back = await http.post(sent, data={"csrf": tokens.csrf})
        assert (back.status_code, _title(back)) == (403, f"Connectez-vous pour {purpose}")
        second = await http.get((await visitor.sends(back, identifier=CAMILLE.work_email)).headers["location"])
        opened = await visitor.sends(second, password=CAMILLE.password)
        assert opened.headers["location"] == path


@pytest.mark.parametrize("step", ["/connexion", "/connexion/mot-de-passe"])
async def test_a_step_of_another_session_still_leads_there(web_app: WebApp, step: str) -> None:
    """Its form comes back for the browser's new session, or the first step does."""
    tokens = await web_app.before_password(CAMILLE.work_email)
    async with web_app.browser() as http:
        visitor = Visitor(web_app, http)
        vers = (await visitor.is_led_to("/vote")).partition("=")[2]
        assert await visitor.is_led_to(f"/connexion/mot-de-passe?vers={vers}") == f"/connexion?vers={vers}"
        back = await http.post(step, data={"csrf": tokens.csrf, "vers": vers, "identifier": "c@ac-lyon.fr"})
        assert (back.status_code, _title(back)) == (403, "Connectez-vous pour voter")
        assert hidden_fields(back.text)["vers"] == vers


async def test_a_second_step_whose_first_one_is_forgotten_still_leads_there(web_app: WebApp) -> None:
    """After half an hour at the password, say: the first step is shown again."""
    async with web_app.browser() as http:
        first = await http.get(await Visitor(web_app, http).is_led_to("/vote"))
        back = await http.post("/connexion/mot-de-passe", data=hidden_fields(first.text) | {"password": "x"})
    assert (back.status_code, _title(back)) == (403, "Connectez-vous pour voter")


async def test_a_forgotten_password_leads_there_too(web_app: WebApp) -> None:
    """In the same browser: the page after the new password has the address of the sign-in that leads there."""
    person = await web_app.new_elector()
    async with web_app.browser() as http:
        visitor = Visitor(web_app, http)
        address = await visitor.is_led_to("/reassort/code-de-vote")
        first = await http.get(address)
        second = await http.get((await visitor.sends(first, identifier=person.work_email)).headers["location"])
        forgotten = re.search(r'href="(/reassort/mot-de-passe\?vers=[^"]+)"', second.text)
        assert forgotten
        await http.get(forgotten[1])
        assert f'href="{address}">Se connecter' in await _changes_password(web_app, http, person)
    async with web_app.browser() as other:
        assert 'href="/connexion">Se connecter' in await _changes_password(
            web_app, other, await web_app.new_elector()
        )


async def _changes_password(web_app: WebApp, http: httpx2.AsyncClient, person: Person) -> str:
    link = web_app.link(await web_app.password_link(person))
    new = {"password": "Éléphant d’octobre 1943", "confirmation": "Éléphant d’octobre 1943"}
    return (await http.post(link, data=hidden_fields((await http.get(link)).text) | new)).text


async def test_an_election_without_voting_codes_does_not_speak_of_them(web_app: WebApp) -> None:
    """The page of a procedure that the election lacks is no destination."""
    election = web_app.context.election.model_copy(update={"procedures": (Procedure.IDENTIFIER,)})
    app = create_app(replace(web_app.context, election=election))
    async with replace(web_app, app=app).browser() as http:
        visitor = Visitor(web_app, http)
        assert await visitor.is_led_to("/reassort/code-de-vote") == "/connexion"
        assert (await visitor.is_led_to("/reassort/suivi")).startswith("/connexion?vers=suivi.")
