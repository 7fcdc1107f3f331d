"""What a link says between the voter's click and its outcome in the database."""

from starlette.responses import Response

from election.procedures import Procedure, procedure_of
from election.text.translation import N_
from election.text.translation import gettext as _
from election.verdicts import LinkVerdict
from web.context.pressed_links import RELOAD_AFTER, RELOADS, pressed_url, reload_at
from web.routers.links.link_request import LinkRequest

_UNDERWAY = {
    Procedure.VOTING_CODE: N_(
        "Un nouveau code de vote est en préparation. Il s’affichera, pour un temps limité, dans le navigateur où le bouton de "
        "ce lien a été utilisé."
    ),
    Procedure.PASSWORD: N_(
        "Un nouveau mot de passe a été choisi avec ce lien\u00a0: il est en cours d’enregistrement. D’ici là, l’ancien reste valable."
    ),
    Procedure.IDENTIFIER_AND_PASSWORD: N_(
        "Un nouveau mot de passe est en préparation. Il s’affichera, pour un temps limité, dans le navigateur où le bouton de "
        "ce lien a été utilisé."
    ),
}


async def underway_page(link_request: LinkRequest) -> Response | None:
    """Return the page that says that a used link's outcome is being made, or None once the database has it.

    The recovery marks a link as used before it writes: its worker may have died since, or lost the database.
    """
    app, record = link_request.app, link_request.link_record
    if record.ending is not LinkVerdict.LIVE:
        return None
    now = await app.services.links.find(link_request.token)
    if now is None or now.ending is not LinkVerdict.LIVE:
        return None
    url = pressed_url(link_request.url)
    sentences = [_(_UNDERWAY[procedure_of(record.workflow_id)]), _(RELOADS).format(seconds=RELOAD_AFTER)]
    page = app.pages.message(410, _("Lien déjà utilisé"), sentences, [(_("Actualiser la page"), url)])
    reload_at(page, url)
    return page


async def is_click_taken(link_request: LinkRequest) -> bool:
    """Return whether the recovery of a link that the database said was live has taken a click.

    Raises:
        TemporalUnavailableError: the recovery does not answer in time.
    """
    record = link_request.link_record
    return record.ending is LinkVerdict.LIVE and await link_request.app.link_client.is_used(record)
