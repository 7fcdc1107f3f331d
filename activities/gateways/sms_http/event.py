"""Reads what an operator reports: whose request it is, which message, which outcome."""

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1
from typing import Any
from urllib.parse import parse_qsl

from activities.gateways.sms.gateway import Receipt
from activities.gateways.sms_http.account import HttpAccount
from activities.gateways.sms_http.answer import with_detail
from activities.gateways.sms_http.provider import (
    BasicAuthentication,
    BearerToken,
    SecretPath,
    TwilioSignature,
)
from activities.gateways.sms_http.template import filled, found_at

_LONGEST_ID = 64


class ForgedEventError(Exception):
    """Raised when a request does not prove that it comes from the operator."""


class UnreadableEventError(Exception):
    """Raised when a request of the operator is in none of the shapes that its file describes."""


@dataclass(frozen=True)
class EventRequest:
    """A request to the webhook; `secret` is what its path has after the gateway's name, header names are in small letters."""

    headers: Mapping[str, str]
    body: bytes
    query: str = ""
    secret: str = ""


class EventReader:
    """Reads the reports of one account; `now` dates the receipts."""

    def __init__(self, account: HttpAccount, now: Callable[[], datetime]) -> None:
        self._account = account
        self._shape = account.provider.event
        self._now = now

    @property
    def address(self) -> str:
        """The whole address that the operator reports to, with its secret if it needs one."""
        match self._shape.authentication:
            case SecretPath(secret=secret):
                return f"{self._account.callback}/{self._filled(secret)}"
            case _:
                return self._account.callback

    def receipt(self, request: EventRequest) -> Receipt | None:
        """Return the receipt, or None for a status that is not final.

        Raises:
            ForgedEventError: the request is not the operator's.
            UnreadableEventError: it has neither the id nor the status.
        """
        if not self._is_genuine(request):
            raise ForgedEventError
        content = self._content(request)
        gateway_id, status = found_at(self._shape.id, content), found_at(self._shape.status, content)
        if not gateway_id or not status or len(gateway_id) > _LONGEST_ID or not gateway_id.isprintable():
            raise UnreadableEventError
        name = self._account.provider.name
        if status in self._shape.delivered:
            return Receipt(name, gateway_id, delivered=True, reason="", at=self._now())
        state = self._shape.failed.get(status)
        if state is None:
            return None
        reason = with_detail(f"http-{state}", found_at(self._shape.reason, content))
        return Receipt(name, gateway_id, delivered=False, reason=reason, at=self._now())

    def _content(self, request: EventRequest) -> Any:
        try:
            match self._shape.format:
                case "json":
                    return json.loads(request.body)
                case "form":
                    return dict(_parameters(request.body))
                case "query":
                    return dict(parse_qsl(request.query))
        except (ValueError, RecursionError):
            raise UnreadableEventError from None

    def _is_genuine(self, request: EventRequest) -> bool:
        given = request.headers.get("authorization", "")
        match self._shape.authentication:
            case BasicAuthentication(user=user, password=password):
                return _is_same(_decoded(given), f"{self._filled(user)}:{self._filled(password)}")
            case BearerToken(token=token):
                return _is_same(given, f"Bearer {self._filled(token)}")
            case SecretPath(secret=secret):
                return _is_same(request.secret, self._filled(secret))
            case TwilioSignature(token=token):
                return _is_same(
                    request.headers.get("x-twilio-signature", ""), self._signature(request, self._filled(token))
                )

    def _signature(self, request: EventRequest, token: str) -> str:
        try:
            parameters = sorted(_parameters(request.body))
        except ValueError:
            return ""
        signed = self._account.callback + "".join(name + value for name, value in parameters)
        return base64.b64encode(hmac.digest(token.encode(), signed.encode(), sha1)).decode()

    def _filled(self, template: str) -> str:
        return filled(template, self._account.placeholders)


def _parameters(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode(), keep_blank_values=True)


def _decoded(authorization: str) -> str:
    try:
        return base64.b64decode(authorization.removeprefix("Basic "), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _is_same(given: str, expected: str) -> bool:
    # An empty secret proves nothing.
    return bool(expected) and hmac.compare_digest(given.encode(errors="replace"), expected.encode())
