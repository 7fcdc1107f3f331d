"""The buttons that many messages end with; `actions` of `Pages.message`."""

from election.text.translation import N_
from election.text.translation import gettext as _
from web.presenters import follow_up

HOME = (N_("Revenir à l’accueil"), "/")
SUPPORT = (N_("Écrire à l’assistance"), "/assistance")
FOLLOW = (N_("Suivre ma demande"), follow_up.URL)


def shown(button: tuple[str, str]) -> tuple[str, str]:
    """Return a button in the language that is spoken."""
    label, url = button
    return _(label), url
