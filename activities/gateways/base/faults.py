"""Why a gateway did not take a message: the reason is a short code, never a contact or a text."""


class GatewayError(Exception):
    """Never raised directly; `reason` is a code that support staff may read (`smtp-451`)."""

    def __init__(self, gateway: str, reason: str) -> None:
        super().__init__(f"{gateway}: {reason}")
        self.gateway = gateway
        self.reason = reason


class GatewayUnavailableError(GatewayError):
    """Raised when trying again later may succeed: no connection, a time-out, a 4xx, throttling."""


class GatewayRefusedError(GatewayError):
    """Raised when the gateway's answer is final: trying the same message again is useless."""
