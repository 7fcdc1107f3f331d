"""Pages: a template, the election, whoever is signed in."""

from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from election.settings import Election


@dataclass(frozen=True)
class Look:
    """How the pages look: the theme, and whether this is a demonstration."""

    theme: str
    demo: bool


class Pages:
    """Renders templates; every value is escaped, every missing one is a fault."""

    def __init__(self, election: Election, look: Look) -> None:
        self._templates = Environment(
            loader=PackageLoader("web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,  # or every page looks at the dates of all its files
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(election=election, theme=look.theme, demo=look.demo)

    def text(self, template: str, **context: Any) -> str:
        """Return the HTML of a template."""
        return self._templates.get_template(template).render(**context)

    def page(self, template: str, status_code: int = 200, **context: Any) -> HTMLResponse:
        """Return a whole page as an answer; anonymous unless the context says who is signed in."""
        return HTMLResponse(self.text(template, **{"elector_name": None, "csrf": "", **context}), status_code)

    def message(
        self, status: int, title: str, paragraphs: list[str], actions: list[tuple[str, str]], **context: Any
    ) -> HTMLResponse:
        """Return a page of a few sentences; `actions` are (label, address), the first one first in line."""
        buttons = [
            {"label": label, "url": url, "kind": "secondary" if number else "primary"}
            for number, (label, url) in enumerate(actions)
        ]
        return self.page("message.html", status, title=title, paragraphs=paragraphs, actions=buttons, **context)
