"""Every cookie of the site: scripts cannot read them and, over HTTPS, no other host can set them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request
from starlette.responses import Response

from activities.accounts import oidc_logins
from activities.accounts.sessions import IDLE
from activities.security import sealed_drafts
from election.procedures import Procedure
from election.settings import Election
from election.text.translation import N_
from web.context.app_context import AppContext
from web.presenters.procedures.catalogue import CATALOGUE

_ONE_DAY = timedelta(days=1)


def _of(*procedures: Procedure) -> Callable[[AppContext], bool]:
    """Return whether the election offers one of these procedures."""
    return lambda app: not set(procedures).isdisjoint(app.election.procedures)


@dataclass(frozen=True)
class Cookie:
    """One cookie; `path` applies without HTTPS only, since the prefix `__Host-` demands HTTPS and the path `/`.

    `purpose` is what `/cookies` says of it. The browser keeps it as long as `lasts`: for a time, until an instant, or until it
    is closed. `is_used` is whether the site ever sets it.
    """

    name: str
    path: str
    purpose: str
    lasts: Callable[[Election], timedelta | datetime] | None = None
    is_used: Callable[[AppContext], bool] = lambda _: True

    def read(self, request: Request, app: AppContext) -> str:
        """Return the value that the browser sent, or ""."""
        return request.cookies.get(self.full_name(app), "")

    def set(self, response: Response, app: AppContext, value: str, max_age: int | None = None) -> None:
        """Set a value, for as long as `lasts` says, or for `max_age` seconds of it.

        `SameSite=Lax`: a link in a webmail is opened from another site, and needs the cookie too.
        """
        response.set_cookie(
            self.full_name(app),
            value,
            max_age=self._max_age(app) if max_age is None else max_age,
            path=self._full_path(app),
            secure=app.is_https,
            httponly=True,
            samesite="lax",
        )

    def delete(self, response: Response, app: AppContext) -> None:
        """Delete the cookie."""
        response.delete_cookie(self.full_name(app), path=self._full_path(app), secure=app.is_https, httponly=True)

    def full_name(self, app: AppContext) -> str:
        """Return the name by which the browser knows it."""
        return f"__Host-{self.name}" if app.is_https else self.name

    def _full_path(self, app: AppContext) -> str:
        return "/" if app.is_https else self.path

    def _max_age(self, app: AppContext) -> int | None:
        lasts = self.lasts(app.election) if self.lasts else None
        left = lasts - app.now() if isinstance(lasts, datetime) else lasts
        return None if left is None else int(left.total_seconds())


def _longest_display(election: Election) -> timedelta:
    windows = {
        Procedure.VOTING_CODE: election.voting_code_recovery.display_window,
        Procedure.IDENTIFIER_AND_PASSWORD: election.identifier_and_password_recovery.display_window,
    }
    return max(windows[each] for each in windows if each in election.procedures)


_SHOWS_A_SECRET = _of(Procedure.VOTING_CODE, Procedure.IDENTIFIER_AND_PASSWORD)

SESSION = Cookie(
    "session",
    "/",
    N_("Relie les pages que vous ouvrez, retient votre connexion et protège vos formulaires."),
)
# It holds the choice that the voter has made, and nothing else.
LANGUAGE = Cookie(
    "langue",
    "/",
    N_("Retient la langue que vous avez choisie."),
    lasts=lambda _: timedelta(days=180),
)
TYPED_IDENTIFIER = Cookie(
    "identifiant",
    "/",
    N_(
        "Garde ce que vous avez tapé à la première page de la connexion ou du mot de passe oublié, pour les suivantes."
    ),
    lasts=lambda _: IDLE,
)
# These two outlive the session: they prove that this browser has signed in before, one for each sign-in page.
KNOWN_BROWSER = Cookie(
    "connu",
    "/connexion",
    N_("Reconnaît un navigateur qui s’est déjà connecté\u00a0: les essais de quelqu’un d’autre ne le gênent pas."),
    lasts=lambda election: election.calendar.vote.closes,
)
KNOWN_VOTER = Cookie(
    "connu-vote",
    "/vote/connexion",
    N_(
        "Reconnaît un navigateur qui a déjà ouvert l’espace de vote\u00a0: les essais de quelqu’un d’autre ne le gênent pas."
    ),
    lasts=lambda election: election.calendar.vote.closes,
    is_used=lambda app: app.election.voting_space.identifier_and_password,
)
DESTINATION = Cookie(
    "vers",
    "/lien",
    N_("Retient la page où vous alliez, si vous avez oublié votre mot de passe en chemin."),
    lasts=lambda election: election.links.email_lifetime,
    is_used=_of(Procedure.PASSWORD),
)
# The procedure that the follow-up page shows: the last one that this browser asked for.
FOLLOWED = Cookie(
    "suivi",
    "/reassort",
    N_("Retient la demande que la page de suivi montre."),
    is_used=_of(Procedure.IDENTIFIER),
)
# The follow-up page, which offers another destination, is under the same path.
VOTING_CODE_DRAFT = Cookie(
    "demande",
    "/reassort",
    N_("Garde, chiffré, ce que vous avez tapé dans une demande en plusieurs pages."),
    lasts=lambda _: sealed_drafts.KEPT,
    is_used=_of(Procedure.VOTING_CODE),
)
IDENTIFIER_DRAFT = Cookie(
    "demande-identifiant",
    CATALOGUE[Procedure.IDENTIFIER].url,
    N_("Garde, chiffré, ce que vous avez tapé pour demander un identifiant."),
    lasts=lambda _: sealed_drafts.KEPT,
    is_used=_of(Procedure.IDENTIFIER),
)
# What was typed on the page of the voting code, beside a wrong CAPTCHA.
TYPED_CODE_DRAFT = Cookie(
    "code-saisi",
    "/vote",
    N_("Garde, chiffré, le code que vous avez tapé, si les chiffres d’une image sont à recopier."),
    lasts=lambda _: sealed_drafts.KEPT,
    is_used=lambda app: app.offer.voting_code or not app.offer.identifier,
)
# One for all tabs.
FRANCE_CONNECT = Cookie(
    "franceconnect",
    "/",
    N_("Vérifie que la réponse de FranceConnect est pour ce navigateur."),
    lasts=lambda _: oidc_logins.KEPT,
    is_used=lambda app: app.offer.france_connect,
)
# Given by the GET, so that the browser can still read a secret whose page was lost on its way: after a double
# click, or when a web process died. The server does not keep it.
DISPLAY_KEY = Cookie(
    "navigateur",
    "/lien",
    N_("Réserve à ce navigateur le secret que le lien affichera."),
    lasts=lambda _: _ONE_DAY,
    is_used=_SHOWS_A_SECRET,
)
# Given with the secret, for as long as the window: reloading its page shows it again, and other pages lead back to it.
SHOWN_DISPLAY_KEY = Cookie(
    "affichage",
    "/",
    N_("Permet de revoir dans ce navigateur le secret affiché, tant que son temps d’affichage n’est pas passé."),
    lasts=_longest_display,
    is_used=_SHOWS_A_SECRET,
)

EVERY = (
    SESSION,
    LANGUAGE,
    TYPED_IDENTIFIER,
    KNOWN_BROWSER,
    KNOWN_VOTER,
    DESTINATION,
    FOLLOWED,
    VOTING_CODE_DRAFT,
    IDENTIFIER_DRAFT,
    TYPED_CODE_DRAFT,
    FRANCE_CONNECT,
    DISPLAY_KEY,
    SHOWN_DISPLAY_KEY,
)
