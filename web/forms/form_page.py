"""Pages with a form."""

import secrets
from typing import Any

from starlette.responses import HTMLResponse

from web.context.browser_session import BrowserSession
from web.context.cookies import SESSION
from web.forms.captcha_field import new_captcha
from web.forms.submitted_form import Form


def form_page(
    browser: BrowserSession,
    template: str,
    form: Form,
    status: int = 200,
    *,
    has_captcha: bool = True,
    **context: Any,
) -> HTMLResponse:
    """Return a page with a form: a browser without a session gets one, since the hidden fields are bound to it.

    The template receives `form`, `form_id` (a new one, unless the context has one) and `captcha` (None without). A form that
    came back takes the place of `form`.
    """
    app, cookie, session, returned = browser.app, None, browser.session, browser.returned_form
    if returned:
        returned.is_shown = True
        form = Form({**form.typed, **returned.typed}, general_error=returned.sentence, kept=form.kept)
    if session is None:
        cookie, session = app.services.sessions.anonymous()
        browser = BrowserSession(app, session, None, browser.address)
    captcha = new_captcha(app, session) if has_captcha else None
    page = browser.page(
        template, status, **{"form_id": secrets.token_hex(16), "form": form, "captcha": captcha, **context}
    )
    if cookie:
        SESSION.set(page, app, cookie)
    return page
