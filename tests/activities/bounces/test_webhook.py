"""A relay that reports by HTTP is believed if it knows the secret, and answered once its events are stored."""

import json

import pytest
from httpx2 import ASGITransport, AsyncClient
from starlette.applications import Starlette

from activities.bounces.inbox import BounceInbox
from activities.bounces.webhook import PATH, BounceWebhook
from activities.gateways.mail.return_path import ReturnPaths
from activities.store.bounce_table import bounces
from activities.store.database import Database
from tests.activities.bounces.conftest import inbox_of
from tests.support.clock import Clock
from tests.support.database_dump import rows

_PATHS = ReturnPaths(b"k" * 32, "vote.exemple.fr")
_SECRET = "the relay’s own".encode().hex()


async def _posted(inbox: BounceInbox, body: object, secret: str = _SECRET) -> int:
    app = Starlette(routes=BounceWebhook(_SECRET, _PATHS, inbox).routes)
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://worker") as client:
        answer = await client.post(PATH, content=content, headers={"Authorization": f"Bearer {secret}"})
    return answer.status_code


async def test_events_are_stored(inbox: BounceInbox, database: Database) -> None:
    """One or several, by the mail's Message-ID or its return path; for good or for now."""
    by_id = {
        "message_id": "<link-1@vote.exemple.fr>",
        "class": "permanent",
        "status": "5.1.1",
        "email": "a@exemple.fr",
    }
    by_token = {"token": _PATHS.address("link-2"), "class": "temporary"}
    assert [await _posted(inbox, body) for body in (by_id, [by_token, by_id])] == [200, 200]
    stored = [
        (row["message_id"], row["kind"], row["status"], row["sealed"]) for row in await rows(database, bounces)
    ]
    final = ("link-1", "final", "5.1.1", None)
    assert stored == [final, ("link-2", "delayed", "4.0.0", None), final]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff{",
        b"[" * 5000,
        b" " * 70_000,
        {"class": "permanent"},
        {"message_id": "a@b@c", "class": "permanent"},
        {"token": _PATHS.address("link-1").replace("link-1", "link-2"), "class": "permanent"},
        {"message_id": "link-1", "class": "other"},
        {"message_id": "link-1", "class": "permanent", "status": "5.1.1; drop"},
        [{"message_id": "link-1", "class": "permanent"}] * 101,
    ],
    ids=range(10),
)
async def test_what_is_no_event_is_refused(inbox: BounceInbox, database: Database, body: object) -> None:
    """Nothing of it is stored, and nothing is raised."""
    assert await _posted(inbox, body) == 400
    assert await rows(database, bounces) == []


async def test_without_the_secret_nothing_is_read(inbox: BounceInbox, now: Clock) -> None:
    """And without a database the relay is told to report again."""
    event = {"message_id": "link-1", "class": "permanent"}
    assert await _posted(inbox, event, "a guess") == 403
    away = inbox_of(Database("postgresql+psycopg://nobody@127.0.0.1:1/none"), now)
    assert await _posted(away, event) == 503
