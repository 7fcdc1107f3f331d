"""The link of a password: a form for the new password, which uses the link up once it is valid."""

from starlette.responses import HTMLResponse, Response

from activities.accounts.frequent_passwords import frequent_passwords
from election.guessable_passwords import GuessableWords, election_words, words_of
from election.procedures import Procedure
from election.verdicts import LinkVerdict
from web.context.browser_session import remember_browser
from web.context.cookies import KNOWN_BROWSER
from web.context.destinations import kept_destination, with_destination
from web.context.pressed_links import note_click
from web.forms.new_password import new_password_of, shown_rules
from web.forms.submitted_form import Form
from web.routers.links.link_request import LinkRequest
from web.routers.links.underway import underway_page


async def show(link_request: LinkRequest) -> Response:
    """Return the form of a new password."""
    ending = await _verdict(link_request)
    if ending is not LinkVerdict.LIVE:
        return link_request.unusable_page(ending)
    return await _form_page(link_request, Form())


async def submit(link_request: LinkRequest) -> Response:
    """Replace the password; a mistake in the form does not use the link up."""
    form = await link_request.form()
    ending = await _verdict(link_request)
    if ending is not LinkVerdict.LIVE:
        return link_request.unusable_page(ending)
    password = new_password_of(form, link_request.app.election.password, await _guessable(link_request))
    if password is None:
        return await _form_page(link_request, form, 422)
    note_click(link_request.request)
    refusal = await link_request.app.password_client.choose(link_request.link_record, password)
    if refusal is None:
        return await _done(link_request)
    underway = await underway_page(link_request) if refusal is LinkVerdict.USED else None
    return underway or link_request.unusable_page(refusal)


async def _verdict(link_request: LinkRequest) -> LinkVerdict:
    """Return the verdict on the link; a live one whose elector has another work address now is cancelled: it was sent to the former."""
    verdict, record = await link_request.verdict(), link_request.link_record
    if verdict is not LinkVerdict.LIVE:
        return verdict
    owner = await link_request.app.services.roll.owner(Procedure.PASSWORD, record.workflow_id, record.elector_id)
    return LinkVerdict.LIVE if owner else LinkVerdict.CANCELLED


async def _form_page(link_request: LinkRequest, form: Form, status: int = 200) -> HTMLResponse:
    rules = link_request.app.election.password
    # Whoever opens the link has it from this mailbox.
    elector = await link_request.app.services.roll.elector(link_request.link_record.elector_id)
    return link_request.app.pages.page(
        "password_new.html",
        status,
        form=form,
        rules=shown_rules(rules),
        min_length=rules.min_length,
        max_length=rules.max_length,
        identifier=elector.work_email if elector else "",
        until=await link_request.until(),
        is_stalled=await link_request.is_stalled(),
        csrf=link_request.csrf,
    )


async def _guessable(link_request: LinkRequest) -> GuessableWords:
    election = link_request.app.election
    names = await link_request.app.services.roll.names(link_request.link_record.elector_id)
    return GuessableWords(
        frequent_passwords(),
        words_of(*names),
        election_words([election.name, election.organiser, *election.work_mail_domains]),
    )


async def _done(link_request: LinkRequest) -> HTMLResponse:
    destination = kept_destination(link_request.request, link_request.app)
    page = link_request.app.pages.page(
        "password_done.html", sign_in_url=with_destination("/connexion", destination)
    )
    claimant = link_request.claimant(link_request.link_record.elector_id)
    await remember_browser(page, link_request.app, claimant, KNOWN_BROWSER)
    return page
