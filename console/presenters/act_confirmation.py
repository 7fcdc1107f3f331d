"""What is said before an act that has no page of its own: on a gateway, the stop of an act, the end of an upload."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from activities.roll_uploads.orders import UploadKind
from activities.routing.orders import GatewayAct, GatewayOrder
from activities.routing.overview import GatewayNow
from console.presenters.gateways import ACTS as GATEWAY_ACTS
from election.stages import Channel

_NONE_LEFT = {
    Channel.SMS: "Aucune autre passerelle de SMS n’est en service\u00a0: plus aucun SMS ne part.",
    Channel.EMAIL: (
        "Aucune autre passerelle de courriel n’est en service\u00a0: plus aucun courriel ne part, ni lien, ni notification, ni "
        "code de connexion."
    ),
}
_WAITS = (
    "Ce qui attend part de lui-même à la reprise\u202f; ce qui attend trop longtemps passe en échec, jusqu’à ce qu’une personne "
    "le relance."
)
_HELD = (
    "Plus aucune règle ne change les parts de ce canal, même quand une passerelle a trop d’erreurs, jusqu’à «\u00a0Rendre à la "
    "répartition automatique\u00a0»."
)
_RELEASED = (
    "Les règles changent de nouveau les parts de tout le canal\u00a0: quand une passerelle a trop d’erreurs ou devient lente, puis "
    "en retour vers les parts habituelles."
)


@dataclass(frozen=True)
class Confirmation:
    """A question, what follows from a yes, and the form that says it: `fields` are hidden; « Ne rien faire » leads to `back`."""

    question: str
    button: str
    consequences: Sequence[str]
    url: str
    back: str
    warnings: Sequence[str] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


def of_gateway(order: GatewayOrder, gateways: Sequence[GatewayNow], url: str) -> Confirmation | None:
    """Return what an order to a gateway means for its channel; None when there is no such gateway. Their page is at `url`."""
    of = next((each for each in gateways if each.state.name == order.gateway), None)
    if of is None:
        return None
    others = [each for each in gateways if each.channel is of.channel and each is not of]
    is_last = all(each.state.is_suspended for each in others)
    warnings, consequences = _of_gateway(order, of, is_last=is_last)
    share = {"priority": str(order.priority)} if order.what is GatewayAct.SHIFT else {}
    return Confirmation(
        _question(order),
        GATEWAY_ACTS[order.what],
        consequences,
        f"{url}/{order.gateway}",
        url,
        warnings,
        {"act": order.what, "reason": order.reason, "confirmed": "oui", **share},
    )


def of_stop(url: str) -> Confirmation:
    """Return what stopping an act on many recoveries means, whose page is at `url`."""
    consequences = [
        "Les réassorts dont l’acte ne s’est pas encore occupé restent comme ils sont, et comptent comme passés.",
        "Ce qui est déjà ordonné suit son cours.",
        "Un acte arrêté ne reprend pas\u00a0: «\u00a0Suspendre\u00a0» l’arrête pour un temps.",
    ]
    return Confirmation("Arrêter cet acte", "Arrêter l’acte", consequences, f"{url}/arreter", url)


def of_abandoning(url: str, kind: UploadKind) -> Confirmation:
    """Return what abandoning an upload means, whose page is at `url`."""
    what = "Ce qui a été tapé" if kind is UploadKind.CHANGE else "Le fichier déposé"
    again = "refaire la demande" if kind is UploadKind.CHANGE else "déposer le fichier et le faire lire de nouveau"
    consequences = [
        f"{what} est effacé. La liste électorale reste comme elle est.",
        f"C’est sans retour\u00a0: il faut ensuite {again}.",
    ]
    return Confirmation("Abandonner ce dépôt", "Abandonner et effacer", consequences, f"{url}/abandonner", url)


def _question(order: GatewayOrder) -> str:
    name = order.gateway
    return {
        GatewayAct.SUSPEND: f"Suspendre {name}",
        GatewayAct.RESUME: f"Reprendre {name}",
        GatewayAct.SHIFT: f"Donner {order.priority}\u00a0% des envois à {name}",
        GatewayAct.RELEASE: f"Rendre {name} à la répartition automatique",
    }[order.what]


def _of_gateway(order: GatewayOrder, of: GatewayNow, *, is_last: bool) -> tuple[list[str], list[str]]:
    """Return the warnings and the consequences of an order; `is_last` is whether no other gateway of the channel is in service."""
    name = of.state.name
    match order.what:
        case GatewayAct.SUSPEND if is_last:
            return [_NONE_LEFT[of.channel]], [_WAITS]
        case GatewayAct.SUSPEND:
            rest = "Les autres passerelles du canal prennent sa part."
            return [], [f"Plus rien ne part par {name}, sauf ce qu’une personne lui confie.", rest]
        case GatewayAct.RESUME:
            return [], _of_resuming(of, is_last=is_last)
        case GatewayAct.SHIFT:
            return _of_shift(order, of, is_last=is_last)
        case GatewayAct.RELEASE:
            return [], [_RELEASED]


def _of_resuming(of: GatewayNow, *, is_last: bool) -> list[str]:
    name, share = of.state.name, of.state.priority
    if is_last:
        return [f"Les envois repartent par {name}, ceux qui attendent aussi."]
    if share:
        return [f"Les envois passent de nouveau par {name}, selon sa part\u00a0: {share}\u00a0%."]
    unused = f"Sa part est de 0\u00a0%\u00a0: {name} n’envoie que ce que les autres ne prennent pas."
    return [unused, "Pour que plus d’envois passent par elle, choisissez ensuite sa part."]


def _of_shift(order: GatewayOrder, of: GatewayNow, *, is_last: bool) -> tuple[list[str], list[str]]:
    name = of.state.name
    if of.state.is_suspended:
        return [f"{name} reste suspendue\u00a0: sa part ne compte qu’à partir de «\u00a0Reprendre\u00a0»."], [
            _HELD
        ]
    if is_last:
        alone = f"Aucune autre passerelle du canal n’est en service\u00a0: {name} envoie tout, quelle que soit sa part."
        return [alone], [_HELD]
    unused = [] if order.priority else [f"À 0\u00a0%, {name} n’envoie que si les autres sont en panne."]
    return [], [*unused, "Les autres passerelles du canal se partagent le reste.", _HELD]
