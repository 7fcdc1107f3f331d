"""The French texts that operators read about a mailing, in the Temporal UI and on the terminal."""

from election.causes import cause_of
from election.text.numbers import written_decimal, written_number, written_span
from election.timetable import format_in_zone
from workflows.contracts.messages import DATABASE_FAULT
from workflows.mailings.messages import MailingEnding, MailingProgress

_ENDED = {
    MailingEnding.COMPLETE: "Envoi accepté par le relais pour chaque électeur",
    MailingEnding.INCOMPLETE: "Envoi en échec pour une partie des électeurs",
    MailingEnding.STOPPED: "Envoi arrêté par un opérateur",
    MailingEnding.CLOSED: "Envoi arrêté de lui-même\u00a0: les demandes ne sont pas ouvertes",
}
REFUSED = "### Envoi refusé\n\nSa signature n’est pas celle de la console, ou elle est trop ancienne\u00a0: rien n’a été envoyé."
# Where orders are given. The Temporal UI of production takes none.
_WHERE = (
    "dans la page «\u00a0Envois en nombre\u00a0» de la console\u202f; si elle est arrêtée, par la ligne de commande "
    "(`python -m workflows.mailings.cli`)"
)
_NEXT_STEPS = {
    MailingEnding.COMPLETE: "Accepté ne veut pas dire remis\u00a0: la console compte aussi les courriels retournés depuis.",
    MailingEnding.INCOMPLETE: f"Lire les causes, corriger, puis renvoyer ce qui a échoué, {_WHERE}.",
    MailingEnding.STOPPED: f"Un envoi du même nom laisse de côté les électeurs déjà atteints. Il se commence {_WHERE}.",
    MailingEnding.CLOSED: "Un lien envoyé maintenant ne servirait pas\u202f; voir le calendrier de l’élection.",
}
_SUSPENDED = "gateway-suspended"  # by an operator, and so is every other relay


def current_details(progress: MailingProgress, time_zone: str) -> str:
    """Return the Markdown of a mailing's current details: counts, causes of failures, rate, time left, next step."""
    facts = {
        "Acceptés par le relais": f"{written_number(progress.accepted)} sur {written_number(progress.total)}",
        "Lien d’une demande de l’électeur": _unless_zero(progress.own),
        "En attente d’envoi": _unless_zero(progress.waiting),
        "Demandés au réassort de l’électeur": _unless_zero(progress.asked),
        "Non préparés": _unless_zero(progress.unprepared),
        "En échec": _failures(progress),
        "Rythme": "" if progress.ending else f"{written_decimal(progress.per_second, 2)} par seconde",
        "Temps restant": written_span(progress.remaining) if progress.remaining is not None else "",
        _since(progress): format_in_zone(progress.since, time_zone),
    }
    lines = [f"### {heading(progress)}", *(f"- **{name}\u00a0:** {text}" for name, text in facts.items() if text)]
    next_step = _NEXT_STEPS[progress.ending] if progress.ending else _next_step_while_running(progress)
    return "\n\n".join([*lines, f"**Ensuite\u00a0:** {next_step}"])


def heading(progress: MailingProgress) -> str:
    """Return the state of the mailing in a few words."""
    if progress.ending:
        return _ENDED[progress.ending]
    return f"Envoi {_state(progress)}\u00a0: {percent(progress.percent)}"


def status_line(progress: MailingProgress) -> str:
    """Return one line for a terminal: heading, accepted and total, what waits and what failed, rate, time left.

    Who has no row yet waits too, as on the console's page: of a mailing that was stopped, that is who gets no mail.
    """
    parts = [heading(progress), f"{written_number(progress.accepted)} sur {written_number(progress.total)}"]
    counted = {
        "par une demande de l’électeur": progress.own,
        "en attente": progress.waiting + progress.asked + progress.unprepared,
        "en échec": progress.failures,
    }
    parts += [f"{written_number(number)} {what}" for what, number in counted.items() if number]
    if progress.bounced:
        parts.append(f"dont {written_number(progress.bounced)} retournés après l’acceptation")
    if not progress.ending:
        parts.append(f"{written_decimal(progress.per_second, 2)} par seconde")
    if progress.relay_fault:
        away = "suspendu" if progress.relay_fault == _SUSPENDED else "injoignable"
        parts.append(f"relais {away} ({progress.relay_fault})")
    if progress.database_fault:
        parts.append(f"base de données ({progress.database_fault.removeprefix(DATABASE_FAULT)})")
    if progress.remaining is not None:
        parts.append(f"encore {written_span(progress.remaining)}")
    return ", ".join(parts)


def failure_lines(progress: MailingProgress) -> list[str]:
    """Return a line for each cause of failures, with what it means, the most frequent first; one that says so when nothing has failed."""
    by_number = sorted(progress.failed.items(), key=lambda each: -each[1])
    return [
        f"{cause}\u00a0: {written_number(number)}. {cause_of(cause).sentence}" for cause, number in by_number
    ] or ["Aucun échec."]


def _state(progress: MailingProgress) -> str:
    if progress.is_paused:
        return "suspendu"
    if progress.database_fault:
        return "en attente de la base de données"
    return "en attente du relais" if progress.relay_fault else "en cours"


def _since(progress: MailingProgress) -> str:
    if progress.is_paused:
        return "Suspendu depuis le"
    return "Relais injoignable depuis le" if progress.relay_fault and not progress.ending else "Commencé le"


def _unless_zero(number: int) -> str:
    return written_number(number) if number else ""


def _failures(progress: MailingProgress) -> str:
    causes = ", ".join(f"`{cause}` {written_number(number)}" for cause, number in progress.failed.items())
    return f"{written_number(progress.failures)} ({causes})" if causes else ""


def _next_step_while_running(progress: MailingProgress) -> str:
    if progress.database_fault:
        return (
            f"Rétablir la base de données (`{progress.database_fault}`), puis reprendre l’envoi, ou l’arrêter, {_WHERE}. "
            "Après une panne, il reprend aussi de lui-même, en une heure au plus."
        )
    if progress.is_paused:
        return f"Reprendre l’envoi {_WHERE}."
    if progress.relay_fault == _SUSPENDED:
        return "Reprendre un relais, dans la page «\u00a0Passerelles\u00a0» de la console\u00a0: l’envoi reprend alors de lui-même."
    if progress.relay_fault:
        return f"Rétablir le relais (`{progress.relay_fault}`)\u00a0: l’envoi reprend de lui-même à son retour."
    return f"Rien à faire. La suspension, le rythme et l’arrêt se commandent {_WHERE}."


def percent(share: float) -> str:
    """Return a percentage in French format, rounded down: 100 % means every elector."""
    return f"{written_decimal(int(share * 10) / 10)}\u00a0%"
