"""Templates whose texts are in the language that is spoken while they are rendered."""

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from election.text.numbers import written_countdown, written_duration, written_hours, written_number
from election.text.translation import gettext, language, ngettext


def translate(environment: Environment) -> None:
    """Give templates `{% trans %}`, `_()`, `ngettext()`, `language()`, and the filters `translated` and `written_…`."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined] # the extension's method, added above
        gettext, ngettext, newstyle=True
    )
    environment.filters["translated"] = _translated
    environment.filters["written_countdown"] = written_countdown
    environment.filters["written_hours"] = written_hours
    environment.filters["written_duration"] = written_duration
    environment.filters["written_number"] = written_number
    environment.globals["language"] = language


@pass_context  # or Jinja would apply it to a constant once, when it compiles the template
def _translated(_context: Context, text: str) -> str:
    return gettext(text)
