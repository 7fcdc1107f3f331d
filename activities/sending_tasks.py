"""What runs beside the sends in a process of the messaging role: sessions, receipts, bounces, shifts, and their heartbeats."""

from datetime import timedelta
from functools import partial

from activities.config.settings import MessagingSettings
from activities.gateways.base.webhook_server import WebhookServer
from activities.gateways.sms.smpp import SmppGateway
from activities.routing.shifts import SHIFT_EVERY
from activities.sending_gateways import SendingGateways
from activities.sending_services import SendingServices
from activities.upkeep.heartbeat import BEAT_EVERY, SMS_BOUND, WEBHOOK, Heartbeat
from activities.upkeep.periodic_tasks import PeriodicTask, every

_REPORT_EVERY = timedelta(minutes=10)


def sending_tasks(
    services: SendingServices, settings: MessagingSettings, heartbeat: Heartbeat
) -> list[PeriodicTask]:
    """Return all of them; outcomes that were recorded just before a crash are reported at intervals."""
    report = every(_REPORT_EVERY, services.receipts.report)
    return [report, *services.bounce_tasks, *_gateway_tasks(services.gateways, settings, heartbeat)]


def _gateway_tasks(
    gateways: SendingGateways, settings: MessagingSettings, heartbeat: Heartbeat
) -> list[PeriodicTask]:
    """Return the tasks that keep the gateways going; an operator by HTTP has no session that could be lost."""
    tasks = [every(SHIFT_EVERY, gateways.shifts.run)]
    if gateways.smpp is None:
        tasks.append(every(BEAT_EVERY, partial(heartbeat.beat, [SMS_BOUND])))
    else:
        bound = partial(_beat_while_bound, heartbeat, gateways.smpp)
        tasks += [gateways.smpp.run, every(BEAT_EVERY, bound)]
    if gateways.webhook is not None:
        server = WebhookServer(gateways.webhook.routes, settings.webhook_host, settings.webhook_port)
        tasks += [server.run, every(BEAT_EVERY, partial(_beat_while_serving, heartbeat, server))]
    return tasks


async def _beat_while_bound(heartbeat: Heartbeat, smpp: SmppGateway) -> None:
    if smpp.is_bound:
        await heartbeat.beat([SMS_BOUND])


async def _beat_while_serving(heartbeat: Heartbeat, server: WebhookServer) -> None:
    if server.is_serving:
        await heartbeat.beat([WEBHOOK])
