"""The French texts that the Temporal UI shows of an act on many recoveries."""

from activities.acts.bulk_order import TITLES, ActState, BulkKind, BulkOrder
from election.text.numbers import written_number
from workflows.acts.messages import ActProgress

_STATES = {
    ActState.RUNNING: "en cours",
    ActState.PAUSED: "suspendue",
    ActState.STOPPED: "arrêtée",
    ActState.DONE: "terminée",
}
ACT_STATES = {
    ActState.RUNNING: "en cours",
    ActState.PAUSED: "suspendu",
    ActState.STOPPED: "arrêté",
    ActState.DONE: "terminé",
}
_NEXT_STEPS = {
    ActState.RUNNING: "Rien à faire. La suspension, le rythme et l’arrêt sont dans la console.",
    ActState.PAUSED: "Reprendre ou arrêter, dans la console.",
    ActState.STOPPED: "Ce qui n’a pas été relancé reste en échec\u00a0: un autre acte peut s’en charger.",
    ActState.DONE: "Ce qui a encore échoué est à nouveau dans «\u00a0Échecs par cause\u00a0», avec sa cause.",
}
REFUSED = "### Acte refusé\n\nSa signature n’est pas celle de la console\u00a0: rien n’a été fait."


def current_details(order: BulkOrder, progress: ActProgress) -> str:
    """Return the Markdown of an act's current details: counts, rate, next step."""
    counts = progress.counts
    done = "Annulés" if order.kind is BulkKind.CANCEL else "Vraiment envoyés"
    facts = {
        done: f"{written_number(counts.sent)} sur {written_number(counts.total)}",
        "De nouveau en échec": _unless_zero(counts.failed),
        "Laissés de côté": _unless_zero(counts.skipped),
        "Ordre donné, résultat attendu": _unless_zero(counts.ordered),
        "Pas encore ordonnés": _unless_zero(counts.waiting),
        "Base de données": progress.database_fault and f"`{progress.database_fault}`",
    }
    lines = [f"### {TITLES[order.kind]} {_STATES[progress.state]}"]
    lines += [f"- **{name}\u00a0:** {text}" for name, text in facts.items() if text]
    return "\n\n".join([*lines, f"**Ensuite\u00a0:** {_NEXT_STEPS[progress.state]}"])


def _unless_zero(number: int) -> str:
    return written_number(number) if number else ""
