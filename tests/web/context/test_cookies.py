"""Every cookie stands in one place, with what it is for and how long the browser keeps it."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.support.web_app import WebApp
from web.context import cookies
from web.context.cookies import EVERY, Cookie

_WEB = Path(cookies.__file__).parents[1]
_DECLARED = Path(cookies.__file__)


def _calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_cookies_are_made_and_set_in_one_file_alone() -> None:
    """No other module makes a cookie, or writes the header by itself."""
    others = {path: set(_calls(path)) for path in _WEB.rglob("*.py") if path != _DECLARED}
    setting = {
        path.name: call
        for path, calls in others.items()
        for call in calls
        if call.rpartition(".")[2] in {"set_cookie", "delete_cookie", "Cookie"}
    }
    assert setting == {}
    raw = [path.name for path in others if "set-cookie" in path.read_text(encoding="utf-8").lower()]
    assert raw == []


def test_every_declared_cookie_is_in_the_list() -> None:
    """Once, and under a name of its own."""
    declared = [each for each in vars(cookies).values() if isinstance(each, Cookie)]
    assert declared == list(EVERY)
    assert len({each.name for each in EVERY}) == len(EVERY)


def test_no_script_keeps_anything_in_the_browser() -> None:
    """Neither cookies nor the browser's other stores are used by our scripts."""
    scripts = "".join(path.read_text(encoding="utf-8") for path in (_WEB / "static").glob("*.js"))
    stores = ("document.cookie", "cookieStore", "localStorage", "sessionStorage", "indexedDB")
    assert [store for store in stores if store in scripts] == []


def test_over_https_the_browser_knows_them_as_host_cookies(web_app: WebApp) -> None:
    """The page lists them by that name."""
    secure = replace(web_app.context, public_url="https://portail.exemple.fr")
    assert {each.full_name(secure) for each in EVERY} == {f"__Host-{each.name}" for each in EVERY}
    assert {each.full_name(web_app.context) for each in EVERY} == {each.name for each in EVERY}
