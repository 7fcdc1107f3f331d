"""The link of a password: a form for the new password, which uses the link up once it is valid."""

from starlette.responses import HTMLResponse, Response

from election.verdicts import LinkVerdict
from web.context.browser_session import KNOWN_BROWSER, KNOWN_VOTER, remember_browser
from web.forms.new_password import new_password_of, shown_rules
from web.forms.submitted_form import Form
from web.routers.links.link_request import LinkRequest


async def show(link_request: LinkRequest) -> Response:
    """Return the form of a new password."""
    ending = link_request.link_record.ending
    return _form_page(link_request, Form()) if ending is LinkVerdict.LIVE else link_request.unusable_page(ending)


async def submit(link_request: LinkRequest) -> Response:
    """Replace the password; a mistake in the form does not use the link up."""
    form = await link_request.form()
    if link_request.link_record.ending is not LinkVerdict.LIVE:
        return link_request.unusable_page(link_request.link_record.ending)
    password = new_password_of(form, link_request.app.election.password)
    if password is None:
        return _form_page(link_request, form, 422)
    refusal = await link_request.app.password_client.choose(link_request.link_record, password)
    return link_request.unusable_page(refusal) if refusal else _done(link_request)


def _form_page(link_request: LinkRequest, form: Form, status: int = 200) -> HTMLResponse:
    rules = link_request.app.election.password
    return link_request.app.pages.page(
        "password_new.html",
        status,
        form=form,
        rules=shown_rules(rules),
        min_length=rules.min_length,
        max_length=rules.max_length,
        csrf=link_request.csrf,
    )


def _done(link_request: LinkRequest) -> HTMLResponse:
    page = link_request.app.pages.page("password_done.html")
    remember_browser(page, link_request.app, link_request.claimant(), KNOWN_BROWSER, KNOWN_VOTER)
    return page
