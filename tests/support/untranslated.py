"""Finds French that is not marked for translation, in templates, in Python and on a rendered page."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment

OPEN, CLOSE = "⟦", "⟧"
_MARKS = frozenset({"_", "N_", "gettext", "ngettext"})
_VALUE = "\ue000"  # stands for a value, from Unicode's private use area
_WRAPPED = re.compile(rf"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]{2}")
# Names and addresses, which no language translates.
_NAMES = re.compile(r"\b(?:Réassort|FranceConnect|NUMEN|SMS|Français|English)\b|\ue000/\S+")
_UNREAD = frozenset({"script", "style", "svg", "time"})  # an instant, which `written_instant` writes
_READ_ALOUD = frozenset({"alt", "aria-label", "title", "placeholder"})
_FRENCH = re.compile(
    r"[àâçéèêëîïôûùœ’«»\u00a0\u202f]"
    r"|\b(?:le|la|les|un|une|des|du|de|et|ou|vous|votre|vos|est|pas|par|pour|sur|dans|ne|ce|cette|il)\b.* .*",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"[A-ZÀ-Ý].*[a-zà-ÿ]| .*\w"
)  # in an expression of a template, beside names of classes and files


def in_template(name: str, source: str) -> list[str]:
    """Return the texts of a template that stand outside `{% trans %}` and `_()`."""
    found, text, is_marked, tokens = list[str](), "", False, list(Environment(autoescape=True).lex(source))
    for place, (_, kind, value) in enumerate(tokens):
        words = [token[2] for token in tokens[place + 1 : place + 4] if token[1] == "name"]
        if kind == "block_begin" and words[:1] in (["trans"], ["endtrans"]):
            is_marked = words[0] == "trans"
        if kind == "data":
            text += _VALUE if is_marked else value
        elif kind in {"variable_begin", "block_begin", "comment_begin"}:
            text += _VALUE
        elif kind == "string" and _SENTENCE.search(value[1:-1]) and not _is_marked(tokens[:place]):
            found.append(value[1:-1])
    blocks = _blocks(text) if name.endswith(".html") else text.splitlines()
    return [*found, *(block.replace(_VALUE, "…").strip() for block in blocks if _is_read(block))]


def _is_marked(before: list[tuple[int, str, str]]) -> bool:
    """Return whether a string follows `_(`, or stands beside others in `ngettext(`."""
    call = [value for _, kind, value in before if kind != "whitespace"]
    return (call[-1:] == ["("] and call[-2] in _MARKS) or call[-4:-3] == ["ngettext"]


def _is_read(text: str) -> bool:
    return bool(_LETTER.search(_NAMES.sub("", text)))


def _blocks(markup: str) -> list[str]:
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.texts


class _Reader(HTMLParser):
    """Collects what is read: text nodes, and attributes that are read aloud or kept for scripts; not what has `translate="no"`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._unread = 0
        self._untranslated = ""  # the tag that says so
        self._depth = 0  # of that tag in itself

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in _UNREAD
        if not self._depth and ("translate", "no") in attrs:
            self._untranslated = tag
        self._depth += tag == self._untranslated
        for name, value in attrs:
            if value and (name in _READ_ALOUD or (name.startswith("data-") and _FRENCH.search(value))):
                self.texts.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in _UNREAD
        self._depth -= tag == self._untranslated
        self._untranslated = self._untranslated if self._depth else ""

    def handle_data(self, data: str) -> None:
        if not (self._unread or self._depth):
            self.texts.append(data)


def on_page(markup: str, values: set[str]) -> list[str]:
    """Return what a page says outside `⟦…⟧`, beside the values that it was given."""
    texts = [_without_wrapped(text) for text in _blocks(_unwrapped_tags(markup))]
    longest_first = sorted((value.strip() for value in values if value.strip()), key=len, reverse=True)
    return [text.strip() for text in texts if _is_read(_without(text, longest_first))]


def _unwrapped_tags(markup: str) -> str:
    """Return a page in which each tag within `⟦…⟧` closes it and opens it again, so that each text node has both."""
    depth, parts = 0, []
    for part in re.split(rf"([{OPEN}{CLOSE}]|<[^>]*>)", markup):
        depth += (part == OPEN) - (part == CLOSE)
        is_tag = part.startswith("<")
        within = is_tag and depth > 0
        parts.append(f"{CLOSE * depth}{part}{OPEN * depth}" if within else part)
    return "".join(parts)


def _without_wrapped(text: str) -> str:
    while (shorter := _WRAPPED.sub("", text)) != text:
        text = shorter
    return text


def _without(text: str, values: list[str]) -> str:
    for value in values:
        text = text.replace(value, "")
    return text


def in_python(source: str) -> list[str]:
    """Return the French of a module that stands outside `_()`, `N_()` and `ngettext()`; docstrings are English.

    Before Python 3.12 Babel extracts nothing from within an f-string: what is marked there counts as not marked.
    """
    tree = ast.parse(source)
    unread = {id(node) for text in ast.walk(tree) if isinstance(text, ast.JoinedStr) for node in ast.walk(text)}
    marks = [node for node in ast.walk(tree) if _is_mark(node) and id(node) not in unread]
    skipped = {id(node) for call in marks for node in ast.walk(call)}
    skipped |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        text for text in _strings(tree, skipped) if _FRENCH.search(text) and _WORD.search(_NAMES.sub("", text))
    ]


def _is_mark(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MARKS


def _strings(tree: ast.Module, skipped: set[int]) -> Iterator[str]:
    """Yield each text; one with values between its parts as a whole."""
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{…}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
