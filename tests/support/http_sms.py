"""Accounts at the three providers that ship, and an operator whose answers a test scripts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx2

from activities.gateways.sms.gateway import SmsMessage
from activities.gateways.sms_http.account import HttpAccount
from activities.gateways.sms_http.http_gateway import HttpSmsGateway
from activities.gateways.sms_http.provider import load_provider

VALUES = {
    "brevo": {"api_key": "xkeysib-1", "events_token": "events-1"},
    "ovhcloud": {
        "service": "sms-ab12345-1",
        "application_key": "key-1",
        "application_secret": "secret-1",
        "consumer_key": "consumer-1",
        "events_secret": "events-1",
    },
    "twilio": {"account_sid": "AC1", "auth_token": "token-1"},
}
SMS = SmsMessage(
    "link-1", "+33639980001", "Lien : https://vote.exemple.fr/lien/A-1 à usage unique", timedelta(hours=1)
)
UNICODE = SmsMessage("link-2", "+33639980001", "Élections « 2026 »")
NOW = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)


def account(provider: str) -> HttpAccount:
    """Return an account at a provider."""
    callback = f"https://vote.exemple.fr/recus/sms/{provider}"
    return HttpAccount(load_provider(provider), VALUES[provider], "ELECTIONS", callback)


@dataclass
class ScriptedOperator:
    """Answers each request by what `answer` returns or raises, and keeps the requests."""

    answer: Callable[[], httpx2.Response]
    requests: list[httpx2.Request] = field(default_factory=list)

    def gateway(self, provider: str) -> HttpSmsGateway:
        """Return a gateway to it, which speaks as to a provider."""
        return HttpSmsGateway(account(provider), lambda: NOW, httpx2.MockTransport(self._answered))

    def _answered(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return self.answer()
