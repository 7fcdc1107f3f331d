"""A mail's text with a hole for the link: it is rendered once, and filled for each elector in a fiftieth of the time."""

from collections.abc import Callable
from dataclasses import replace

from activities.texts.messages import MailText

# Of the letters of a link alone, so that no template escapes any of it.
_HOLE = "https://mould/lien/0123456789abcdefghjkmnpqrs"


class Mould:
    """Fills what a function renders of a link; all else in the text must be the same for every link."""

    def __init__(self, render: Callable[[str], MailText]) -> None:
        self._text = render(_HOLE)

    def filled(self, link: str) -> MailText:
        """Return the same as the function would."""
        text, html = (each.replace(_HOLE, link) for each in (self._text.text, self._text.html))
        return replace(self._text, text=text, html=html)
