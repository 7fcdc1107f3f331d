"""The link of a forgotten password: the form of a new one; the link is spent by a password that can be taken."""

from starlette.responses import HTMLResponse, Response

from activities.accounts.roll import Claimant
from election.verdicts import LinkVerdict
from web.context.browser_session import remember
from web.forms.new_password import checked, shown
from web.forms.submitted_form import Form
from web.routers.links.link_request import Visit


async def look(visit: Visit) -> Response:
    """Return the form of a new password: mail scanners that open links change nothing."""
    ending = visit.place.ending
    return _form_page(visit, Form()) if ending is LinkVerdict.LIVE else visit.dead(ending)


async def press(visit: Visit) -> Response:
    """Let a new password take the old one's place; a mistake in the form does not spend the link."""
    form = await visit.form()
    if visit.place.ending is not LinkVerdict.LIVE:
        return visit.dead(visit.place.ending)
    password = checked(form, visit.door.election.password)
    if password is None:
        return _form_page(visit, form, 422)
    refused = await visit.door.passwords.choose(visit.place, password)
    return visit.dead(refused) if refused else _done(visit)


def _form_page(visit: Visit, form: Form, status: int = 200) -> HTMLResponse:
    rules = visit.door.election.password
    return visit.door.pages.page(
        "password_new.html",
        status,
        form=form,
        rules=shown(rules),
        shortest=rules.shortest,
        longest=rules.longest,
        csrf=visit.csrf,
    )


def _done(visit: Visit) -> HTMLResponse:
    page = visit.door.pages.page("password_done.html")
    # Whoever has the link is the elector.
    remember(page, visit.door, Claimant(visit.place.workflow_id.partition("/")[2], None))
    return page
