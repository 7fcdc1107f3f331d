"""Links: derived tokens, typed tokens, stored hashes, and endings."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.recoveries.links import LinkRecord, Links, NewLink
from activities.store.database import Database
from activities.store.tables import links as table
from election.verdicts import LinkVerdict
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of

LINK = LinkRecord("code-de-vote/elector", "link", LinkVerdict.LIVE, "elector")
OFFLINE = Database("postgresql+psycopg://nowhere")  # is never connected to: tokens need no database


async def _register(database: Database, links: Links, link_id: str = "link", replaces: str = "") -> None:
    async with database.writing() as connection:
        await links.register(connection, LINK.workflow_id, NewLink(link_id, replaces), "elector")


async def _register_and_fail(database: Database, links: Links) -> None:
    async with database.writing() as connection:
        await links.register(connection, LINK.workflow_id, NewLink("link"), "elector")
        raise ConnectionError


@given(st.text(max_size=64))
def test_a_token_is_always_the_same_and_26_readable_characters(link_id: str) -> None:
    """A retried send has the same token: 26 characters of Crockford's base32."""
    tokens = [Links(OFFLINE, bytes(32), "https://x", Clock()).token(LINK.workflow_id, link_id) for _ in range(2)]
    assert tokens[0] == tokens[1]
    assert re.fullmatch("[0-9a-hjkmnp-tv-z]{26}", tokens[0])


def test_tokens_differ_by_link_by_recovery_and_by_key() -> None:
    """Another link id, another workflow id or another key gives another token."""
    keyed = [Links(OFFLINE, key * 32, "https://x", Clock()) for key in (b"1", b"2")]
    recoveries = [f"code-de-vote/{number}" for number in range(20)]
    links = [f"link-{number}" for number in range(25)]
    tokens = {each.token(recovery, link) for each, recovery, link in product(keyed, recoveries, links)}
    assert len(tokens) == 1000


def test_an_address_has_the_token_in_its_path(links: Links) -> None:
    """The URL is the public URL, `/lien/` and the token."""
    token = links.token(LINK.workflow_id, "link")
    assert links.address(LINK.workflow_id, "link") == f"https://elections.exemple.fr/lien/{token}"


async def test_a_link_is_found_by_its_token(database: Database, links: Links) -> None:
    """A registered link is found with its recovery, and is live."""
    await _register(database, links)
    assert await links.find(links.token(LINK.workflow_id, "link")) == LINK


def _typed(token: str) -> list[str]:
    return [
        token.upper(),
        token.replace("0", "O"),
        token.replace("0", "o"),
        *(token.replace("1", each) for each in "iIlL"),
    ]


async def test_a_token_may_be_typed_from_a_phone_to_a_computer(database: Database, links: Links) -> None:
    """Capitals, O for 0, I or L for 1 are accepted."""
    link_id = next(
        each for each in map(str, range(1000)) if {"0", "1"} <= set(links.token(LINK.workflow_id, each))
    )
    await _register(database, links, link_id)
    for typed in _typed(links.token(LINK.workflow_id, link_id)):
        assert await links.find(typed) == LinkRecord(LINK.workflow_id, link_id, LinkVerdict.LIVE, "elector")


@pytest.mark.parametrize(
    "mangled",
    [
        *(
            "{}.",
            "{},",
            "{})",
            "{}>",
            "{};",
            "{}…",
            "{}\u00a0»",
            "({})",
            "<{}>",
            '"{}"',
            "{}?utm_source=mail",
            "{}#x",
        ),
        *(
            "{} ",
            "{}\u00a0",
            "{}\r\n",
            "{}\u200b",
            "\ufeff{}",
            "{}%20",
            "{}%C2%A0",
            "{}%0D%0A",
            "%3C{}%3E",
            "%22{}",
        ),
        *("{}&gt;", "{}&nbsp;", "&lt;{}", "{}&#62;", "{}=20", "{}.Merci d’avance", "*{}*", "[{}]"),
    ],
)
async def test_a_token_is_found_whatever_a_mail_program_put_around_it(
    database: Database, links: Links, mangled: str
) -> None:
    """Punctuation, spaces, signs that were encoded once more, the words that follow."""
    await _register(database, links)
    token = links.token(LINK.workflow_id, "link")
    assert await links.find(mangled.format(token)) == LINK


@pytest.mark.parametrize(
    "broken", ["\r\n", "\n", " ", "-", "\u00ad", "\u2011", "=\r\n", "%0D%0A", "%20", "\u200b", "="]
)
async def test_a_token_is_found_whatever_broke_its_line(database: Database, links: Links, broken: str) -> None:
    """A line break, a hyphen or a space, at any place of it."""
    await _register(database, links)
    token = links.token(LINK.workflow_id, "link")
    for place in range(1, len(token)):
        assert await links.find(f"{token[:place]}{broken}{token[place:]}") == LINK


async def test_a_part_of_a_token_finds_nothing(database: Database, links: Links) -> None:
    """Nor one with another character in it: all 26 count."""
    await _register(database, links)
    token = links.token(LINK.workflow_id, "link")
    for typed in (token[:-1], token[1:], f"{token[:10]}9{token[10:]}", f"x{token}", token.replace(token[0], "u")):
        assert await links.find(typed) is None


@pytest.mark.parametrize("typed", ["", "0" * 26, "é", "\0", "' OR 1=1 --", "İ" * 26, "x" * 10_000])
async def test_an_unknown_token_finds_nothing(database: Database, links: Links, typed: str) -> None:
    """Whatever is typed, the result is None, without an error."""
    await _register(database, links)
    assert await links.find(typed) is None


async def test_a_partial_token_finds_nothing(database: Database, links: Links) -> None:
    """A token that is cut or has one character more, or a link id instead of a token."""
    await _register(database, links)
    for typed in (
        links.token(LINK.workflow_id, "link")[:-1],
        links.token(LINK.workflow_id, "link") + "0",
        "link",
    ):
        assert await links.find(typed) is None


async def test_the_database_does_not_contain_the_token(database: Database, links: Links) -> None:
    """A dump of the database is not enough to use a link."""
    await _register(database, links)
    assert links.token(LINK.workflow_id, "link") not in await text_of(database)


async def test_a_link_is_registered_once(database: Database, links: Links, now: Clock) -> None:
    """Registering it again changes nothing."""
    await _register(database, links)
    created_at = now()
    now.instant = created_at.replace(year=2027)
    await _register(database, links)
    assert [row["created_at"] for row in await rows(database, table)] == [created_at]


@pytest.mark.parametrize("ending", [each for each in LinkVerdict if each is not LinkVerdict.UNKNOWN])
async def test_an_ending_is_stored_with_its_link(database: Database, links: Links, ending: LinkVerdict) -> None:
    """It is found without the recovery; other links keep their ending."""
    await _register(database, links, "link")
    await _register(database, links, "other")
    async with database.writing() as connection:
        await links.end(connection, {"link": ending, "never made": LinkVerdict.USED})
    found = [await links.find(links.token(LINK.workflow_id, each)) for each in ("link", "other")]
    assert [link and link.ending for link in found] == [ending, LinkVerdict.LIVE]


async def test_a_link_that_replaces_another_marks_it_as_replaced(database: Database, links: Links) -> None:
    """Registered twice, it marks the former link once, and no other."""
    await _register(database, links, "former")
    await _register(database, links, "third")
    for _ in range(2):
        await _register(database, links, replaces="former")
    found = [await links.find(links.token(LINK.workflow_id, each)) for each in ("former", "link", "third")]
    endings = [link and link.ending for link in found]
    assert endings == [LinkVerdict.REPLACED, LinkVerdict.LIVE, LinkVerdict.LIVE]


async def test_a_used_link_is_not_marked_as_replaced(database: Database, links: Links) -> None:
    """A link that is used while a newer one is registered stays USED, in either order of the transactions."""
    for written_first, former in ((True, "clicked before"), (False, "clicked after")):
        await _register(database, links, former)
        for uses in (written_first, not written_first):
            async with database.writing() as connection:
                if uses:
                    await links.end(connection, {former: LinkVerdict.USED})
                else:
                    newer = NewLink(f"after {former}", replaces=former)
                    await links.register(connection, LINK.workflow_id, newer, "elector")
        found = await links.find(links.token(LINK.workflow_id, former))
        assert found is not None
        assert found.ending is LinkVerdict.USED


async def test_a_link_of_a_failed_transaction_is_not_registered(database: Database, links: Links) -> None:
    """The rollback of the caller's transaction removes the link."""
    with pytest.raises(ConnectionError):
        await _register_and_fail(database, links)
    assert await links.find(links.token(LINK.workflow_id, "link")) is None


async def test_a_link_that_has_served_is_not_cancelled(database: Database, links: Links) -> None:
    """Its recovery may not have heard that the reissue was committed, and takes it for failed."""
    await _register(database, links)
    for ending in (LinkVerdict.USED, LinkVerdict.CANCELLED):
        async with database.writing() as connection:
            await links.end(connection, {"link": ending})
    found = await links.find(links.token(LINK.workflow_id, "link"))
    assert found is not None
    assert found.ending is LinkVerdict.USED
