"""The French texts that operators read about a campaign, in the Temporal UI and on the terminal."""

from datetime import timedelta

from election.french_numbers import french_number
from election.timetable import format_in_zone
from workflows.mailings.messages import CampaignEnding, CampaignProgress

_ENDED = {
    CampaignEnding.COMPLETE: "Envoi terminé\u00a0: chaque électeur a son lien",
    CampaignEnding.INCOMPLETE: "Envoi terminé\u00a0: des électeurs n’ont pas pu être atteints",
    CampaignEnding.STOPPED: "Envoi arrêté par un opérateur",
    CampaignEnding.CLOSED: "Envoi arrêté de lui-même\u00a0: les demandes ne sont pas ouvertes",
}
_START_AGAIN = "Relancer la même commande\u00a0: qui est déjà atteint est passé."
_NEXT_STEPS = {
    CampaignEnding.INCOMPLETE: f"Chercher pourquoi dans les réassorts `identifier-and-password`, puis\u00a0: {_START_AGAIN}",
    CampaignEnding.STOPPED: _START_AGAIN,
    CampaignEnding.CLOSED: "Un lien demandé maintenant serait refusé\u202f; voir le calendrier de l’élection.",
}
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


def current_details(progress: CampaignProgress, time_zone: str) -> str:
    """Return the Markdown of a campaign's current details: progress, rate, time left, next step."""
    left = progress.total - progress.reached
    facts = {
        "Atteints": _reached(progress),
        "Non atteints": french_number(left) if progress.ending and left else "",
        "Débit": "" if progress.ending else f"{decimal(progress.per_second)} par seconde",
        "Temps restant": duration(progress.remaining) if progress.remaining is not None else "",
        "En pause depuis le" if progress.is_paused else "Commencé le": format_in_zone(progress.since, time_zone),
    }
    lines = [f"### {heading(progress)}", *(f"- **{name}\u00a0:** {text}" for name, text in facts.items() if text)]
    next_step = _NEXT_STEPS.get(progress.ending) if progress.ending else _next_step_while_running(progress)
    if next_step:
        lines.append(f"**Ensuite\u00a0:** {next_step}")
    return "\n\n".join(lines)


def heading(progress: CampaignProgress) -> str:
    """Return the state of the campaign in a few words."""
    if progress.ending:
        return _ENDED[progress.ending]
    return f"Envoi {'en pause' if progress.is_paused else 'en cours'}\u00a0: {percent(progress.percent)}"


def status_line(progress: CampaignProgress) -> str:
    """Return one line for a terminal: heading, reached and total, rate, time left."""
    parts = [heading(progress), _reached(progress)]
    if not progress.ending:
        parts.append(f"{decimal(progress.per_second)} par seconde")
    if progress.remaining is not None:
        parts.append(f"encore {duration(progress.remaining)}")
    return ", ".join(parts)


def _reached(progress: CampaignProgress) -> str:
    return f"{french_number(progress.reached)} sur {french_number(progress.total)}"


def _next_step_while_running(progress: CampaignProgress) -> str:
    if progress.is_paused:
        return 'Reprendre\u00a0: «\u00a0Send an Update\u00a0», `resume`, avec `{"operator": "votre nom"}`.'
    if progress.reached == progress.total:
        return "Les derniers liens sont en préparation\u202f; ceux qui manqueraient sont envoyés de nouveau."
    return "Rien à faire. La pause, le débit et l’arrêt sont dans le menu «\u00a0Send an Update\u00a0»."


def decimal(number: float) -> str:
    """Return a number in French format with at most one decimal: `50`, `0,5`."""
    return f"{number:.1f}".removesuffix(".0").replace(".", ",")


def percent(share: float) -> str:
    """Return a percentage in French format, rounded down: 100 % means every elector."""
    return f"{decimal(int(share * 10) / 10)}\u00a0%"


def duration(time: timedelta) -> str:
    """Return a duration in its two largest units: `2 j 3 h`."""
    seconds = int(time.total_seconds())
    days, hours, minutes = seconds // _DAY, seconds % _DAY // _HOUR, seconds % _HOUR // _MINUTE
    if days:
        return f"{days}\u00a0j {hours}\u00a0h"
    if hours:
        return f"{hours}\u00a0h {minutes:02}\u00a0min"
    return f"{minutes}\u00a0min {seconds % _MINUTE:02}\u00a0s" if minutes else f"{seconds}\u00a0s"
