"""`python -m workflows.acts.cli retry|cancel|bulk|pause|resume|rate|stop|status`: operators' orders while the console is down.

It reads TEMPORAL_ADDRESS, as the worker does. With the console's key in REASSORT_CONSOLE_SIGNING_KEY the orders are signed; without
it they count as typed, and the journal says so.
"""

import argparse
import asyncio
import secrets
import sys
from datetime import timedelta

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.acts.bulk_order import BulkOrder
from activities.acts.bulk_orders import act_workflow_id
from activities.config.clock import utc_now
from activities.config.settings import OrderSettings, SettingsError, key_bytes, read
from activities.security.signatures import SigningKey
from activities.security.signed_orders import OrderT, signed
from workflows.acts.arguments import parse
from workflows.acts.messages import ActProgress
from workflows.acts.starting import act_handle, control_act, start_bulk_retry
from workflows.acts.ui_details import ACT_STATES
from workflows.contracts.orders import CONTROLS, CancelRequest, RetryRequest, SetRate
from workflows.runtime.command_line import leave
from workflows.runtime.connection import TemporalUnreachableError, connect

_WITHIN = timedelta(seconds=20)


class OrderRefusedError(Exception):
    """Raised when an order was not carried out; the text is one line, in French."""


async def run(given: argparse.Namespace, client: Client, key: SigningKey | None) -> str:
    """Give an order, and return a line that says what came of it.

    Raises:
        OrderRefusedError: it was not carried out.
    """
    try:
        return await _give(given, client, key)
    except WorkflowUpdateFailedError as error:
        cause = error.cause
        raise OrderRefusedError(cause.message if isinstance(cause, ApplicationError) else str(cause)) from None
    except WorkflowUpdateRPCTimeoutOrCancelledError:
        raise OrderRefusedError("Aucun worker ne répond\u00a0: l’ordre n’a peut-être pas été reçu.") from None
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise OrderRefusedError("Il n’y a pas de réassort ni d’acte en cours de ce nom.") from None
        raise OrderRefusedError("Temporal ne répond pas\u00a0: relancez la commande.") from None


async def _give(given: argparse.Namespace, client: Client, key: SigningKey | None) -> str:
    if given.command in {"retry", "cancel"}:
        retry = given.command == "retry"
        order = (
            RetryRequest(given.operator, given.gateway) if retry else CancelRequest(given.operator, given.reason)
        )
        recovery = client.get_workflow_handle(given.recovery)
        stage = await recovery.execute_update(order.act, _signed(key, given.recovery, order), rpc_timeout=_WITHIN)
        return f"Étape du réassort\u00a0: {stage}."
    if given.command == "bulk":
        act = await start_bulk_retry(client, _signed(key, "", _bulk(given)))
        return f"Acte commencé\u00a0: {act}. `status {act}` le suit."
    if given.command == "status":
        return _shown(await act_handle(client, given.act).query("progress", result_type=ActProgress))
    kind = CONTROLS.get(given.command)
    control = kind(given.operator) if kind else SetRate(given.operator, given.rate)
    return _shown(await control_act(client, given.act, _signed(key, act_workflow_id(given.act), control)))


def _bulk(given: argparse.Namespace) -> BulkOrder:
    return BulkOrder(
        id=secrets.token_hex(16),
        kind=given.kind,
        operator=given.operator,
        reason=given.reason,
        cause=given.cause,
        channel=given.channel,
        procedure=given.procedure,
        held_until=utc_now().isoformat(),
        gateway=given.gateway,
        rate=given.rate,
    )


def _signed(key: SigningKey | None, workflow_id: str, order: OrderT) -> OrderT:
    where = act_workflow_id(order.id) if isinstance(order, BulkOrder) else workflow_id
    return signed(key, where, order, utc_now()) if key else order


def _shown(progress: ActProgress) -> str:
    counts = progress.counts
    numbers = {"envoyés": counts.sent, "en échec": counts.failed, "laissés de côté": counts.skipped}
    settled = ", ".join(f"{what}\u00a0: {number}" for what, number in numbers.items())
    return f"Acte {ACT_STATES[progress.state]}, {progress.per_second:g} par seconde. Sur {counts.total} au total, {settled}."


async def _run(given: argparse.Namespace) -> str:
    key = read(OrderSettings).console_signing_key
    return await run(given, await connect(), SigningKey(key_bytes(key)) if key else None)


def main() -> None:
    """Read and run the command line; exit with 2 on a fault."""
    given, status = parse(__doc__), 0
    try:
        sys.stdout.write(f"{asyncio.run(_run(given))}\n")
    except (OrderRefusedError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        status = 2
    except TemporalUnreachableError:
        sys.stderr.write("Aucun serveur Temporal ne répond\u00a0: démarrez-le, ou corrigez TEMPORAL_ADDRESS.\n")
        status = 2
    leave(status)


if __name__ == "__main__":
    main()
