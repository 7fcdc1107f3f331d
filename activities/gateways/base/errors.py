"""Why a gateway did not accept a message, by a short code that holds neither contact nor text."""


class GatewayError(Exception):
    """The base of both errors; `reason` is a code that support staff may read (`smtp-451`)."""

    def __init__(self, gateway: str, reason: str) -> None:
        super().__init__(f"{gateway}: {reason}")
        self.gateway = gateway
        self.reason = reason


class GatewayUnavailableError(GatewayError):
    """Raised when trying again later may succeed: no connection, a time-out, a 4xx or throttling.

    With `may_be_taken` the message had been sent when the answer stayed away: it may reach the voter all the same. With
    `is_there` the gateway was there and took our account and sender: it failed with this recipient, or with this text.
    """

    def __init__(self, gateway: str, reason: str, *, may_be_taken: bool = False, is_there: bool = False) -> None:
        super().__init__(gateway, reason)
        self.may_be_taken = may_be_taken
        self.is_there = is_there


class GatewayRefusedError(GatewayError):
    """Raised when the gateway's answer is final: a retry of the same message is useless."""
