"""Checks of French typography in the sentences that voters and operators read."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from jinja2 import Environment

# Stand-ins for a value and for a tag, from Unicode's private use area.
_VALUE, _TAG = "\ue000", "\ue001"
_INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "cite",
        "code",
        "em",
        "i",
        "kbd",
        "mark",
        "q",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
    }
)
_UNREAD = frozenset({"script", "style", "template", "svg"})
_READ_ALOUD = frozenset({"alt", "aria-label", "placeholder", "title"})
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+")
_LINE_END = re.compile(r"[ \t]*\n\s*")
_RULES = {
    "straight apostrophe": re.compile(r"'"),
    "straight double quote": re.compile(r'"'),
    "no non-breaking space before : or »": re.compile(r"(?<!\u00a0)»|(?<![\u00a0\d]):|(?<=\d):(?!\d)"),
    "no narrow non-breaking space before ; ! or ?": re.compile(r"(?<![\u202f;!?])[;!?]"),
    "no non-breaking space after «": re.compile(r"«(?!\u00a0)"),
    "no non-breaking space before a unit": re.compile(r"\d (?:secondes?|minutes?|heures?|jours?|%)(?!\w)"),
    "median point": re.compile(r"(?<=\w)·(?=\w)"),
    "full stops for an ellipsis": re.compile(r"\.\.\."),
}
# What only a text in French has: its letters and signs, a space before a sign, an elision.
_FRENCH = re.compile(r"[àâçèéêîôùûœÀÉÊ’«»\u00a0\u202f]| [:;!?]|\b(?:[cdjlmnst]|qu)'[a-zéêè]")
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
# HTML collapses spaces next to a tag: two spaces are a fault only within one run of text.
_TWO_SPACES = re.compile(r"(?<=[^\s\ue001])[ \u00a0\u202f]{2,}(?=[^\s\ue001])")


@dataclass(frozen=True)
class Fault:
    """A rule that is broken, and the sentence that breaks it."""

    rule: str
    sentence: str


def faults(sentence: str) -> list[Fault]:
    """Return every rule that a sentence breaks; web and mail addresses are not checked."""
    spaced = _ADDRESS.sub(_VALUE, sentence)
    read = spaced.replace(_TAG, "")
    broken = [rule for rule, pattern in _RULES.items() if pattern.search(read)]
    broken += ["two spaces"] if _TWO_SPACES.search(spaced) else []
    return [Fault(rule, read.replace(_VALUE, "{…}").strip()) for rule in broken]


def python_sentences(source: str) -> list[str]:
    """Return the sentences in French of a Python module: its strings of several words that are no docstrings."""
    tree = ast.parse(source)
    unread = {id(part) for each in ast.walk(tree) for part in _docstring(each)}
    unread |= {id(part) for each in ast.walk(tree) if isinstance(each, ast.JoinedStr) for part in each.values}
    texts = [_text(each) for each in ast.walk(tree) if id(each) not in unread]
    return [text for text in texts if re.search(r"[ \u00a0\u202f]", text) and _FRENCH.search(text)]


def _docstring(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None:
        first = node.body[0]
        assert isinstance(first, ast.Expr)
        yield first.value


def _text(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or _VALUE for part in parts)
        case _:
            return ""


def template_sentences(name: str, source: str) -> list[str]:
    """Return the sentences of a Jinja template: those of its text and those in its expressions.

    An HTML template has a sentence for each block of text nodes, any other a sentence for each line.
    """
    text, sentences = "", []
    for _, kind, value in Environment(autoescape=True).lex(source):
        if kind == "data":
            text += value
        elif kind == "string" and " " in value:
            sentences.append(value[1:-1])
        elif kind == "variable_begin":
            text += _VALUE
        elif kind in {"block_begin", "comment_begin"}:
            text += _TAG
    return [*sentences, *(_blocks(text) if name.endswith(".html") else text.splitlines())]


def _blocks(markup: str) -> list[str]:
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return [_LINE_END.sub(" ", block) for block in reader.text.split("\0")]


class _Reader(HTMLParser):
    """Collects text nodes: blocks are separated, inline tags marked, unread elements left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in _UNREAD
        # Before all else: an attribute does not end the sentence around its element.
        read = "".join(f"\0{value}\0" for name, value in attrs if value and name in _READ_ALOUD)
        self.text = read + self.text + (_TAG if tag in _INLINE else "\0")

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in _UNREAD
        self.text += _TAG if tag in _INLINE else "\0"

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.text += data
