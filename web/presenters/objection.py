"""What pages say of an objection and of its link."""

from election.settings import Election
from election.text.translation import gettext as _
from election.verdicts import LinkVerdict
from web.presenters.procedures.record import UnusableLink


def unusable(verdict: LinkVerdict, election: Election) -> UnusableLink:
    """Return why the link of a notice cannot be used, and what to do."""
    contact = election.support.contact
    if verdict is LinkVerdict.EXPIRED:
        reason = _("Le vote est clos\u00a0: plus rien ne peut être demandé en votre nom.")
        return UnusableLink(
            _("Lien expiré"),
            reason,
            _("Pour signaler ce qui s’est passé, joignez l’assistance\u00a0: {contact}.").format(contact=contact),
        )
    return UnusableLink(
        _("Lien déjà utilisé"),
        _("Ce lien a déjà servi à suspendre les demandes faites en votre nom."),
        _("L’assistance peut les rétablir après vous avoir parlé\u00a0: {contact}.").format(contact=contact),
    )


def objected(election: Election) -> str:
    """Return the sentence for an elector whose recoveries are paused by an objection."""
    return _(
        "Une opposition a été faite depuis votre messagerie professionnelle\u00a0: les demandes sont suspendues jusqu’à ce que "
        "vous ayez parlé à l’assistance\u00a0: {contact}. Le vote, lui, n’est pas suspendu."
    ).format(contact=election.support.contact)
