"""Renders the console's pages from their templates."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from starlette.responses import HTMLResponse

from activities.accounts import sessions
from activities.security.signed_orders import LONGEST_REASON
from activities.texts.translated_templates import translate
from console.presenters.instants import written
from election.settings import Election
from election.text.numbers import written_number, written_span

HOME = "/exploitation"
_NAVIGATION = (
    ("Tableau de bord", HOME),
    ("Échecs", f"{HOME}/echecs"),
    ("Recherche", f"{HOME}/recherche"),
    ("Envois en nombre", f"{HOME}/envois"),
    ("Passerelles", f"{HOME}/passerelles"),
    ("Liste électorale", f"{HOME}/liste"),
    ("Chiffres", f"{HOME}/chiffres"),
    ("Journal", f"{HOME}/journal"),
)


_WEB = PackageLoader("web", "templates")


class ConsolePages:
    """Renders templates; every value is escaped, and a missing one is an error. The portal's are included as `web/…`.

    `theme` is "dsfr" or "neutral". The filter `instant` writes an instant in the election's time zone, `since` how long ago it
    was, `number` a whole number. In a demonstration, each page says so, and a template that was
    changed is read again.
    """

    def __init__(self, election: Election, theme: str, now: Callable[[], datetime], *, demo: bool) -> None:
        self._templates = Environment(
            loader=ChoiceLoader([PackageLoader("console", "templates"), PrefixLoader({"web": _WEB})]),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=demo,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(
            instant=lambda instant: written(instant, now(), election.zone),
            since=lambda instant: written_span(now() - instant),
            number=written_number,
        )
        translate(self._templates)  # for the portal's templates
        self._templates.globals.update(
            election=election,
            theme=theme,
            demo=demo,
            now=now,
            session_url=f"{HOME}/session.json",
            session_idle=sessions.IDLE,
            session_longest=sessions.LONGEST,
            session_warned=sessions.WARNED,
            longest_reason=LONGEST_REASON,
        )

    def limit_navigation(self, paths: Collection[str]) -> None:
        """Show in the menu those pages alone that the application has."""
        self._templates.globals["navigation"] = [each for each in _NAVIGATION if each[1] in paths]

    def text(self, template: str, **context: Any) -> str:
        """Return the HTML of a template."""
        return self._templates.get_template(template).render(**context)

    def page(self, template: str, status_code: int = 200, **context: Any) -> HTMLResponse:
        """Return a page as a response; without `operator` in the context, it is that of somebody who has not signed in."""
        return HTMLResponse(self.text(template, **{"operator": None, "path": "", **context}), status_code)

    def message(
        self, status: int, title: str, paragraphs: list[str], actions: list[tuple[str, str]], **context: Any
    ) -> HTMLResponse:
        """Return a page of a few sentences; `actions` are (label, address) pairs, the first is the main button.

        `typed` in the context is what was typed in a form that is refused, as (label, text) pairs.
        """
        said = {"typed": [], "title": title, "paragraphs": paragraphs, "actions": actions}
        return self.page("message.html", status, **{**said, **context})
