"""What is answered when something goes wrong: a page in French, with the headers of every other."""

import httpx2
import pytest

from tests.support.web_app import WebApp, sound
from web.app import create_app


@pytest.fixture
def broken(web_app: WebApp) -> httpx2.ASGITransport:
    """The application with a page that fails."""
    app = create_app(web_app.context)

    @app.get("/panne")
    async def fail() -> None:
        raise RuntimeError("prenom.nom@ac-lyon.fr")

    return httpx2.ASGITransport(app, raise_app_exceptions=False)


async def test_a_fault_of_ours_has_a_page_with_its_headers_too(broken: httpx2.ASGITransport) -> None:
    """It is answered outside the shield, says that nothing is lost, and nothing of the fault."""
    async with httpx2.AsyncClient(transport=broken, base_url="http://x") as browser:
        answer = await browser.get("/panne")
    assert answer.status_code == 500
    assert "n’est pas perdu" in answer.text
    assert "ac-lyon" not in answer.text
    sound(answer, fault=True)


async def test_what_is_too_large_is_answered_and_nothing_more_is_read(web_app: WebApp) -> None:
    """The page says that nothing was taken, and the connection ends with it."""
    async with web_app.browser() as browser:
        answer = await browser.post("/connexion", content=b"x" * 100_000)
    sound(answer)
    assert answer.status_code == 413
    assert "Rien n’a été pris en compte" in answer.text
    assert answer.headers["connection"] == "close"
