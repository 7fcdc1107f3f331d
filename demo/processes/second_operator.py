"""Where the demo's second SMS operator listens, and what the worker needs to speak to it: ports that are free."""

import json

from demo.state.free_ports import draw_ports
from demo.state.settings import API_KEY, EVENTS_TOKEN, HOST

_PROVIDER = "brevo"


class SecondOperator:
    """The operator by HTTP, and the worker's webhook that it reports to."""

    def __init__(self) -> None:
        self.port, self._webhook_port = draw_ports(2)

    @property
    def events(self) -> str:
        """The address that it reports to."""
        return f"http://{HOST}:{self._webhook_port}/recus/sms/{_PROVIDER}"

    @property
    def environment(self) -> dict[str, str]:
        """The worker's variables.

        It begins suspended, in reserve: an outage of the first operator is seen by the voter, unless an operator resumes the
        second one or names it.
        """
        return {
            "REASSORT_SMS_HTTP_PROVIDER": _PROVIDER,
            "REASSORT_SMS_HTTP_URL": f"http://{HOST}:{self.port}",
            "REASSORT_SMS_HTTP_ACCOUNT": json.dumps({"api_key": API_KEY, "events_token": EVENTS_TOKEN}),
            "REASSORT_SMS_HTTP_SUSPENDED": "true",
            "REASSORT_WEBHOOK_PORT": str(self._webhook_port),
        }
