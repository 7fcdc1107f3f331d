"""Malformed input is answered by a page with the right status, never by a server error; by the real server, over HTTP.

`tests/web/routers/test_forms_property.py` sends far more of it to each form, in process.
"""

import re
from collections.abc import Awaitable, Callable

import pytest

from demo.client.voter import DESTINATION, VERIFICATION, hidden_fields
from tests.journeys.demo_people import DemoPeople
from tests.journeys.journey_voter import FOLLOW, FORM, JourneyVoter, main_text, title
from tests.journeys.malformed_bodies import FIELDS, HIDDEN, TEXTS, TYPED, assert_clear_response, bodies

INES, NGUYEN, SYLVIE = 3, 6, 7
Opened = tuple[JourneyVoter, str]
Opening = Callable[[DemoPeople], Awaitable[Opened]]


async def _identifier(people: DemoPeople) -> Opened:
    return await people.voter(NGUYEN), "/connexion"


async def _password(people: DemoPeople) -> Opened:
    voter = await people.voter(NGUYEN)
    await voter.send("/connexion", identifier="personne@ac-demo.fr")
    return voter, "/connexion/mot-de-passe"


async def _code(people: DemoPeople) -> Opened:
    return await people.signed_in(SYLVIE), "/vote"  # each text is a wrong code


async def _challenge(people: DemoPeople) -> Opened:
    return await people.signed_in(NGUYEN), FORM


async def _destination(people: DemoPeople) -> Opened:
    voter = await people.signed_in(NGUYEN)
    await voter.fill_in()
    return voter, DESTINATION


async def _verification(people: DemoPeople) -> Opened:
    voter = await people.signed_in(SYLVIE)  # each form is a request
    await voter.fill_in()
    return voter, VERIFICATION


async def _another_send(people: DemoPeople) -> Opened:
    return await people.signed_in(NGUYEN), f"{FOLLOW}/renvoyer"


async def _another_captcha(people: DemoPeople) -> Opened:
    return await people.signed_in(NGUYEN), "/captcha"


async def _without_notice(people: DemoPeople) -> Opened:
    return await people.voter(NGUYEN), "/sans-notice"


async def _link(people: DemoPeople) -> Opened:
    voter = await people.signed_in(INES)
    if (await voter.ask()).status_code == 429:
        voter.since = 0  # too soon after the test before, whose link is still live
    return voter, await voter.received_link()


SIGN_IN = [_identifier, _password, _code]
CODE_REQUEST = [_challenge, _destination, _verification]
FORMS = [*SIGN_IN, *CODE_REQUEST, _another_send, _another_captcha, _without_notice, _link]


@pytest.mark.parametrize("opened", FORMS)
async def test_unusual_texts_get_a_valid_page(people: DemoPeople, opened: Opening) -> None:
    """Emoji, NUL, right-to-left text, SQL, HTML and others, in every field that is typed, get a valid response."""
    voter, path = await opened(people)
    hidden = await _hidden(voter, path)
    for text in TEXTS.values():
        assert_clear_response(await voter.http.post(path, data=dict.fromkeys(TYPED, text) | hidden))


async def test_unusual_tokens_get_a_valid_page(people: DemoPeople) -> None:
    """The same in the hidden fields, in one or in all: the form is refused."""
    voter, path = await _identifier(people)
    hidden = await _hidden(voter, path)
    for text in TEXTS.values():
        for form in (hidden | {"csrf": text}, dict.fromkeys(FIELDS, text)):
            answer = await voter.http.post(path, data=form)
            assert_clear_response(answer)
            assert answer.status_code in {403, 413}  # the long text in every field is more than a form may have


async def test_a_link_s_hidden_field_of_another_shape_is_refused(people: DemoPeople) -> None:
    """Longer, or with a separator and what another field has: 403, and nothing is written with it."""
    voter, path = await _link(people)
    hidden = await _hidden(voter, path)
    for name in set(HIDDEN) & set(hidden):
        for wrong in (f"{hidden[name]}|{'A' * 200}", f"{hidden[name]}:x", hidden[name] * 9, f"{hidden[name]}\0"):
            answer = await voter.http.post(path, data=hidden | dict.fromkeys(TYPED, "a") | {name: wrong})
            assert_clear_response(answer)
            assert answer.status_code == 403


async def test_an_identifier_with_separators_blocks_nobody_s_recovery(people: DemoPeople) -> None:
    """A token made for it serves no other identifier, and the owner's own request brings the link."""
    victim, attacker = await people.voter(INES), await people.voter(NGUYEN)
    here, address, padding = "/reassort/mot-de-passe", victim.person["work_email"], "A" * 200
    asked = await attacker.send(here, identifier=f"{padding}|{address}")
    hidden = hidden_fields(asked.text) | {"identifier": address}
    for forged in (hidden, hidden | {"form_id": f"{hidden['form_id']}|{padding}"}):
        assert (await attacker.http.post(f"{here}/confirmation", data=forged)).status_code == 403
    await victim.ignore_earlier_messages()
    asked = await victim.send(here, identifier=address)
    assert (await victim.http.post(f"{here}/confirmation", data=hidden_fields(asked.text))).status_code == 303
    assert await victim.received_link()


@pytest.mark.parametrize("opened", [_identifier, _code, _link])
async def test_malformed_bodies_get_a_valid_page(people: DemoPeople, opened: Opening) -> None:
    """Each malformed body gets its own status; a body that can be parsed is treated as a form."""
    voter, path = await opened(people)
    hidden = await _hidden(voter, path)
    statuses = {}
    for name, (kind, body) in bodies(hidden).items():
        answer = await voter.http.post(path, content=body, headers={"Content-Type": kind} if kind else {})
        assert_clear_response(answer)
        statuses[name] = answer.status_code
    expected = {"no body": 403, "1 MB": 413, "many fields": 400, "JSON": 403, "text": 403, "no type": 403}
    expected |= {"a file": 400, "no boundary": 400, "no charset": 400}
    assert {name: statuses[name] for name in expected} == expected


async def test_unusual_proofs_are_judged_as_wrong_ones(people: DemoPeople) -> None:
    """In an otherwise valid form they are judged and refused, and a right proof is accepted afterwards."""
    voter = await people.signed_in(NGUYEN)
    for name in ("emoji", "NUL", "right to left", "combining"):
        text = TEXTS[name]
        for refused in (await voter.ask(answer=text), await voter.vote(text)):
            assert_clear_response(refused)
            assert refused.status_code == 422
    code = await voter.recover()
    assert (await voter.vote(code)).headers["location"] == "/espace-de-vote"


async def test_each_refused_body_has_its_own_page(people: DemoPeople) -> None:
    """Too long, unreadable, without CSRF token, or wrong method: each page has a title and an explanation."""
    voter, path = await _identifier(people)
    hidden = await _hidden(voter, path)
    spoilt = bodies(hidden)
    titles = {"1 MB": "Formulaire trop long", "a file": "Formulaire illisible", "JSON": "Formulaire refusé"}
    for name, words in titles.items():
        kind, body = spoilt[name]
        answer = await voter.http.post(path, content=body, headers={"Content-Type": kind})
        assert title(answer) == words
        assert "Rien n’a été pris en compte." in main_text(answer)
    assert title(await voter.http.put(path)) == "Action impossible"


@pytest.mark.parametrize(
    "path", ["/", "/connexion", "/vote", FORM, "/lien/abc", "/sans-notice", "/aide", "/introuvable"]
)
async def test_other_methods_are_refused(people: DemoPeople, path: str) -> None:
    """Methods other than GET, HEAD and POST get 405 on an existing path."""
    voter = await people.voter(NGUYEN)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        answer = await voter.http.request(method, path)
        assert_clear_response(answer)
        assert answer.status_code == (404 if path == "/introuvable" else 405)


@pytest.mark.parametrize("path", ["/deconnexion", "/captcha", f"{FOLLOW}/renvoyer"])
async def test_actions_are_not_done_by_get(people: DemoPeople, path: str) -> None:
    """GET on the path of an action gets 405."""
    answer = await (await people.signed_in(NGUYEN)).page(path)
    assert (answer.status_code, title(answer)) == (405, "Action impossible")


async def test_every_kind_of_response_has_the_security_headers(people: DemoPeople) -> None:
    """Pages, images, sound, JSON, redirects and errors have the same headers; a style sheet may be cached."""
    voter = await people.signed_in(NGUYEN)
    captcha = (await _hidden(voter, "/sans-notice"))["captcha_id"]
    paths = ["/", "/portail", "/vote", FOLLOW, f"{FOLLOW}.json", "/lien/abc", "/introuvable", "/healthz", "/demo"]
    for path in [*paths, f"/captcha/{captcha}.png", f"/captcha/{captcha}.wav", "/espace-de-vote", "/static/non"]:
        assert_clear_response(await voter.loaded(path))
    style = await voter.page("/static/app/style/frame.css")
    assert style.headers["x-content-type-options"] == "nosniff"
    assert re.fullmatch(r"public, max-age=\d+", style.headers["cache-control"])


async def _hidden(voter: JourneyVoter, path: str) -> dict[str, str]:
    pages = {"/connexion", "/connexion/mot-de-passe", "/vote", "/sans-notice", FORM, DESTINATION, VERIFICATION}
    page = path if path in pages else "/portail"
    return hidden_fields((await voter.page(path if path.startswith("/lien/") else page)).text)
