"""The configuration of the server of web and console."""

import uvicorn

from activities.config.settings import SettingsError

_ANYBODY = (
    "FORWARDED_ALLOW_IPS: name the addresses of the reverse proxies; otherwise any client chooses, by X-Forwarded-For, "
    "the network address that the journal has of it"
)


def server_config(app: object, host: str, port: int) -> uvicorn.Config:
    """Return the configuration of the server: without its own access log, which would log the tokens of links.

    Raises:
        SettingsError: every address may say whom a request comes from.
    """
    config = uvicorn.Config(
        app,  # type: ignore[arg-type] # an ASGI application, of whatever class
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        log_config=None,
        proxy_headers=True,
        timeout_graceful_shutdown=5,
    )
    proxies = config.forwarded_allow_ips
    if any(each.strip() == "*" or each.strip().endswith("/0") for each in str(proxies).split(",")):
        raise SettingsError(_ANYBODY)
    return config
