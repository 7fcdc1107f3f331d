"""The recovery of identifier and password (2011) over HTTP, from `/sans-notice` to the voting space."""

import re
from uuid import uuid4

import httpx2

from demo.client.recovery_drivers import choose_password, enter_voting_space, request_password
from demo.client.voter import hidden_fields, shown_password
from tests.journeys.demo_people import DemoPeople
from tests.journeys.journey_voter import JourneyVoter, main_text, title
from tests.support.waiting import until

ELODIE = 1


async def test_identifier_and_password_are_recovered(people: DemoPeople) -> None:
    """The new pair opens the voting space, and the old one does not."""
    before = await people.signed_in(ELODIE)
    voter = await people.voter(ELODIE)
    person, mailbox = voter.person, f"m{uuid4().hex}@courriel.exemple.org"
    await voter.ignore_earlier_messages()
    asked = await voter.send("/sans-notice", identifier=person["work_email"])
    assert title(await voter.page(asked.headers["location"])) == "Demande prise en compte"
    link = await voter.received_link()
    assert "1/2" in (await voter.received_message("1/2"))["subject"]

    third = await _complete_the_steps(voter, link, mailbox)
    password = shown_password(third.text) or ""
    identifier = await _identifier_in(voter, mailbox)
    assert f"Reçu par {mailbox}" in main_text(await voter.page("/demo"))
    # What was seen here is searched for once, in test_privacy_of_others.
    voter.seen |= {password, identifier, mailbox, link.removeprefix("/lien/")}
    assert (await (await people.voter(ELODIE)).page(link)).status_code == 410
    assert shown_password((await voter.page(link)).text) == password
    await voter.note(link)
    assert title(await voter.page(link)) == "Lien déjà utilisé"

    invalid = [(person["identifier"], person["password"]), (person["identifier"], password)]
    for pair in (*invalid, (identifier, person["password"])):
        assert (await enter_voting_space(voter, *pair)).status_code == 422
    assert (await enter_voting_space(voter, identifier, password)).headers.get("location") == "/espace-de-vote"
    assert (await before.page("/portail")).headers.get("location") == "/connexion"
    assert "ont été remplacés" in (await voter.received_message("ont été remplacés"))["subject"]

    await _restore_the_former_password(voter)


async def _complete_the_steps(voter: JourneyVoter, link: str, mailbox: str) -> httpx2.Response:
    """Make one mistake in each step, complete it, and return the last page."""
    person = voter.person
    assert (await voter.send(link, numen=person["numen"], birth_department="99")).status_code == 422
    second = await voter.send(link, numen=person["numen"], birth_department=person["birth_department"])
    assert "Étape 2 sur 3" in main_text(second)
    for again, status in (("x", 422), (mailbox, 200)):
        typed = {"destination": "other", "email": mailbox, "email_again": again}
        second = await voter.http.post(link, data=hidden_fields(second.text) | typed)
        assert second.status_code == status
    assert mailbox in main_text(second)
    second = await voter.http.post(link, data=hidden_fields(second.text))
    assert "Étape 3 sur 3" in main_text(second)
    return second


async def _identifier_in(voter: JourneyVoter, mailbox: str) -> str:
    """Wait for the second mail to a mailbox, and return its identifier."""

    async def there() -> str | None:
        received = (await voter.http.get("/demo/messages.json", params={"since": voter.since})).json()
        texts = [each["text"] for each in received if each["to"] == mailbox and "2/2" in each["subject"]]
        return re.findall(r"(?m)^([0-9A-Z]{8,})\s*$", texts[0])[0] if texts else None

    return str(await until(there, within=30))


async def _restore_the_former_password(voter: JourneyVoter) -> None:
    """Choose the person's former password, with which other tests sign in."""
    await voter.ignore_earlier_messages()
    await request_password(voter)
    assert (await choose_password(voter, await voter.received_link(), voter.person["password"])).status_code == 200
