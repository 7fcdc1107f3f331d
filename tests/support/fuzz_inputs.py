"""Hypothesis strategies for form input: random text, and inputs that scanners and attackers are known to send."""

from urllib.parse import quote, quote_plus

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

# Every run generates the same examples, so that a failure can be reproduced.
REPRODUCIBLE = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)

# If a page contained it without escaping, `Markup` would find a tag and an attribute of these names.
MARK = "\"'><zq:q onzq:q=1>&lt;{{7*7}}"
_TRICKS = (
    "",
    " ",
    "\0",
    "\ud800",
    "\u202eelituni",
    "👩🏽‍🏫🗳️",
    "\x01\x1b[2J\x7f\r\nSet-Cookie: session=x",
    "' OR '1'='1'; DROP TABLE electors; --",
    "<script>alert(1)</script>",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "../../etc/passwd",
    "é" * 301,
    "a" * 20_000,
    "٠١٢٣٤٥",
    "%00%ff",
)
ANYTHING = st.text(st.characters(), max_size=60)
TRICKS = st.one_of(st.sampled_from(_TRICKS), ANYTHING).map(lambda text: text + MARK)
RIGHT = st.none()  # the value that the form's own page would send

Fields = list[tuple[str, str | None]]


def filled(names: tuple[str, ...]) -> SearchStrategy[Fields]:
    """Return a strategy of form fields: valid, invalid, missing, repeated and unknown ones."""
    name = st.one_of(st.sampled_from(names), TRICKS)
    each = st.tuples(name, st.one_of(RIGHT, TRICKS))
    right = st.sets(st.sampled_from(names)).map(lambda left_out: [(n, None) for n in names if n not in left_out])
    return st.builds(lambda own, more: [*own, *more], right, st.lists(each, max_size=6))


def encoded(fields: list[tuple[str, str]]) -> bytes:
    """Return fields as an urlencoded body; characters that no browser would send are encoded too."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in fields).encode()


def in_parts(fields: list[tuple[str, str]], charset: str) -> tuple[bytes, str]:
    """Return fields as a multipart body, and its content type with that character set."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{quote(name, errors="surrogatepass")}"\r\n\r\n{value}\r\n'
        for name, value in fields
    ]
    body = ("".join(parts) + "--x--\r\n").encode(errors="surrogatepass")
    return body, f"multipart/form-data; boundary=x; charset={charset}"


def _quoted(text: str) -> str:
    return quote_plus(text, errors="surrogatepass")
