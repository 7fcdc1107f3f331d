"""The ways to other recoveries than the challenge question's, as voters go them by plain forms."""

import re
from datetime import date

import httpx2

from demo.client.voter import Person, Voter, hidden_fields

CHOICE = "/reassort/code-de-vote"
IDENTIFIER = "/reassort/identifiant"
PASSWORD = "/reassort/mot-de-passe"
VOTING = "/vote/connexion"
WITHOUT_NOTICE = "/sans-notice"
# Where the demo's FranceConnect sends its form; a real one is not tried by programs.
_AUTHORIZE = "/demo/franceconnect/authorize"
# In the demo's SMS and mails the new identifier stands alone on its line.
DRAWN_IDENTIFIER = re.compile(r"^[ACDEFHJKLMNPQRTUVWXY3479]{12}$", re.MULTILINE)


async def identify(voter: Voter) -> httpx2.Response:
    """Prove identity with FranceConnect, and return the answer that leads to the follow-up page.

    The address that the provider sends the browser back to is the answer's request's.
    """
    form = hidden_fields((await voter.page(CHOICE)).text)
    led = await voter.http.post(f"{CHOICE}/franceconnect", data={"csrf": form["csrf"]})
    page = await voter.page(led.headers["location"])
    back = await voter.http.post(_AUTHORIZE, data={**hidden_fields(page.text), "who": voter.person["work_email"]})
    return await voter.page(back.headers["location"])


def identity_of(person: Person) -> dict[str, str]:
    """Return what a person fills in to have a new identifier sent."""
    born = date.fromisoformat(person["birth_date"])
    return {"phone": person["phone"], "numen": person["numen"], "birth_date": f"{born:%d/%m/%Y}"}


async def lose_identifier(voter: Voter, **other: str) -> httpx2.Response:
    """Ask for a new identifier by SMS."""
    return await voter.send(IDENTIFIER, **(identity_of(voter.person) | other))


async def forget_password(voter: Voter) -> httpx2.Response:
    """Ask for a link to the work mailbox, and confirm."""
    asked = await voter.send(PASSWORD, identifier=voter.person["work_email"])
    return await voter.http.post(f"{PASSWORD}/confirmation", data=hidden_fields(asked.text))


async def choose(voter: Voter, link: str, password: str) -> httpx2.Response:
    """Choose a new password behind a link."""
    return await voter.send(link, password=password, confirmation=password)


async def lose_both(voter: Voter) -> httpx2.Response:
    """Ask for a link to the work mailbox, by which identifier and password come."""
    return await voter.send(WITHOUT_NOTICE, identifier=voter.person["work_email"])


async def take_both(voter: Voter, link: str) -> httpx2.Response:
    """Go through the three steps behind a link, and return the page that shows the password."""
    born = {"birth_department": voter.person["birth_department"], "numen": voter.person["numen"]}
    second = await voter.send(link, **born)
    if not second.is_success:
        return second
    return await voter.http.post(link, data={**hidden_fields(second.text), "destination": "work"})


async def come_in(voter: Voter, identifier: str, password: str) -> httpx2.Response:
    """Open the voting space by identifier and password."""
    return await voter.send(VOTING, identifier=identifier, password=password)


async def identifiers(voter: Voter, since: int) -> list[str]:
    """Return every new identifier that this person's phone has received after a message."""
    texts = [message["text"] for message in await voter.messages(since) if message["channel"] == "sms"]
    return [found for text in texts for found in DRAWN_IDENTIFIER.findall(text)]
