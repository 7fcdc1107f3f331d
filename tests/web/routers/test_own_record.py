"""« Mes demandes » shows electors what was done in their name, and nothing of anybody else."""

from datetime import timedelta

from activities.config.clock import utc_now
from activities.evidence.journal import Entry, Event, Journal
from election.procedures import Procedure, workflow_id_of
from tests.support.people import SACHA
from tests.support.web_app import WebApp, assert_valid_response

_HERE = "/portail/reassorts"


async def test_a_visitor_is_led_to_the_sign_in(web_app: WebApp) -> None:
    """The record is behind the sign-in."""
    async with web_app.browser() as browser:
        answer = await browser.get(_HERE)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/connexion?vers=reassorts.")


async def test_without_any_request_the_page_says_so(web_app: WebApp) -> None:
    """It has a code all the same: nothing is a proof too."""
    page = await _page(web_app)
    assert "Rien n’a été demandé en votre nom" in page
    assert 'id="record-code"' in page


async def test_the_page_shows_the_elector_s_own_entries_alone(web_app: WebApp) -> None:
    """Newest first, with dates and channels; those of another elector and operators' names are not there."""
    person = await web_app.new_elector()
    database = web_app.services.database
    journal = Journal(database, web_app.context.election, lambda: utc_now() - timedelta(minutes=5))
    workflow_id = workflow_id_of(Procedure.VOTING_CODE, person.id)
    async with database.writing() as connection:
        for entry in (
            Entry("72-1", Event.REQUEST_ACCEPTED, person.id, workflow_id, "sms", "accepted"),
            Entry("72-2", Event.SEND_DELIVERED, "smpp", workflow_id, "sms", "delivered", "33"),
            Entry("72-3", Event.OPERATOR_CANCELLED, "m.durand", workflow_id, outcome="Held", detail="appel"),
            Entry("72-4", Event.CODE_REISSUED, SACHA.id, workflow_id_of(Procedure.VOTING_CODE, SACHA.id), "sms"),
        ):
            await journal.record(connection, entry)
    tokens = await web_app.signed_in(person)
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        answer = await browser.get(_HERE)
    assert_valid_response(answer)
    advised = ["Gardez cet ordre", "pendant un jour après un nouveau mot de passe"]
    assert all(each in answer.text for each in advised)
    assert answer.text.index("un nouveau code de vote</a>") < answer.text.index("un nouveau mot de passe</a>")
    said = ["demande annulée par l’assistance", "message arrivé par SMS", "demande acceptée, envoi par SMS"]
    places = [answer.text.index(each) for each in said]
    assert places == sorted(places)
    assert "nouveau code affiché" not in answer.text
    assert "m.durand" not in answer.text
    assert "no-store" in answer.headers["cache-control"]


async def _page(web_app: WebApp) -> str:
    person = await web_app.new_elector()
    tokens = await web_app.signed_in(person)
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        answer = await browser.get(_HERE)
    assert_valid_response(answer)
    return answer.text
