"""What an operator reads of a campaign, in the Temporal UI and on the command's terminal."""

from datetime import timedelta

from election.french_numbers import french_number
from election.timetable import in_zone
from workflows.mailings.messages import CampaignEnding, CampaignProgress

_ENDED = {
    CampaignEnding.COMPLETE: "Envoi terminé\u00a0: chaque électeur a son lien",
    CampaignEnding.INCOMPLETE: "Envoi terminé\u00a0: des électeurs n’ont pas pu être atteints",
    CampaignEnding.STOPPED: "Envoi arrêté par un opérateur",
    CampaignEnding.CLOSED: "Envoi arrêté de lui-même\u00a0: les demandes ne sont pas ouvertes",
}
_AGAIN = "Relancer la même commande\u00a0: qui est déjà atteint est passé."
_NEXT = {
    CampaignEnding.INCOMPLETE: f"Chercher pourquoi dans les réassorts `identifier-and-password`, puis\u00a0: {_AGAIN}",
    CampaignEnding.STOPPED: _AGAIN,
    CampaignEnding.CLOSED: "Un lien demandé maintenant serait refusé\u202f; voir le calendrier de l’élection.",
}
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


def current_details(progress: CampaignProgress, time_zone: str) -> str:
    """Return the Markdown of a campaign's current details: how far it is, at what rate, what comes next."""
    left = progress.total - progress.reached
    facts = {
        "Atteints": _reached(progress),
        "Non atteints": french_number(left) if progress.ended and left else "",
        "Débit": "" if progress.ended else f"{decimal(progress.per_second)} par seconde",
        "Temps restant": duration(progress.remaining) if progress.remaining is not None else "",
        "En pause depuis le" if progress.paused else "Commencé le": in_zone(progress.since, time_zone),
    }
    lines = [f"### {heading(progress)}", *(f"- **{name}\u00a0:** {text}" for name, text in facts.items() if text)]
    then = _NEXT.get(progress.ended) if progress.ended else _on_the_way(progress)
    if then:
        lines.append(f"**Ensuite\u00a0:** {then}")
    return "\n\n".join(lines)


def heading(progress: CampaignProgress) -> str:
    """Return how the campaign stands, in a few words."""
    if progress.ended:
        return _ENDED[progress.ended]
    return f"Envoi {'en pause' if progress.paused else 'en cours'}\u00a0: {percent(progress.percent)}"


def sentence(progress: CampaignProgress) -> str:
    """Return one line for a terminal: heading, how many of how many, rate, time left."""
    said = [heading(progress), _reached(progress)]
    if not progress.ended:
        said.append(f"{decimal(progress.per_second)} par seconde")
    if progress.remaining is not None:
        said.append(f"encore {duration(progress.remaining)}")
    return ", ".join(said)


def _reached(progress: CampaignProgress) -> str:
    return f"{french_number(progress.reached)} sur {french_number(progress.total)}"


def _on_the_way(progress: CampaignProgress) -> str:
    if progress.paused:
        return 'Reprendre\u00a0: «\u00a0Send an Update\u00a0», `resume`, avec `{"operator": "votre nom"}`.'
    if progress.reached == progress.total:
        return "Les derniers liens sont en préparation\u202f; ceux qui manqueraient sont envoyés de nouveau."
    return "Rien à faire. La pause, le débit et l’arrêt sont dans le menu «\u00a0Send an Update\u00a0»."


def decimal(number: float) -> str:
    """Return a number with the decimal that it needs: `50`, `0,5`."""
    return f"{number:.1f}".removesuffix(".0").replace(".", ",")


def percent(share: float) -> str:
    """Return a share as French prints it, never rounded up: 100 % means everybody."""
    return f"{decimal(int(share * 10) / 10)}\u00a0%"


def duration(time: timedelta) -> str:
    """Return a time as one says it: its two largest units."""
    seconds = int(time.total_seconds())
    days, hours, minutes = seconds // _DAY, seconds % _DAY // _HOUR, seconds % _HOUR // _MINUTE
    if days:
        return f"{days}\u00a0j {hours}\u00a0h"
    if hours:
        return f"{hours}\u00a0h {minutes:02}\u00a0min"
    return f"{minutes}\u00a0min {seconds % _MINUTE:02}\u00a0s" if minutes else f"{seconds}\u00a0s"
