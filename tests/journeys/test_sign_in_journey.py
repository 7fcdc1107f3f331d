"""Signing in tells nobody who is on the roll, a CAPTCHA serves once, and a session ends when it should."""

import re

import httpx2
import pytest

from demo.client.demo_internals import change
from demo.client.running import Demo
from demo.client.voter import hidden_fields
from tests.journeys.demo_people import Browse, DemoPeople
from tests.journeys.journey_voter import FOLLOW, FORM, JourneyVoter, main_text, title
from tests.support.waiting import until

NGUYEN, SYLVIE = 6, 7
CLOSED_DOORS = (
    "/connexion/mot-de-passe",
    "/portail",
    "/vote",
    "/espace-de-vote",
    "/reassort/code-de-vote",
    FORM,
    FOLLOW,
    f"{FOLLOW}/evenements",
)


@pytest.mark.parametrize("path", CLOSED_DOORS)
async def test_pages_of_electors_lead_to_the_sign_in(people: DemoPeople, path: str) -> None:
    """Whoever has not signed in is led to the first step."""
    stranger = await people.voter(NGUYEN)
    answer = await stranger.page(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/connexion")
    assert (await stranger.page(f"{FOLLOW}.json")).status_code == 401


async def test_unknown_identifiers_get_the_same_answers(people: DemoPeople) -> None:
    """Page by page, someone who is not on the roll is answered like someone who is."""
    known, unknown = await people.voter(NGUYEN), await people.voter(NGUYEN)
    unknown.person = unknown.person | {"work_email": "personne.inconnue@ac-demo.fr"}
    for step in (_identifies, _reads_the_password_page, _gives_a_wrong_password, _gives_none):
        answers = [await step(known), await step(unknown)]
        assert _sayable(answers[0]) == _sayable(answers[1])


async def test_too_many_wrong_passwords_wait_and_tell_nothing(fast_people: DemoPeople) -> None:
    """The sixth try in a row is told to wait, whether or not there is such an elector; then a right one passes."""
    known, unknown = await fast_people.voter(NGUYEN), await fast_people.voter(NGUYEN)
    unknown.person = unknown.person | {"work_email": "personne.inconnue@ac-demo.fr"}
    for voter in (known, unknown):
        await _identifies(voter)
        tries = [await _gives_a_wrong_password(voter) for _ in range(6)]
        assert [answer.status_code for answer in tries] == [422] * 5 + [429]
        assert "Trop d’essais ont échoué." in main_text(tries[-1])
    await until(lambda: _passes(known), within=30)


async def test_a_captcha_serves_once_for_one_session(people: DemoPeople, demo: Demo, browse: Browse) -> None:
    """Its right answer is taken once; replayed for another identifier, or from another browser, it is refused, and so is a wrong one."""
    voter = await people.voter(SYLVIE)
    hidden = hidden_fields((await voter.page("/connexion")).text)
    form = hidden | await voter.captcha(hidden) | {"identifier": "x@ac-demo.fr"}
    wrong = {"captcha": str((int(form["captcha"]) + 1) % 10**6)}
    other = browse(demo)
    stolen = hidden_fields((await other.get("/connexion")).text) | {"captcha_id": form["captcha_id"]}
    refused = await other.post("/connexion", data=form | stolen)
    assert (refused.status_code, "Les chiffres ne correspondent pas" in main_text(refused)) == (422, True)
    assert (await voter.http.post("/connexion", data=form)).headers["location"] == "/connexion/mot-de-passe"

    fresh = hidden_fields((await voter.page("/connexion")).text)
    replayed = await voter.http.post("/connexion", data=form | {"identifier": "y@ac-demo.fr"})
    mistaken = await voter.http.post("/connexion", data=form | fresh | wrong)
    assert [replayed.status_code, mistaken.status_code] == [422, 422]
    for kind in ("png", "wav"):
        assert (await voter.page(f"/captcha/{form['captcha_id']}.{kind}")).status_code == 404


async def test_a_captcha_can_be_seen_heard_and_changed(people: DemoPeople) -> None:
    """Each is an image and a recording; a new one keeps what was typed, and never a secret."""
    voter = await people.signed_in(SYLVIE)
    for path, field in (("/connexion", "identifier"), ("/vote", "voting_code")):
        stranger = voter if path == "/vote" else await people.voter(SYLVIE)
        hidden = hidden_fields((await stranger.page(path)).text)
        answers = [await stranger.page(f"/captcha/{hidden['captcha_id']}.{kind}") for kind in ("png", "wav")]
        assert [answer.headers["content-type"] for answer in answers] == ["image/png", "audio/wav"]
        typed = hidden | {"action": "captcha", field: "DEJA TAPE", "captcha": "314159"}
        page = await stranger.http.post(path, data=typed)
        assert (page.status_code, "Erreur" in page.text) == (200, False)
        assert hidden_fields(page.text)["captcha_id"] != hidden["captcha_id"]
        assert ('value="DEJA TAPE"' in page.text) == (field == "identifier")
        assert "314159" not in page.text
    one = (await voter.http.post("/captcha", data=hidden)).json()
    assert (await voter.page(f"/captcha/{one['id']}.png")).status_code == 200


async def test_a_session_is_renewed_at_sign_in_and_dies_at_sign_out(people: DemoPeople) -> None:
    """The cookie from before the sign-in is worth nothing after it, nor the one from before the sign-out."""
    voter = await people.voter(SYLVIE)
    await voter.page("/connexion")
    before = voter.http.cookies["session"]
    await _identifies(voter)
    claimed = voter.http.cookies["session"]
    assert (await _gives_the_password(voter)).headers["location"] == "/portail"
    signed_in = voter.http.cookies["session"]
    hidden = hidden_fields((await voter.page("/portail")).text)
    assert (await voter.http.post("/deconnexion", data=hidden)).headers["location"] == "/"
    assert "session" not in voter.http.cookies
    for cookie in (before, claimed, signed_in):
        voter.http.cookies.clear()
        voter.http.cookies.set("session", cookie)
        for path in ("/portail", "/connexion/mot-de-passe"):
            assert (await voter.page(path)).headers["location"] == "/connexion"


async def test_a_session_ends_when_nobody_uses_it(people: DemoPeople) -> None:
    """Half an hour after the last page, the next one asks to sign in again."""
    voter = await people.signed_in(SYLVIE)
    _let_time_pass(people.demo, "sessions", "seen_at", "-29 minutes")
    assert (await voter.page("/portail")).status_code == 200
    _let_time_pass(people.demo, "sessions", "seen_at", "-30 minutes")
    assert (await voter.page("/portail")).headers["location"] == "/connexion"


async def _identifies(voter: JourneyVoter) -> httpx2.Response:
    return await voter.send("/connexion", identifier=voter.person["work_email"])


async def _reads_the_password_page(voter: JourneyVoter) -> httpx2.Response:
    return await voter.page("/connexion/mot-de-passe")


async def _gives_a_wrong_password(voter: JourneyVoter) -> httpx2.Response:
    return await voter.send("/connexion/mot-de-passe", password="pas le bon")


async def _gives_none(voter: JourneyVoter) -> httpx2.Response:
    return await voter.send("/connexion/mot-de-passe", password="")


async def _gives_the_password(voter: JourneyVoter) -> httpx2.Response:
    return await voter.send("/connexion/mot-de-passe", password=voter.person["password"])


async def _passes(voter: JourneyVoter) -> bool:
    answer = await _gives_the_password(voter)
    assert title(answer) in ("", "Votre mot de passe")
    return answer.headers.get("location") == "/portail"


def _sayable(answer: httpx2.Response) -> tuple[int, dict[str, str], str]:
    """Return all that an answer tells, but for what is drawn anew each time."""
    headers = {name: text for name, text in answer.headers.items() if name != "date"}
    headers["set-cookie"] = re.sub(r"session=[\w-]+", "session=…", headers.get("set-cookie", ""))
    return answer.status_code, headers, re.sub(r"[0-9a-f]{64}", "…", answer.text)


def _let_time_pass(demo: Demo, table: str, column: str, by: str) -> None:
    # What the roll remembers is made older, since no clock of the demo can be moved.
    older = f"UPDATE {table} SET {column} = {column} + %s::interval"  # noqa: S608 - names from above
    assert change(demo, older, by)
