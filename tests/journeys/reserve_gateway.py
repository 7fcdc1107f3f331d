"""Puts the demo's second SMS operator into service in the console, and back into reserve."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2

from demo.client.operators import OPERATEUR, csrf_of, sign_in
from demo.client.running import Demo

_PAGE = "/exploitation/passerelles"


@asynccontextmanager
async def reserve_in_service(demo: Demo) -> AsyncIterator[str]:
    """Resume the second operator for as long as the context lasts, and yield the page of gateways."""
    async with httpx2.AsyncClient(base_url=demo.url, timeout=30, trust_env=False) as browser:
        await sign_in(browser, OPERATEUR)
        yield await _ordered(browser, "resume")
        await _ordered(browser, "suspend")


async def _ordered(browser: httpx2.AsyncClient, act: str) -> str:
    csrf = csrf_of((await browser.get(_PAGE)).text)
    form = {"csrf": csrf, "act": act, "reason": "essai", "confirmed": "oui"}
    answer = await browser.post(f"{_PAGE}/brevo", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.headers["location"] == f"{_PAGE}?ordre=fait"
    return (await browser.get(_PAGE)).text
