"""Tells the election's bureau by mail of what operators do to many people at once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.acts.bulk_order import TITLES
from activities.gateways.base.errors import GatewayError
from activities.gateways.mail.gateway import MailGateway, MailMessage
from activities.texts.dates import written_instant
from activities.texts.messages import Texts
from election.settings import Election
from election.text.numbers import written_number

_LONGEST = 253  # of what somebody typed
_LONGEST_DETAILS = 500


class Deed(StrEnum):
    """What was ordered; the values of an act on many recoveries are its kinds."""

    RETRY = "retry"
    RETRY_BY_OTHER = "retry-by-other"
    CANCEL = "cancel"
    MAILING = "mailing"
    MAILING_AGAIN = "mailing-again"
    MAILING_RETRY = "mailing-retry"
    ROLL_ADD = "roll-add"
    ROLL_UPDATE = "roll-update"
    ROLL_REMOVE = "roll-remove"


_SENTENCES = {
    **{Deed(kind): title for kind, title in TITLES.items()},
    Deed.MAILING: "Envoi de liens à toute la liste électorale",
    Deed.MAILING_AGAIN: "Reprise d’un envoi de liens, pour qui n’en a pas encore reçu",
    Deed.MAILING_RETRY: "Renvoi de ce qui a échoué dans un envoi de liens",
    Deed.ROLL_ADD: "Ajout d’électeurs à la liste électorale",
    Deed.ROLL_UPDATE: "Ajout et correction d’électeurs de la liste électorale",
    Deed.ROLL_REMOVE: "Retrait d’électeurs de la liste électorale",
}


@dataclass(frozen=True)
class BureauNews:
    """What the bureau is told: who has ordered what, of how many people, when and why. `id` is that of its mails.

    `details` is what else there is to say, or empty.
    The mail goes to the address at this `place` in the election's file, which has so many `addresses`.
    """

    id: str
    deed: Deed
    operator: str
    number: int
    at: datetime
    reason: str = ""
    addresses: int = 0
    details: str = ""
    place: int = 0


class BureauDesk:
    """Mails the bureau; its mails are not in the message ledger, whose figures count recoveries alone."""

    def __init__(self, texts: Texts, election: Election, mail: MailGateway) -> None:
        self._texts = texts
        self._election = election
        self._mail = mail

    @activity.defn
    async def tell_bureau(self, news: BureauNews) -> None:
        """Return once the relay has accepted the mail to one address; at once where the file has none there.

        Raises:
            ApplicationError: its message is the relay's code; always retryable, since operators mend an address while the
                mail waits.
        """
        addresses = self._election.bureau.emails
        if not 0 <= news.place < len(addresses):
            return
        text = self._texts.mail(
            "bureau_act",
            deed=_SENTENCES[news.deed],
            operator=news.operator[:_LONGEST],
            number=written_number(news.number),
            details=news.details[:_LONGEST_DETAILS],
            at=written_instant(news.at, self._election.zone),
            reason=news.reason[:_LONGEST] or "aucune n’est donnée",
        )
        message_id = f"{news.id}-{news.place}"
        try:
            await self._mail.send(
                MailMessage(message_id, addresses[news.place], text.subject, text.text, text.html)
            )
        except GatewayError as error:
            raise ApplicationError(error.reason, type=type(error).__name__) from None
