"""The dashboard's own policy, and what a mail in a frame of it may do."""

import httpx2
import pytest
from fastapi import FastAPI
from starlette.responses import HTMLResponse

from demo.web.dashboard import framed
from demo.web.mail_frames import MailFrames
from web.http.security_middleware import HEADERS, SecurityHeaders

_POLICY = "Content-Security-Policy"


async def _policy_of(path: str) -> str:
    app = FastAPI()
    for route in ("/", "/demo", "/demo/people.json"):
        app.get(route)(lambda: HTMLResponse(""))
    app.add_middleware(SecurityHeaders, is_https=False)
    app.add_middleware(MailFrames)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://demo") as browser:
        return str((await browser.get(path)).headers[_POLICY])


@pytest.mark.parametrize("path", ["/", "/demo/people.json", "/demo/", "/autre"])
async def test_no_other_page_has_another_policy(path: str) -> None:
    """Each has that of every page of the portal."""
    assert await _policy_of(path) == HEADERS[_POLICY]


async def test_the_dashboard_s_policy_allows_inline_styles_and_nothing_else() -> None:
    """Without them the mails in its frames would be bare text: a frame has its page's policy too."""
    ours, given = HEADERS[_POLICY].split("; "), (await _policy_of("/demo")).split("; ")
    changed = [pair for pair in zip(ours, given, strict=True) if pair[0] != pair[1]]
    assert changed == [("style-src 'self'", "style-src 'self' 'unsafe-inline'")]


def test_a_framed_mail_loads_nothing_and_opens_its_links_elsewhere() -> None:
    """Its own policy comes before anything that it could load."""
    html = framed("<!DOCTYPE html><html><head><title>Titre</title></head><body>Corps</body></html>")
    head, _, rest = html.partition("<title>")
    assert "default-src 'none'; style-src 'unsafe-inline'" in head
    assert '<base target="_blank">' in head
    assert rest == "Titre</title></head><body>Corps</body></html>"
