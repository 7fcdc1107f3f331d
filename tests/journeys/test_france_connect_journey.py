"""The recovery of a voting code with an identity from FranceConnect."""

from demo.client.voter import VERIFICATION, hidden_fields, shown_code
from tests.journeys.demo_people import DemoPeople
from tests.journeys.journey_voter import FOLLOW

ANNE_SOPHIE = 5
_CHOICE = "/reassort/code-de-vote"


async def test_a_lost_code_is_replaced_by_an_identity(people: DemoPeople) -> None:
    """The link is sent to the mailbox of the FranceConnect account, and the new code opens the voting space."""
    voter = await people.signed_in(ANNE_SOPHIE)
    await voter.ignore_earlier_messages()
    form = hidden_fields((await voter.page(_CHOICE)).text)
    led = await voter.http.post(f"{_CHOICE}/franceconnect", data={"csrf": form["csrf"]})
    page = await voter.http.get(led.headers["location"])
    chosen = {**hidden_fields(page.text), "who": voter.person["work_email"]}
    back = await voter.http.post("/demo/franceconnect/authorize", data=chosen)
    leaving = await voter.http.get(back.headers["location"])
    arrived = await voter.http.get(leaving.headers["location"])
    assert arrived.headers["location"].partition("?")[0].endswith(VERIFICATION)
    assert voter.person["personal_email"] in (await voter.page(VERIFICATION)).text
    assert (await voter.send(VERIFICATION)).headers["location"] == FOLLOW
    link = await voter.received_link()
    assert [mail["to"] for mail in await voter.received()] == [voter.person["personal_email"]]
    code = shown_code((await voter.press(link)).text)
    assert code
    assert (await voter.vote(code)).headers["location"] == "/espace-de-vote"
