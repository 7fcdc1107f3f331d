"""Whether TLS is why there is no connection."""

from ssl import SSLError


def is_tls_fault(error: BaseException | None) -> bool:
    """Return whether a certificate or the negotiation is the cause: the gateway is there, and may not be who it says."""
    while error is not None:
        if isinstance(error, SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
