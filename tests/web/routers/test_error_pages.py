"""Errors are answered with a page in French that has the headers of every other page."""

import httpx2
import pytest

from tests.support.web_app import WebApp, assert_valid_response
from web.app import create_app


@pytest.fixture
def broken(web_app: WebApp) -> httpx2.ASGITransport:
    """The application with a route that raises an exception."""
    app = create_app(web_app.context)

    @app.get("/panne")
    async def fail() -> None:
        raise RuntimeError("prenom.nom@ac-lyon.fr")

    return httpx2.ASGITransport(app, raise_app_exceptions=False)


async def test_an_unexpected_exception_has_a_page_with_the_headers(broken: httpx2.ASGITransport) -> None:
    """It is answered outside the security middleware; the page says that nothing is lost, and nothing of the error."""
    async with httpx2.AsyncClient(transport=broken, base_url="http://portail.exemple.fr") as browser:
        answer = await browser.get("/panne")
    assert answer.status_code == 500
    assert "n’est pas perdu" in answer.text
    assert "ac-lyon" not in answer.text
    assert_valid_response(answer, fault=True)


async def test_a_body_that_is_too_large_is_answered_and_not_read_further(web_app: WebApp) -> None:
    """The page says that nothing was taken, and the connection is closed."""
    async with web_app.browser() as browser:
        answer = await browser.post("/connexion", content=b"x" * 100_000)
    assert_valid_response(answer)
    assert answer.status_code == 413
    assert "Rien n’a été pris en compte" in answer.text
    assert answer.headers["connection"] == "close"
