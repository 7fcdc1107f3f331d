"""Renders pages from their templates."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from activities.accounts import sessions
from activities.security import sealed_drafts
from activities.texts import wishes
from activities.texts.translated_templates import translate
from election.rules.support import SupportContact
from election.settings import Election
from election.text.numbers import COUNTED_UP_TO
from web.context.page_address import language_choices
from web.presenters.current_dates import CurrentDates
from web.presenters.enumeration import listed
from web.presenters.legal.accessibility import STATE_WORDS
from web.presenters.noted_copy import noted_sentences
from web.presenters.offer import offer_of
from web.presenters.procedures.catalogue import offered_records
from web.presenters.proof_texts import proof_texts

# Of a recovery (`election.procedures.reference_of`), and of a message to the support desk.
REFERENCE = re.compile(r"\b[0-9A-Z]{4,5}(?:-[0-9A-Z]{4,5}){1,2}\b")


def references(text: str) -> Markup:
    """Return a text as HTML in which no reference breaks over two lines, nor is translated."""
    return Markup(REFERENCE.sub(r'<span class="reference" translate="no">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped


def _linked(support: SupportContact) -> Callable[[str], Markup]:
    """Return the filter of sentences that may name the support desk: its address and its number can be pressed."""

    def linked(text: str) -> Markup:
        sentence = str(references(text))
        address, number = escape(support.email), escape(support.shown_telephone)
        contact = str(escape(support.contact))
        pressed = contact.replace(str(address), f'<a href="mailto:{address}">{address}</a>', 1)
        pressed = pressed.replace(str(number), f'<a href="{escape(support.telephone_uri)}">{number}</a>', 1)
        return Markup(sentence.replace(contact, pressed))  # noqa: S704 - every part is escaped

    return linked


def _of_the_election(election: Election) -> dict[str, object]:
    """Return what every template may use, of the election and of the application's own rules."""
    return {
        "language_choices": language_choices,
        "election": election,
        "offered_records": offered_records(election),
        "wishes": wishes,
        "accessibility_state": STATE_WORDS[election.legal.accessibility.state],
        "proof_texts": proof_texts(election),
        "noted_sentences": noted_sentences,
        "sms_lifetime": election.links.sms_lifetime,
        "code_wait": election.code_wait,
        "session_idle": sessions.IDLE,
        "session_longest": sessions.LONGEST,
        "session_warned": sessions.WARNED,
        "session_url": "/session.json",
        "sign_in_url": "/connexion",
        "draft_lifetime": sealed_drafts.KEPT,
        "counted_up_to": COUNTED_UP_TO,
    }


class Pages:
    """Renders templates; every value is escaped, and a missing one is an error.

    `theme` is "dsfr" or "neutral"; `has_provider` is whether the settings name FranceConnect's provider; by the clock `now`
    templates leave out what is not open. In a demonstration, each page says so, and a template that was changed is read again;
    elsewhere templates are read once, which spares each page a look at the dates of all its files.
    """

    def __init__(
        self,
        election: Election,
        theme: str,
        now: Callable[[], datetime],
        *,
        demo: bool,
        has_provider: bool = False,
    ) -> None:
        self._templates = Environment(
            loader=PackageLoader("web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=demo,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        translate(self._templates)
        self._templates.filters.update(references=references, linked=_linked(election.support), listed=listed)
        self._templates.globals.update(
            _of_the_election(election),
            theme=theme,
            demo=demo,
            dates=CurrentDates(election, now),
            offer=offer_of(election, has_provider=has_provider),
        )

    def text(self, template: str, **context: Any) -> str:
        """Return the HTML of a template."""
        return self._templates.get_template(template).render(**context)

    def page(self, template: str, status_code: int = 200, **context: Any) -> HTMLResponse:
        """Return a page as a response; without `elector_name` in the context, it is that of a voter who has not signed in."""
        return HTMLResponse(self.text(template, **{"elector_name": None, "csrf": "", **context}), status_code)

    def message(
        self, status: int, title: str, paragraphs: list[str], actions: list[tuple[str, str]], **context: Any
    ) -> HTMLResponse:
        """Return a page of a few sentences; `actions` are (label, address) pairs, the first is the main button."""
        buttons = [
            {"label": label, "url": url, "kind": "secondary" if number else "primary"}
            for number, (label, url) in enumerate(actions)
        ]
        return self.page("message.html", status, title=title, paragraphs=paragraphs, actions=buttons, **context)
