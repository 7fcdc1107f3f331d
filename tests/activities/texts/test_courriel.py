"""What voters, support staff and operators read says « courriel », and nothing else for it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.typography import template_sentences

_ROOT = Path(__file__).parents[3]
_FOLDERS = ("activities/texts", "web/templates", "demo/web/templates", "deploy/nginx/erreurs")
_TEMPLATES = sorted(
    path for folder in _FOLDERS for path in (_ROOT / folder).rglob("*") if path.suffix in {".txt", ".html"}
)
_MODULES = sorted(
    path for folder in ("activities", "demo/web", "web", "workflows") for path in (_ROOT / folder).rglob("*.py")
)
_OTHER_WORDS = re.compile(r"\be-?mails?\b|\bmails?\b|\bm[ée]ls?\b", re.IGNORECASE)
# A text with one of these signs is French, and none of the English ones names e-mail.
_FRENCH = re.compile("[àâçéèêëîïôùûœÉÈÀÇ’«»\u00a0\u202f]|e-mail")


def _shown(path: Path) -> str:
    return str(path.relative_to(_ROOT))


def _french_texts(path: Path) -> Iterator[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield from [node.value] if _FRENCH.search(node.value) else []


def test_pages_and_messages_say_courriel() -> None:
    """No sentence of a template says e-mail, mail or mél."""
    read = {path: template_sentences(path.name, path.read_text(encoding="utf-8")) for path in _TEMPLATES}
    found = {(_shown(path), each) for path, told in read.items() for each in told if _OTHER_WORDS.search(each)}
    assert found == set()


def test_the_french_texts_of_modules_say_courriel() -> None:
    """The same for the sentences that stand in the code."""
    found = {
        _shown(path): [text for text in _french_texts(path) if _OTHER_WORDS.search(text)] for path in _MODULES
    }
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_the_guide_of_support_staff_says_courriel() -> None:
    """It quotes pages and messages, and must name things as they do."""
    assert _OTHER_WORDS.findall((_ROOT / "docs" / "assistance.md").read_text(encoding="utf-8")) == []
