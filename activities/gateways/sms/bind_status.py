"""Asks a message centre once more for a session, to learn why it refused one: smpp34 does not tell the status."""

import asyncio
import ssl
from contextlib import suppress

from smpplib.client import Client
from smpplib.exceptions import ConnectionError as SmppConnectionError
from smpplib.exceptions import PDUError

from activities.gateways.sms.smpp_account import SmppAccount


async def bind_status(account: SmppAccount) -> int | None:
    """Return the command_status with which the centre refuses a bind, or None when it accepts it or does not answer."""
    return await asyncio.to_thread(_status, account)


def _status(account: SmppAccount) -> int | None:
    context = ssl.create_default_context() if account.tls else None
    client = Client(
        account.host,
        account.port,
        timeout=account.bind_timeout,
        ssl_context=context,
        allow_unknown_opt_params=True,
    )
    client.logger.disabled = True  # at the level debug it would log the password
    try:
        client.connect()
        client.bind_transceiver(
            system_id=account.system_id, password=account.password, system_type=account.system_type
        )
        client.unbind()
    except PDUError as error:
        return next((each for each in error.args if isinstance(each, int)), None)
    except (SmppConnectionError, OSError):
        return None
    finally:
        with suppress(SmppConnectionError, OSError):
            client.disconnect()
    return None
