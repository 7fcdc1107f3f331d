"""After journeys of the other recoveries and a message to the support desk, no secret is stored anywhere."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from demo.client.recovery_drivers import (
    choose_password,
    enter_voting_space,
    prove_with_france_connect,
    received_identifiers,
    request_identifier,
    request_password,
)
from demo.client.running import Demo
from demo.client.voter import VERIFICATION, shown_code
from tests.journeys.demo_people import DemoPeople, Operator, SeenSecrets
from tests.journeys.journey_voter import FOLLOW, JourneyVoter
from tests.journeys.leak_search import all_places, known_to
from tests.journeys.leaks import found
from tests.support.waiting import until

MARC, NGUYEN, SYLVIE = 4, 6, 7


async def test_no_secret_is_stored_after_the_other_journeys(
    demo: Demo, people: DemoPeople, operator: Operator, seen_secrets: SeenSecrets
) -> None:
    """No code or state of FranceConnect, contact, proof, identifier, password or message to the support desk."""
    await _recover_with_france_connect(await people.signed_in(MARC))
    await _recover_the_identifier(await people.signed_in(NGUYEN))
    await _recover_the_password(await people.voter(SYLVIE))
    await _write_to_the_support_desk(await people.signed_in(MARC))
    places = await all_places(demo, operator, people)
    known = {secret for number in range(8) for secret in known_to((await people.voter(number)).person)}
    seen = {
        each for each in seen_secrets[demo.url] if len(each) > len("123456")
    }  # test_privacy searches for CAPTCHA answers
    assert found(known | seen, places) == {}


async def _recover_with_france_connect(voter: JourneyVoter) -> None:
    """Recover a voting code with FranceConnect, and vote with it."""
    await voter.ignore_earlier_messages()
    back = await prove_with_france_connect(voter)
    query = parse_qs(urlsplit(str(back.request.url)).query)
    voter.seen |= {query["code"][0], query["state"][0]}
    assert urlsplit(str(back.headers["location"])).path.endswith(("logout", "session/end", VERIFICATION))
    hint = parse_qs(urlsplit(str(back.headers["location"])).query).get("id_token_hint", [])
    voter.seen |= {part for token in hint for part in token.split(".")}
    assert (await voter.send(VERIFICATION)).headers["location"] == FOLLOW
    code = shown_code((await voter.press(await voter.received_link())).text)
    assert (await voter.vote(str(code))).status_code == 303


async def _recover_the_identifier(voter: JourneyVoter) -> None:
    """Recover an identifier by SMS, and open the voting space with it."""
    await voter.ignore_earlier_messages()
    assert (await request_identifier(voter, birth_date="31/12/1999")).status_code == 422
    assert (await request_identifier(voter)).headers.get("location") == FOLLOW
    [identifier] = await until(lambda: received_identifiers(voter, voter.since), within=30)
    voter.seen |= {identifier, "31/12/1999"}
    await voter.wait_for_stage("Reissued")
    await voter.received_message("identifiant")
    former = voter.person["identifier"]
    assert (await enter_voting_space(voter, former, voter.person["password"])).status_code == 422
    opened = await enter_voting_space(voter, identifier, voter.person["password"])
    assert opened.headers.get("location") == "/espace-de-vote"


async def _recover_the_password(voter: JourneyVoter) -> None:
    """Choose another password, then the former one, with which other tests sign in."""
    another = f"Un autre {uuid4().hex} #É"
    voter.seen.add(another)
    for password in (another, voter.person["password"]):
        await voter.ignore_earlier_messages()
        assert (await request_password(voter)).status_code == 303
        link = await voter.received_link()
        assert (await choose_password(voter, link, "court")).status_code == 422
        assert (await choose_password(voter, link, password)).status_code == 200
        await voter.received_message("passe a été changé")


async def _write_to_the_support_desk(voter: JourneyVoter) -> None:
    """Send a question with an address for the answer, and wait until it is sent."""
    message, address = f"Au secours {uuid4().hex}, rien n’arrive.", f"m{uuid4().hex}@courriel.exemple.org"
    voter.seen |= {message, message.partition(",")[0], address}
    asked = await voter.send("/assistance", message=message, reply_to=address)
    assert asked.status_code == 303

    async def is_sent() -> bool:
        return "parti vers l’assistance" in (await voter.page(asked.headers["location"])).text

    await until(is_sent, within=30)
