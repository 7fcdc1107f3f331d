"""The steps of each recovery other than that by challenge question, as forms that a voter sends."""

import re
from datetime import date

import httpx2

from demo.client.voter import Person, Voter, hidden_fields

CHOICE = "/reassort/code-de-vote"
IDENTIFIER = "/reassort/identifiant"
IDENTIFIER_CHECK = f"{IDENTIFIER}/verification"
PASSWORD = "/reassort/mot-de-passe"
VOTING = "/vote/connexion"
WITHOUT_NOTICE = "/sans-notice"
# The form of the demo's FranceConnect.
_AUTHORIZE = "/demo/franceconnect/authorize"
# In SMS and e-mails the new identifier is alone on its line.
NEW_IDENTIFIER = re.compile(r"^[ACDEFHJKLMNPQRTUVWXY3479]{12}$", re.MULTILINE)


async def prove_with_france_connect(voter: Voter) -> httpx2.Response:
    """Prove identity with FranceConnect, and return the redirect out of it, to the page where the request is checked.

    The `request` of the answer has the callback URL that the provider redirected to.
    """
    form = hidden_fields((await voter.page(CHOICE)).text)
    redirect = await voter.http.post(f"{CHOICE}/franceconnect", data={"csrf": form["csrf"]})
    page = await voter.page(redirect.headers["location"])
    callback = await voter.http.post(
        _AUTHORIZE, data={**hidden_fields(page.text), "who": voter.person["work_email"]}
    )
    return await voter.page(callback.headers["location"])


def identity_fields(person: Person) -> dict[str, str]:
    """Return the fields by which a person requests a new identifier."""
    born = date.fromisoformat(person["birth_date"])
    return {"phone": person["phone"], "numen": person["numen"], "birth_date": f"{born:%d/%m/%Y}"}


async def request_identifier(voter: Voter, **other: str) -> httpx2.Response:
    """Request a new identifier by SMS, and return the answer to the last form; `other` replaces fields."""
    answer = await voter.send(IDENTIFIER, **(identity_fields(voter.person) | other))
    is_filled_in = answer.headers.get("location") == IDENTIFIER_CHECK
    return await voter.send(IDENTIFIER_CHECK) if is_filled_in else answer


async def request_password(voter: Voter) -> httpx2.Response:
    """Request a link for a new password, which arrives in the work mailbox, and confirm."""
    page = await voter.send(PASSWORD, identifier=voter.person["work_email"])
    return await voter.http.post(f"{PASSWORD}/confirmation", data=hidden_fields(page.text))


async def choose_password(voter: Voter, link: str, password: str) -> httpx2.Response:
    """Choose a new password on the page of a link."""
    return await voter.send(link, password=password, confirmation=password)


async def request_identifier_and_password(voter: Voter) -> httpx2.Response:
    """Request a link for a new identifier and password, which arrives in the work mailbox."""
    return await voter.send(WITHOUT_NOTICE, identifier=voter.person["work_email"])


async def complete_identifier_and_password(voter: Voter, link: str) -> httpx2.Response:
    """Complete the three steps of a link, and return the page that shows the password."""
    born = {"birth_department": voter.person["birth_department"], "numen": voter.person["numen"]}
    second = await voter.send(link, **born)
    if not second.is_success:
        return second
    return await voter.http.post(link, data={**hidden_fields(second.text), "destination": "work"})


async def enter_voting_space(voter: Voter, identifier: str, password: str) -> httpx2.Response:
    """Sign in to the voting space by identifier and password."""
    return await voter.send(VOTING, identifier=identifier, password=password)


async def received_identifiers(voter: Voter, since: int) -> list[str]:
    """Return the new identifiers that this person's phone has received since the message with that id."""
    texts = [message["text"] for message in await voter.messages(since) if message["channel"] == "sms"]
    return [found for text in texts for found in NEW_IDENTIFIER.findall(text)]
