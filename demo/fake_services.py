"""The demo's SMS operators and mail server: `python -m demo.fake_services --state DIR --smtp-port N --smpp-port N`.

With `--lmtp-port N` the mail server reports there what it did not deliver; with `--sms2-port N --sms2-events URL` there is also
the second operator, by HTTP.
"""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from activities.config import event_loop
from activities.config.clock import utc_now
from demo.mail.smtp import MailServer
from demo.sms.http_operator import HttpOperator, HttpPorts
from demo.sms.smsc import MessageCentre
from demo.state.gateway_modes import GatewayModes
from demo.state.inbox import Inbox
from demo.state.reachability import PortInUseError
from workflows.runtime.command_line import leave


async def serve(
    state: Path, smtp_port: int, smpp_port: int, lmtp_port: int | None = None, sms2: HttpPorts | None = None
) -> None:
    """Serve SMTP, SMPP and HTTP on this machine until SIGINT or SIGTERM.

    Raises:
        PortInUseError: another program listens on one of the ports.
    """
    inbox = Inbox.under(state)
    modes = GatewayModes.under(state)
    told_to_stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, told_to_stop.set)
    servers = {
        asyncio.create_task(MailServer(inbox, modes, smtp_port, utc_now, lmtp_port).run()),
        asyncio.create_task(MessageCentre(inbox, modes, smpp_port, utc_now).run()),
    }
    if sms2:
        servers.add(asyncio.create_task(HttpOperator(inbox, modes, sms2, utc_now).run()))
    stopping = asyncio.create_task(told_to_stop.wait())
    done, _ = await asyncio.wait({*servers, stopping}, return_when=asyncio.FIRST_COMPLETED)
    for task in (*servers, stopping):
        task.cancel()
    await asyncio.gather(*servers, stopping, return_exceptions=True)
    for task in done:
        task.result()


def main() -> int:
    """Read the command line, serve until a signal, and return the exit status."""
    parser = argparse.ArgumentParser(description="The demo's SMS operator and mail server")
    parser.add_argument("--state", type=Path, default=Path(".run"))
    parser.add_argument("--smtp-port", type=int, default=2525)
    parser.add_argument("--smpp-port", type=int, default=2775)
    parser.add_argument("--lmtp-port", type=int)
    parser.add_argument("--sms2-port", type=int)
    parser.add_argument("--sms2-events", default="")
    options = parser.parse_args()
    sms2 = HttpPorts(options.sms2_port, options.sms2_events) if options.sms2_port else None
    # aiosmtpd would log senders and recipients.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    status = 0
    try:
        event_loop.run(serve(options.state, options.smtp_port, options.smpp_port, options.lmtp_port, sms2))
    except* PortInUseError as group:
        status = 1
        for error in group.exceptions:
            print(f"demo.fake_services: {error}", file=sys.stderr)
    return status


if __name__ == "__main__":
    # smpp34's threads crash a Python that ends while they have not noticed yet that a wait was cancelled.
    leave(main())
