"""Operators who sign in to a demo's console by HTTP, as a browser does."""

import re

import httpx2

from demo.web.operators_provider import PREFIX

ASSISTANCE, OPERATEUR, ADMINISTRATION = "a.moreau", "o.petit", "v.garnier"
SECOND_ADMINISTRATION = "n.roussel"
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_CSRF = re.compile(r'name="csrf"\s+value="(\w+)"')


async def sign_in(browser: httpx2.AsyncClient, login: str, address: str = "/exploitation") -> httpx2.Response:
    """Open a page of the console, sign in at the provider, and return the answer of the console's callback."""
    return await browser.get(await callback_url(browser, login, address))


async def callback_url(browser: httpx2.AsyncClient, login: str, address: str = "/exploitation") -> str:
    """Return the address that the provider leads to after a sign-in, which the browser has not opened yet."""
    page = await browser.get(address, follow_redirects=True)
    answer = await browser.post(f"{PREFIX}/authorize", data=dict(_HIDDEN.findall(page.text)) | {"login": login})
    return str(answer.headers["location"])


def csrf_of(page: str) -> str:
    """Return the token in the hidden field of a page's forms."""
    found = _CSRF.search(page)
    assert found is not None
    return found[1]
