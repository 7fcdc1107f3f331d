"""Links are derived, typed by hand when need be, and known to the database by a hash alone."""

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

PLACE = LinkRecord("voting-code/elector", "link", LinkVerdict.LIVE)
OFFLINE = Database("postgresql+psycopg://nowhere")  # never connected to: tokens need no database


async def _register(database: Database, links: Links, link_id: str = "link", replaces: str = "") -> None:
    async with database.writing() as connection:
        await links.register(connection, PLACE.workflow_id, NewLink(link_id, replaces))


async def _register_and_fail(database: Database, links: Links) -> None:
    async with database.writing() as connection:
        await links.register(connection, PLACE.workflow_id, NewLink("link"))
        raise ConnectionError


@given(st.text(max_size=64))
def test_a_token_is_always_the_same_and_26_readable_characters(link_id: str) -> None:
    """A retried send carries the same link: 26 of Crockford's characters, without i, l, o and u."""
    tokens = [Links(OFFLINE, bytes(32), "https://x", Clock()).token(PLACE.workflow_id, link_id) for _ in range(2)]
    assert tokens[0] == tokens[1]
    assert re.fullmatch("[0-9a-hjkmnp-tv-z]{26}", tokens[0])


def test_tokens_differ_by_link_by_recovery_and_by_key() -> None:
    """Neither another link's id, nor another recovery, nor another key leads to the same token."""
    keyed = [Links(OFFLINE, key * 32, "https://x", Clock()) for key in (b"1", b"2")]
    recoveries = [f"voting-code/{number}" for number in range(20)]
    links = [f"link-{number}" for number in range(25)]
    tokens = {each.token(recovery, link) for each, recovery, link in product(keyed, recoveries, links)}
    assert len(tokens) == 1000


def test_an_address_has_the_token_in_its_path(links: Links) -> None:
    """The voter receives the portal's address, one slash, and the token."""
    token = links.token(PLACE.workflow_id, "link")
    assert links.address(PLACE.workflow_id, "link") == f"https://elections.exemple.fr/lien/{token}"


async def test_a_link_leads_to_its_recovery(database: Database, links: Links) -> None:
    """A registered link is found by its token, and is live."""
    await _register(database, links)
    assert await links.find(links.token(PLACE.workflow_id, "link")) == PLACE


def _typed(token: str) -> list[str]:
    return [
        token.upper(),
        token.replace("0", "O"),
        token.replace("0", "o"),
        *(token.replace("1", each) for each in "iIlL"),
    ]


async def test_a_token_may_be_typed_from_a_phone_to_a_computer(database: Database, links: Links) -> None:
    """Capitals, O for 0, I or L for 1: what the eye mistakes is understood."""
    link_id = next(
        each for each in map(str, range(1000)) if {"0", "1"} <= set(links.token(PLACE.workflow_id, each))
    )
    await _register(database, links, link_id)
    for typed in _typed(links.token(PLACE.workflow_id, link_id)):
        assert await links.find(typed) == LinkRecord(PLACE.workflow_id, link_id, LinkVerdict.LIVE)


@pytest.mark.parametrize("typed", ["", "0" * 26, "é", "\0", "' OR 1=1 --", "İ" * 26, "x" * 10_000])
async def test_a_token_that_was_never_made_leads_nowhere(database: Database, links: Links, typed: str) -> None:
    """Whatever is typed, an unknown token is answered without a fault."""
    await _register(database, links)
    assert await links.find(typed) is None


async def test_a_token_is_found_whole_only(database: Database, links: Links) -> None:
    """A link that a mail program cut, or a link's id instead of its token, leads nowhere."""
    await _register(database, links)
    for typed in (
        links.token(PLACE.workflow_id, "link")[:-1],
        links.token(PLACE.workflow_id, "link") + "0",
        "link",
    ):
        assert await links.find(typed) is None


async def test_the_database_never_has_the_token(database: Database, links: Links) -> None:
    """A dump, and even the link's id in it, does not open the link."""
    await _register(database, links)
    assert links.token(PLACE.workflow_id, "link") not in await text_of(database)


async def test_a_link_is_registered_once(database: Database, links: Links, now: Clock) -> None:
    """Registered again, a link stays where and since when it was."""
    await _register(database, links)
    made_at = now()
    now.instant = made_at.replace(year=2027)
    await _register(database, links)
    assert [row["made_at"] for row in await rows(database, table)] == [made_at]


@pytest.mark.parametrize("ending", [each for each in LinkVerdict if each is not LinkVerdict.UNKNOWN])
async def test_what_became_of_a_link_is_known_when_its_recovery_is_gone(
    database: Database, links: Links, ending: LinkVerdict
) -> None:
    """The ending that was noted is found with the link; the other links keep their own."""
    await _register(database, links, "link")
    await _register(database, links, "other")
    async with database.writing() as connection:
        await links.end(connection, {"link": ending, "never made": LinkVerdict.USED})
    places = [await links.find(links.token(PLACE.workflow_id, each)) for each in ("link", "other")]
    assert [place and place.ending for place in places] == [ending, LinkVerdict.LIVE]


async def test_a_link_that_replaces_another_marks_it_as_replaced(database: Database, links: Links) -> None:
    """The former is replaced from that moment, once; a third link is left alone."""
    await _register(database, links, "former")
    await _register(database, links, "third")
    for _ in range(2):
        await _register(database, links, replaces="former")
    places = [await links.find(links.token(PLACE.workflow_id, each)) for each in ("former", "link", "third")]
    endings = [place and place.ending for place in places]
    assert endings == [LinkVerdict.REPLACED, LinkVerdict.LIVE, LinkVerdict.LIVE]


async def test_what_its_recovery_said_of_a_link_stands(database: Database, links: Links) -> None:
    """Clicked while another was being made, it is used and not replaced, whichever was noted first."""
    for noted_first, former in ((True, "clicked before"), (False, "clicked after")):
        await _register(database, links, former)
        for uses in (noted_first, not noted_first):
            async with database.writing() as connection:
                if uses:
                    await links.end(connection, {former: LinkVerdict.USED})
                else:
                    newer = NewLink(f"after {former}", replaces=former)
                    await links.register(connection, PLACE.workflow_id, newer)
        place = await links.find(links.token(PLACE.workflow_id, former))
        assert place is not None
        assert place.ending is LinkVerdict.USED


async def test_a_link_is_known_when_its_transaction_is_done(database: Database, links: Links) -> None:
    """When the transaction that proves a request fails, its link was never made."""
    with pytest.raises(ConnectionError):
        await _register_and_fail(database, links)
    assert await links.find(links.token(PLACE.workflow_id, "link")) is None
