"""« Ce n’était pas moi », from somebody else's request to the elector's own, through the work mailbox and support."""

import re

from demo.client.demo_internals import read_keys
from demo.client.running import Demo
from demo.client.voter import hidden_fields
from tests.journeys.demo_people import DemoPeople, Operator
from tests.journeys.journey_voter import FOLLOW, FORM, JourneyVoter, main_text, title
from tests.support.commands import run_command

_OBJECTION = re.compile(r"/opposition/[0-9a-z]+")
MARC = 4


async def _told(voter: JourneyVoter, subject: str) -> str:
    """Wait for a notice, and return the path of its link; the HTML and the text have the same one."""
    notice = await voter.received_message(subject)
    assert notice["to"] == voter.person["work_email"]
    paths = {*_OBJECTION.findall(notice["text"]), *_OBJECTION.findall(notice["html"])}
    assert len(paths) == 1
    path = str(paths.pop())
    voter.seen.add(path.removeprefix("/opposition/"))  # searched for by the privacy tests
    return path


def _unlock(demo: Demo, voter: JourneyVoter) -> str:
    """Run support's command, and return what it says."""
    settings = {
        **read_keys(demo),
        "REASSORT_DATABASE_URL": demo.database_url,
        "REASSORT_ELECTION": str(demo.state / "election.toml"),
    }
    command = ("activities.upkeep.elector_requests", "unlock", "--operator", "m.durand")
    done = run_command(*command, typed=f"{voter.person['work_email']}\n", variables=settings)
    assert done.returncode == 0
    return done.stdout


async def test_somebody_else_s_request_is_stopped_until_support_has_spoken_with_the_elector(
    demo: Demo, people: DemoPeople, operator: Operator
) -> None:
    """The live link dies, new requests say why, the vote goes on; once support has lifted it a new code is issued."""
    thief, elector = await people.signed_in(MARC), await people.voter(MARC)
    known = await thief.recover()
    await elector.ignore_earlier_messages()
    await thief.ask()
    link = await thief.received_link()
    objection = await _told(elector, "a été demandé")

    asked = await elector.page(objection)
    assert title(asked) == "Ce n’était pas vous ?"
    opened = await thief.page(link)
    assert opened.status_code == 200  # the notice's page has changed nothing
    made = await elector.http.post(objection, data=hidden_fields(asked.text))
    assert title(made) == "Les demandes sont suspendues"
    assert title(await elector.http.post(objection, data=hidden_fields(asked.text))) == "Lien déjà utilisé"

    stopped = await thief.http.post(link, data=hidden_fields(opened.text))
    assert (stopped.status_code, title(stopped)) == (410, "Lien interrompu")
    await thief.wait_for_stage("Cancelled")
    assert "opposition" in main_text(await thief.page(FOLLOW))
    assert (await thief.page(FORM)).headers.get("location") == "/reassort/code-de-vote"
    assert "Une opposition a été faite" in main_text(await thief.page("/reassort/code-de-vote"))
    assert (await thief.vote(known)).headers.get("location") == "/espace-de-vote"

    assert "Opposition levée." in _unlock(demo, elector)
    assert await _recovers_again(elector) != known
    record = main_text(await elector.page("/portail/reassorts"))
    assert "opposition faite depuis la messagerie professionnelle" in record
    assert "Opposition levée par l’assistance" in record
    listed = [each async for each in operator.client.list_workflows("RecoveryProcedure = 'objection'")]
    assert len(listed) == 1


async def _recovers_again(elector: JourneyVoter) -> str:
    assert (await elector.sign_in()).headers.get("location") == "/portail"
    code = await elector.recover()
    notice = await _told(elector, "code de vote a été remplacé")
    assert title(await elector.page(notice)) == "Ce n’était pas vous ?"
    return code
