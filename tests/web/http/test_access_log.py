"""The access log says what was requested and how it ended, without any secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.support.web_app import WebApp
from web.http.access_log import loggable


@given(st.text())
def test_nothing_of_a_token_is_logged(token: str) -> None:
    """The path after `/lien/` is left out."""
    assert loggable(f"/lien/{token}") == "/lien/•••"


@given(st.text().filter(lambda path: not path.startswith("lien/")))
def test_other_paths_are_logged_as_they_are(path: str) -> None:
    """They have no secrets in them."""
    assert loggable(f"/{path}") == f"/{path}"


@pytest.mark.parametrize(
    ("path", "status"), [("/aide?numen=12A3456789BCD", 200), ("/portail", 303), ("/rien", 404)]
)
async def test_a_line_has_the_request_and_its_status(web_app: WebApp, path: str, status: int) -> None:
    """Method, path, status and time, without the query."""
    with capture_logs() as logs:
        async with web_app.browser() as browser:
            await browser.get(path)
    [line] = logs
    assert (line["method"], line["path"], line["status"]) == ("GET", path.partition("?")[0], status)
    assert set(line) == {"event", "log_level", "method", "path", "status", "ms"}
