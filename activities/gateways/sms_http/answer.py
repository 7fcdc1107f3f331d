"""Reads an operator's answer to a submit: taken, refused, or to be tried again."""

import re
from typing import Any

import httpx2

from activities.gateways.base.errors import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.sms_http.provider import AnswerShape
from activities.gateways.sms_http.template import found_at

_FIRST_OF_SERVER = 500
_FIRST_REFUSAL = 400
LONGEST_ID = 64
_CODE = re.compile(r"[\w.]{1,24}", re.ASCII)


def id_in(response: httpx2.Response, shape: AnswerShape, gateway: str) -> str:
    """Return the operator's id of a message that it has taken; empty if it gives none.

    Raises:
        GatewayUnavailableError: a retry may be accepted; `may_be_taken` if the message may have been.
        GatewayRefusedError: the operator refuses this message.
    """
    content = content_of(response)
    if response.is_success and not found_at(shape.refused_by, content):
        return found_at(shape.id, content)[:LONGEST_ID]
    code, status = found_at(shape.code, content), response.status_code
    if code in shape.refused_codes:
        raise GatewayRefusedError(gateway, with_detail("http-refused", code))
    if status in shape.not_now | shape.not_taken:
        raise GatewayUnavailableError(gateway, f"http-{status}")
    if code in shape.not_now_codes:
        raise GatewayUnavailableError(gateway, with_detail("http-session", code))
    if response.is_success:
        raise GatewayRefusedError(gateway, "http-invalid")
    if _FIRST_REFUSAL <= status < _FIRST_OF_SERVER:
        reason = with_detail("http-refused", code) if code else f"http-{status}"
        raise GatewayRefusedError(gateway, reason)
    if status >= _FIRST_OF_SERVER:
        raise GatewayUnavailableError(gateway, f"http-{status}", may_be_taken=True)
    raise GatewayUnavailableError(gateway, "http-session")  # another service's address: it leads elsewhere


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
