"""The recovery of a password over HTTP, from the request to the next sign-in."""

from demo.client.voter import hidden_fields
from tests.journeys.demo_people import DemoPeople
from tests.journeys.journey_voter import title

_HERE = "/reassort/mot-de-passe"
_NEW = "Un autre: 1943 Éléphants"


async def test_a_forgotten_password_is_replaced(people: DemoPeople) -> None:
    """Request, confirm, open the link in the work mailbox, choose, sign in; former sessions have ended."""
    before = await people.signed_in(3)
    voter = await people.voter(3)
    former = voter.person["password"]
    voter.seen.add(_NEW)  # searched for by the privacy tests
    for password in (_NEW, former):  # the former one again, with which other tests sign in
        await voter.ignore_earlier_messages()
        asked = await voter.send(_HERE, identifier=voter.person["work_email"])
        sure = await voter.http.post(f"{_HERE}/confirmation", data=hidden_fields(asked.text))
        assert (sure.status_code, sure.headers.get("location")) == (303, f"{_HERE}/demande")
        link = await voter.received_link()
        assert title(await voter.page(link)) == "Choisir un nouveau mot de passe"
        done = await voter.send(link, password=password, confirmation=password)
        assert title(done) == "Votre mot de passe est changé"
        assert "passe a été changé" in (await voter.received_message("passe a été changé"))["subject"]
        assert (await voter.page(link)).status_code == 410
    assert (await before.page("/portail")).headers.get("location") == "/connexion"
    assert (await voter.sign_in()).headers.get("location") == "/portail"
