"""Phones and mailboxes for the demo: `python -m demo.fake_services --state DIR --smtp-port N --smpp-port N`."""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from activities.config import event_loop
from activities.config.clock import utc_now
from demo.mail.smtp import MailServer
from demo.sms.smsc import MessageCentre
from demo.state.gateway_modes import GatewayModes
from demo.state.inbox import Inbox
from demo.state.reachability import PortInUseError


async def live(state: Path, smtp_port: int, smpp_port: int) -> None:
    """Serve mail and SMS on this machine until SIGINT or SIGTERM.

    Raises:
        PortInUseError: another program listens on one of the ports.
    """
    inbox = Inbox.under(state)
    modes = GatewayModes.under(state)
    ended = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    servers = {
        asyncio.create_task(MailServer(inbox, modes, smtp_port, utc_now).run()),
        asyncio.create_task(MessageCentre(inbox, modes, smpp_port, utc_now).run()),
    }
    end = asyncio.create_task(ended.wait())
    done, _ = await asyncio.wait({*servers, end}, return_when=asyncio.FIRST_COMPLETED)
    for task in (*servers, end):
        task.cancel()
    await asyncio.gather(*servers, end, return_exceptions=True)
    for task in done:
        task.result()


def main() -> int:
    """Run until told to stop, and return the exit status."""
    parser = argparse.ArgumentParser(description="Phones and mailboxes of the demo")
    parser.add_argument("--state", type=Path, default=Path(".run"))
    parser.add_argument("--smtp-port", type=int, default=2525)
    parser.add_argument("--smpp-port", type=int, default=2775)
    options = parser.parse_args()
    # aiosmtpd would log who writes to whom.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    status = 0
    try:
        event_loop.run(live(options.state, options.smtp_port, options.smpp_port))
    except* PortInUseError as taken:
        status = 1
        for error in taken.exceptions:
            print(f"demo world: {error}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
