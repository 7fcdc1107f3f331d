"""Signing in does not reveal who is on the roll, a CAPTCHA is accepted once, and sessions end."""

import re

import httpx2
import pytest

from demo.client.demo_internals import execute
from demo.client.running import Demo
from demo.client.voter import DESTINATION, VERIFICATION, hidden_fields
from tests.journeys.demo_people import Browse, DemoPeople
from tests.journeys.journey_voter import FOLLOW, FORM, JourneyVoter, main_text
from tests.support.waiting import until

NGUYEN, SYLVIE = 6, 7
# And the address in which the sign-in keeps where it leads.
PAGES_OF_ELECTORS = (
    ("/connexion/mot-de-passe", "/connexion"),
    ("/portail", "/connexion"),
    ("/vote", "/connexion?vers=vote."),
    ("/espace-de-vote", "/connexion?vers=vote."),
    ("/reassort/code-de-vote", "/connexion?vers=code."),
    (FORM, "/connexion?vers=question."),
    (DESTINATION, "/connexion?vers=code."),
    (VERIFICATION, "/connexion?vers=code."),
    (FOLLOW, "/connexion?vers=suivi."),
    (f"{FOLLOW}/evenements", "/connexion?vers=suivi."),
)


@pytest.mark.parametrize(("path", "sign_in"), PAGES_OF_ELECTORS)
async def test_pages_of_electors_redirect_to_the_sign_in(people: DemoPeople, path: str, sign_in: str) -> None:
    """Without a session each page redirects to the first step, and the JSON answers 401."""
    voter = await people.voter(NGUYEN)
    answer = await voter.page(path)
    assert answer.status_code == 303
    assert answer.headers["location"].rstrip("0123456789abcdef") == sign_in
    assert (await voter.page(f"{FOLLOW}.json")).status_code == 401


async def test_unknown_identifiers_get_the_same_answers(people: DemoPeople) -> None:
    """Each step answers the same for an unknown identifier as for a known one."""
    known, unknown = await people.voter(NGUYEN), await people.voter(NGUYEN)
    local, _, domain = unknown.person["work_email"].partition("@")
    unknown.person = unknown.person | {"work_email": f"{'z' * len(local)}@{domain}"}  # as long: pages repeat it
    for step in (_enter_identifier, _open_password_page, _enter_wrong_password, _enter_no_password):
        answers = [_comparable(await step(each), each.person["work_email"]) for each in (known, unknown)]
        assert answers[0] == answers[1]


async def test_wrong_passwords_shut_nobody_out(people: DemoPeople, demo: Demo) -> None:
    """The sixth leads to the page of the code, also for an unknown identifier; a new browser signs in with the mailed one."""
    known, unknown = await people.voter(NGUYEN), await people.voter(NGUYEN)
    unknown.person = unknown.person | {"work_email": "personne.inconnue@ac-demo.fr"}
    _forget_wrong_passwords(demo)
    for voter in (known, unknown):
        await _enter_identifier(voter)
        tries = [await _enter_wrong_password(voter) for _ in range(6)]
        assert [answer.status_code for answer in tries] == [422] * 5 + [303]
        assert tries[-1].headers["location"] == "/connexion/code"
    voter = await people.voter(NGUYEN)
    since = max((int(message["id"]) for message in await voter.messages()), default=0)
    await _enter_identifier(voter)
    assert (await _enter_password(voter)).headers["location"] == "/connexion/code"
    await until(lambda: voter.messages(since), within=30)
    (message,) = await voter.messages(since)
    assert message["to"] == voter.person["work_email"]
    code = re.findall(r"^(\d{6})\r?$", message["text"], re.MULTILINE)[0]
    assert (await voter.send("/connexion/code", code=code)).headers["location"] == "/portail"
    _forget_wrong_passwords(demo)


def _forget_wrong_passwords(demo: Demo) -> None:
    """Make the tests of these people independent of each other: a day passes for the counts of wrong passwords."""
    execute(demo, "DELETE FROM attempts WHERE scope = 'sign_in'")


async def test_a_captcha_is_accepted_once_in_one_session(people: DemoPeople, demo: Demo, browse: Browse) -> None:
    """The right answer is refused in another session and the second time, and so is a wrong answer."""
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
    """It has an image and a sound; requesting a new one keeps what was typed, except secrets."""
    voter = await people.signed_in(SYLVIE)
    await voter.vote("FAUX")  # afterwards the page of the code asks for one too
    for path, field in (("/connexion", "identifier"), ("/vote", "voting_code")):
        current = voter if path == "/vote" else await people.voter(SYLVIE)
        hidden = hidden_fields((await current.page(path)).text)
        answers = [await current.page(f"/captcha/{hidden['captcha_id']}.{kind}") for kind in ("png", "wav")]
        assert [answer.headers["content-type"] for answer in answers] == ["image/png", "audio/wav"]
        typed = hidden | {"action": "captcha", field: "DEJA TAPE", "captcha": "314159"}
        page = await current.http.post(path, data=typed)
        assert (page.status_code, "Erreur" in page.text) == (200, False)
        assert hidden_fields(page.text)["captcha_id"] != hidden["captcha_id"]
        assert ('value="DEJA TAPE"' in page.text) == (field == "identifier")
        assert "314159" not in page.text
    one = (await voter.http.post("/captcha", data=hidden)).json()
    assert (await voter.page(f"/captcha/{one['id']}.png")).status_code == 200


async def test_a_session_is_renewed_at_sign_in_and_ended_at_sign_out(people: DemoPeople) -> None:
    """Cookies from before the sign-in and from before the sign-out are not valid afterwards."""
    voter = await people.voter(SYLVIE)
    await voter.page("/connexion")
    before = voter.http.cookies["session"]
    await _enter_identifier(voter)
    claimed = voter.http.cookies["session"]
    assert (await _enter_password(voter)).headers["location"] == "/portail"
    signed_in = voter.http.cookies["session"]
    hidden = hidden_fields((await voter.page("/portail")).text)
    assert (await voter.http.post("/deconnexion", data=hidden)).headers["location"] == "/"
    assert "session" not in voter.http.cookies
    for cookie in (before, claimed, signed_in):
        voter.http.cookies.clear()
        voter.http.cookies.set("session", cookie)
        for path in ("/portail", "/connexion/mot-de-passe"):
            assert (await voter.page(path)).headers["location"] == "/connexion"


async def test_an_idle_session_ends(people: DemoPeople) -> None:
    """Half an hour after the last page, the next one redirects to the sign-in."""
    voter = await people.signed_in(SYLVIE)
    _let_time_pass(people.demo, "sessions", "last_seen_at", "-29 minutes")
    assert (await voter.page("/portail")).status_code == 200
    _let_time_pass(people.demo, "sessions", "last_seen_at", "-30 minutes")
    assert (await voter.page("/portail")).headers["location"] == "/connexion"


async def _enter_identifier(voter: JourneyVoter) -> httpx2.Response:
    return await voter.send("/connexion", identifier=voter.person["work_email"])


async def _open_password_page(voter: JourneyVoter) -> httpx2.Response:
    return await voter.page("/connexion/mot-de-passe")


async def _enter_wrong_password(voter: JourneyVoter) -> httpx2.Response:
    return await voter.send("/connexion/mot-de-passe", password="pas le bon")


async def _enter_no_password(voter: JourneyVoter) -> httpx2.Response:
    return await voter.send("/connexion/mot-de-passe", password="")


async def _enter_password(voter: JourneyVoter) -> httpx2.Response:
    return await voter.send("/connexion/mot-de-passe", password=voter.person["password"])


def _comparable(answer: httpx2.Response, identifier: str) -> tuple[int, dict[str, str], str]:
    """Return status, headers and text of a response without what was typed and what is random in each response."""
    headers = {name: text for name, text in answer.headers.items() if name != "date"}
    headers["set-cookie"] = re.sub(r"(session|identifiant)=[\w.-]+", r"\1=…", headers.get("set-cookie", ""))
    text = answer.text.replace(identifier, "…")
    return answer.status_code, headers, re.sub(r"[0-9a-f]{64}", "…", text)


def _let_time_pass(demo: Demo, table: str, column: str, by: str) -> None:
    # The stored instants are moved into the past, since the demo's clock cannot be changed.
    older = f"UPDATE {table} SET {column} = {column} + %s::interval"  # noqa: S608 - names from above
    assert execute(demo, older, by)
