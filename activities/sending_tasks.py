"""What runs beside the sends in a process of the messaging role: sessions, receipts, bounces, shifts, and their heartbeats."""

from datetime import timedelta
from functools import partial
from typing import Protocol

from activities.config.settings import MessagingSettings
from activities.gateways.base.webhook_server import WebhookServer
from activities.gateways.sms.smpp import SmppGateway
from activities.routing.shifts import SHIFT_EVERY
from activities.sending_gateways import SendingGateways
from activities.sending_services import SendingServices
from activities.upkeep.heartbeat import BEAT_EVERY, BOUNCES, SMS_BOUND, WEBHOOK, Heartbeat
from activities.upkeep.periodic_tasks import PeriodicTask, every

_REPORT_EVERY = timedelta(minutes=10)


class _Server(Protocol):
    @property
    def is_serving(self) -> bool: ...


def sending_tasks(
    services: SendingServices, settings: MessagingSettings, heartbeat: Heartbeat
) -> list[PeriodicTask]:
    """Return all of them; outcomes that were recorded just before a crash are reported at intervals."""
    report = every(_REPORT_EVERY, services.receipts.report)
    gateways = _gateway_tasks(services.gateways, heartbeat)
    webhooks = _webhook_tasks(services, settings, heartbeat)
    return [
        report,
        services.sender.runs.finish,
        *services.bounce_tasks,
        *gateways,
        *webhooks,
        *_lmtp_tasks(services, heartbeat),
    ]


def _gateway_tasks(gateways: SendingGateways, heartbeat: Heartbeat) -> list[PeriodicTask]:
    """Return the tasks that keep the gateways going; an operator by HTTP has no session that could be lost."""
    tasks = [every(SHIFT_EVERY, gateways.shifts.run), every(SHIFT_EVERY, gateways.slow.measure)]
    if gateways.smpp is None:
        tasks.append(every(BEAT_EVERY, partial(heartbeat.beat, [SMS_BOUND])))
    else:
        bound = partial(_beat_while_bound, heartbeat, gateways.smpp)
        tasks += [gateways.smpp.run, every(BEAT_EVERY, bound)]
    return tasks


def _webhook_tasks(
    services: SendingServices, settings: MessagingSettings, heartbeat: Heartbeat
) -> list[PeriodicTask]:
    """Return the tasks of the webhooks' server, if there is an operator or a relay that reports by HTTP."""
    webhooks = (services.gateways.webhook, services.bounce_webhook)
    routes = [route for webhook in webhooks if webhook is not None for route in webhook.routes]
    if not routes:
        return []
    server = WebhookServer(routes, settings.webhook_host, settings.webhook_port)
    return [server.run, every(BEAT_EVERY, partial(_beat_while_serving, heartbeat, WEBHOOK, server))]


def _lmtp_tasks(services: SendingServices, heartbeat: Heartbeat) -> list[PeriodicTask]:
    """Return the tasks of the server of bounces, if there is one."""
    server = services.lmtp
    if server is None:
        return []
    return [server.run, every(BEAT_EVERY, partial(_beat_while_serving, heartbeat, BOUNCES, server))]


async def _beat_while_bound(heartbeat: Heartbeat, smpp: SmppGateway) -> None:
    if smpp.is_bound:
        await heartbeat.beat([SMS_BOUND])


async def _beat_while_serving(heartbeat: Heartbeat, role: str, server: _Server) -> None:
    if server.is_serving:
        await heartbeat.beat([role])
