"""Builds the gateways of both channels from settings, and what chooses between several of one channel."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from activities.config.clock import utc_now
from activities.config.settings import MessagingSettings, SettingsError
from activities.evidence.journal import Journal
from activities.gateways.accounts import http_account, relay_account, second_relay_account, smpp_account
from activities.gateways.base.gateway import Gateway
from activities.gateways.mail.gateway import MailGateway, MailMessage
from activities.gateways.mail.smtp import SmtpGateway
from activities.gateways.mail.smtp_account import SmtpAccount
from activities.gateways.sms.gateway import SmsGateway, SmsMessage
from activities.gateways.sms.receipt_queue import ReceiptQueue
from activities.gateways.sms.smpp import SmppGateway
from activities.gateways.sms.smpp_account import SmppAccount
from activities.gateways.sms_http.account import HttpAccount
from activities.gateways.sms_http.event import EventReader
from activities.gateways.sms_http.http_gateway import HttpSmsGateway
from activities.gateways.sms_http.webhook import Webhook
from activities.gateways.watched import WatchedGateway
from activities.routing.gateways import Gateways, OnlyGateway, SeveralGateways
from activities.routing.measures import GatewayMeasures
from activities.routing.shifts import Shifts
from activities.routing.slowness import SlowDeliveries
from activities.routing.states import GatewayStates, NewGateway
from activities.sending.receipts import Receipts
from activities.store.database import Database
from activities.upkeep.heartbeat import SMPP
from election.settings import Election
from election.stages import Channel

_ALL = 100
_NO_SMS = "REASSORT_SMPP_HOST is not set: the message centre of an SMS operator, or REASSORT_SMS_HTTP_PROVIDER for one by HTTP"
MessageT = TypeVar("MessageT")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class SendingGateways:
    """The gateways: `smpp` must run, and `webhook` be served, where there is one; `configured` is to be registered.

    `sms_rate` is how many SMS a second all operators of this process take together.
    """

    sms: Gateways[SmsMessage, tuple[str, ...]]
    mail: Gateways[MailMessage, None]
    smpp: SmppGateway | None
    webhook: Webhook | None
    states: GatewayStates
    shifts: Shifts
    slow: SlowDeliveries
    configured: tuple[NewGateway, ...]
    sms_rate: float


@dataclass(frozen=True)
class _Routing:
    states: GatewayStates
    measures: GatewayMeasures

    def of(self, channel: Channel, gateways: Sequence[Gateway[MessageT, ResultT]]) -> Gateways[MessageT, ResultT]:
        """Return the gateways of a channel."""
        watched = [WatchedGateway(each) for each in gateways]
        if len(watched) == 1:
            return OnlyGateway(channel, watched[0], self.states)
        return SeveralGateways(channel, watched, self.states, self.measures)


def build_gateways(
    settings: MessagingSettings, election: Election, database: Database, receipts: Receipts
) -> SendingGateways:
    """Return the gateways that are configured.

    Raises:
        SettingsError: a setting is wrong, or there is no SMS operator.
    """
    routing = _routing(election, database)
    by_smpp, by_http = smpp_account(settings, election), http_account(settings, election)
    smpp = SmppGateway(by_smpp, receipts.receive, utc_now, name=SMPP) if by_smpp else None
    http = HttpSmsGateway(by_http, utc_now) if by_http else None
    sms: list[SmsGateway] = [each for each in (smpp, http) if each is not None]
    if not sms:
        raise SettingsError(_NO_SMS)
    relays = _relays(settings)
    webhook = None
    if by_http:
        reader = EventReader(by_http, utc_now)
        webhook = Webhook({by_http.provider.name: reader}, receipts.store, ReceiptQueue(receipts.receive))
    rates = _sms_rates(by_smpp, by_http)
    of_sms = _configured(Channel.SMS, sms, settings.sms_http_priority, is_suspended=settings.sms_http_suspended)
    configured = (
        *(replace(each, rate=rates[each.name]) for each in of_sms),
        *_configured(Channel.EMAIL, relays, settings.smtp2_priority),
    )
    names = {channel: [each.name for each in configured if each.channel is channel] for channel in Channel}
    shifts = Shifts(routing.states, routing.measures, names, election.gateways, utc_now)
    by_channel = (routing.of(Channel.SMS, sms), routing.of(Channel.EMAIL, relays))
    slow = SlowDeliveries(database, election.gateways, utc_now)
    return SendingGateways(
        *by_channel, smpp, webhook, routing.states, shifts, slow, configured, sum(rates.values())
    )


def _sms_rates(by_smpp: SmppAccount | None, by_http: HttpAccount | None) -> dict[str, float]:
    """Return how many messages a second each SMS gateway takes from this process, by its name."""
    smpp = {SMPP: by_smpp.rate} if by_smpp else {}
    return smpp | ({by_http.provider.name: by_http.messages_a_second} if by_http else {})


def build_relays(
    settings: MessagingSettings, election: Election, database: Database, connections: int
) -> Gateways[MailMessage, None]:
    """Return the mail relays that are configured, each with so many connections that stay open."""
    return _routing(election, database).of(Channel.EMAIL, _relays(settings, connections))


def _routing(election: Election, database: Database) -> _Routing:
    states = GatewayStates(database, Journal(database, election, utc_now), utc_now)
    return _Routing(states, GatewayMeasures(database, election.gateways, utc_now))


def _relays(settings: MessagingSettings, connections: int = SmtpAccount.kept) -> list[MailGateway]:
    accounts = {"smtp": relay_account(settings), "smtp2": second_relay_account(settings)}
    return [
        SmtpGateway(replace(each, kept=connections), utc_now, name=name)
        for name, each in accounts.items()
        if each is not None
    ]


def _configured(
    channel: Channel,
    gateways: Sequence[Gateway[MessageT, ResultT]],
    second_priority: int,
    *,
    is_suspended: bool = False,
) -> list[NewGateway]:
    """Return what a channel's gateways begin with; with one alone there is nothing to decide, but it is shown."""
    first, *others = gateways
    if not others:
        return [NewGateway(first.name, channel, _ALL)]
    begun = NewGateway(first.name, channel, _ALL - second_priority)
    return [begun, *(NewGateway(each.name, channel, second_priority, is_suspended) for each in others)]
