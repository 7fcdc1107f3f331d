"""Writes the requests that submit a message to an operator, and look one up."""

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha1
from urllib.parse import urlencode

import httpx2

from activities.gateways.sms import gsm
from activities.gateways.sms.gateway import SmsMessage
from activities.gateways.sms_http.account import HttpAccount
from activities.gateways.sms_http.provider import BasicAuthentication, LookupShape, OvhSignature
from activities.gateways.sms_http.template import Value, filled, filled_json


class RequestWriter:
    """Writes requests of one account; `now` dates their signatures."""

    def __init__(self, account: HttpAccount, now: Callable[[], datetime]) -> None:
        self._account = account
        self._shape = account.provider.request
        self._now = now

    def written(self, message: SmsMessage) -> httpx2.Request:
        """Return the request for a message."""
        values = self._values(message)
        url = self._url(self._shape.path, values)
        headers = {name: filled(value, values) for name, value in self._shape.headers.items()}
        body = b""
        if self._shape.json_body is not None:
            body = json.dumps(filled_json(self._shape.json_body, values), ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json; charset=utf-8"
        elif self._shape.form is not None:
            body = urlencode({name: filled(value, values) for name, value in self._shape.form.items()}).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        request = httpx2.Request(self._shape.method, url, headers=headers, content=body)
        self._authenticate(request, body, values)
        return request

    def lookup(self, message: SmsMessage, shape: LookupShape) -> httpx2.Request:
        """Return the request that asks whether a message was taken."""
        values = self._values(message)
        request = httpx2.Request("GET", self._url(shape.path, values))
        self._authenticate(request, b"", values)
        return request

    def _url(self, path: str, values: dict[str, Value]) -> str:
        return (self._account.url or self._account.provider.url).rstrip("/") + filled(path, values)

    def _values(self, message: SmsMessage) -> dict[str, Value]:
        return {**self._account.placeholders, **self._of_message(message)}

    def _of_message(self, message: SmsMessage) -> dict[str, Value]:
        digits = message.to.removeprefix("+")
        numbers = {"e164": message.to, "digits": digits, "international": f"00{digits}"}
        alphabets = self._shape.alphabets
        return {
            "id": message.message_id,
            "to": numbers[self._shape.to],
            "text": message.text,
            "alphabet": alphabets.gsm if gsm.is_gsm(message.text) else alphabets.unicode,
            "validity": self._shape.validity.of(message.valid_for),
        }

    def _authenticate(self, request: httpx2.Request, body: bytes, values: dict[str, Value]) -> None:
        match self._shape.authentication:
            case BasicAuthentication(user=user, password=password):
                credentials = httpx2.BasicAuth(filled(user, values), filled(password, values))
                next(credentials.auth_flow(request))
            case OvhSignature() as ovh:
                self._sign_for_ovh(request, body, ovh, values)
            case None:
                pass

    def _sign_for_ovh(
        self, request: httpx2.Request, body: bytes, ovh: OvhSignature, values: dict[str, Value]
    ) -> None:
        key, secret, consumer = (
            filled(each, values) for each in (ovh.application_key, ovh.application_secret, ovh.consumer_key)
        )
        time = str(int(self._now().timestamp()))
        signed = "+".join((secret, consumer, request.method, str(request.url), body.decode(), time))
        # The operator's own scheme; its secret is in what is hashed.
        digest = sha1(signed.encode(), usedforsecurity=False).hexdigest()
        request.headers.update(
            {
                "X-Ovh-Application": key,
                "X-Ovh-Consumer": consumer,
                "X-Ovh-Timestamp": time,
                "X-Ovh-Signature": f"$1${digest}",
            }
        )
