"""A visitor who follows every link of the portal, and what each page says and leads to."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import urlsplit

import httpx2

_UNREAD = frozenset({"script", "style"})
_INLINE = frozenset({"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "time", "wbr"})
_READ_ALOUD = ("alt", "aria-label", "title", "placeholder")
_PARTS = re.compile(r"(?=<header|<main|<footer)|(?<=</head>|</main>)")


@dataclass
class WalkedPage:
    """A page: its address, its markup, what it says in each block of text, the addresses it leads to, and its ids."""

    url: str
    status: int
    markup: str = ""
    texts: list[str] = field(default_factory=list)
    links: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """Everything that is read, one block a line."""
        return "\n".join(self.texts)


async def walk(
    browser: httpx2.AsyncClient, starts: Iterable[str], known: Mapping[str, WalkedPage] | None = None
) -> dict[str, WalkedPage]:
    """Return every page that a visitor finds from these addresses, by its path; a redirect is followed within the portal.

    Pages that are `known` already are returned with them, and asked for again only if they are among `starts`.
    """
    waiting = list(starts)
    walked = {path: page for path, page in (known or {}).items() if path not in waiting}
    while waiting:
        url = waiting.pop()
        if url in walked:
            continue
        answer = await browser.get(url)
        page = WalkedPage(url, answer.status_code)
        walked[url] = page
        if answer.is_redirect:
            page.links.add(answer.headers["location"])
        elif answer.headers["content-type"].startswith("text/html"):
            page.markup = answer.text
            for part in parts_of(page.markup):
                read = _read(part)
                page.texts += read.texts
                page.links |= read.links
                page.ids |= read.ids
        waiting += [path for path in map(path_of, page.links) if path and path not in walked]
    return walked


def parts_of(markup: str) -> list[str]:
    """Return a page in parts, of which many pages have the same ones: head, header, main and footer."""
    return _PARTS.split(markup)


def path_of(link: str) -> str | None:
    """Return the path of a link within the portal, or None of any other."""
    parts = urlsplit(link)
    return parts.path or None if not parts.scheme and not parts.netloc else None


@lru_cache(maxsize=5_000)
def _read(part: str) -> "_Reader":
    reader = _Reader()
    reader.feed(part)
    reader.close()
    return reader


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.links: set[str] = set()
        self.ids: set[str] = set()
        self._unread = 0
        self._is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._unread += tag in _UNREAD
        self._is_open = self._is_open and tag in _INLINE
        self.ids |= {given["id"]} if "id" in given else set()
        if tag == "a" and "href" in given:  # the design system's disabled link has none
            self.links.add(given["href"])
        self.texts += [given[name] for name in _READ_ALOUD if given.get(name)]

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in _UNREAD
        self._is_open = self._is_open and tag in _INLINE

    def handle_data(self, data: str) -> None:
        text = re.sub(r"[ \t\n]+", " ", data)
        if self._unread or not text.strip():
            return
        if self._is_open:
            self.texts[-1] += text
        else:
            self.texts.append(text)
        self._is_open = True
