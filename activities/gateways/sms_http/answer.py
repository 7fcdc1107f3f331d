"""Reads an operator's answer to a submit: taken, refused, or to be tried again."""

import re
from typing import Any

import httpx2

from activities.gateways.base.errors import GatewayError, GatewayRefusedError, GatewayUnavailableError
from activities.gateways.sms_http.provider import AnswerShape
from activities.gateways.sms_http.template import found_at

_FIRST_OF_SERVER = 500
_FIRST_REFUSAL = 400
_FIRST_REDIRECT = 300
LONGEST_ID = 64
_CODE = re.compile(r"[\w.]{1,24}", re.ASCII)


def id_in(response: httpx2.Response, shape: AnswerShape, gateway: str) -> str:
    """Return the operator's id of a message that it has taken.

    Raises:
        GatewayUnavailableError: a retry may be accepted; `may_be_taken` if the message may have been.
        GatewayRefusedError: the operator refuses this message.
    """
    content = content_of(response)
    is_refused = bool(found_at(shape.refused_by, content))
    if response.is_success and not is_refused and (gateway_id := found_at(shape.id, content)):
        return gateway_id[:LONGEST_ID]
    code, status = found_at(shape.code, content), response.status_code
    if code in shape.refused_codes:
        raise GatewayRefusedError(gateway, with_detail("http-refused", code))
    if status in shape.not_now | shape.not_taken:
        raise GatewayUnavailableError(gateway, f"http-{status}")
    if code in shape.not_now_codes:
        raise GatewayUnavailableError(gateway, with_detail("http-session", code))
    if is_refused and response.is_success:
        raise GatewayRefusedError(gateway, "http-invalid")
    raise _by_status(gateway, status, code)


def _by_status(gateway: str, status: int, code: str) -> GatewayError:
    """Return what a status means that neither the operator's file nor its code explains."""
    if _FIRST_REFUSAL <= status < _FIRST_OF_SERVER:
        return GatewayRefusedError(gateway, with_detail("http-refused", code) if code else f"http-{status}")
    if status >= _FIRST_OF_SERVER:
        return GatewayUnavailableError(gateway, f"http-{status}", may_be_taken=True)
    if (
        status < _FIRST_REDIRECT
    ):  # every operator gives an id: a page of maintenance, or a receiver that is in no list
        return GatewayUnavailableError(gateway, "http-answer", may_be_taken=True)
    return GatewayUnavailableError(gateway, "http-session")  # another service's address: it leads elsewhere


def content_of(response: httpx2.Response) -> Any:
    """Return the JSON of an answer, or None if it has none."""
    try:
        return response.json()
    except ValueError:
        return None


def with_detail(reason: str, code: str) -> str:
    """Return a reason with the operator's own code, unless that could be anything else than a code."""
    return f"{reason}-{code}" if _CODE.fullmatch(code) else reason


def retry_after(response: httpx2.Response) -> float:
    """Return how many seconds the operator asks us to wait, or 0; a date is not read."""
    seconds = response.headers.get("Retry-After", "")
    return float(seconds) if seconds.isascii() and seconds.isdecimal() else 0.0
