"""A run of a send goes on without those who wait for it, and there is one at a time for a message."""

import asyncio

import pytest

from activities.sending import runs
from activities.sending.runs import Runs


class _Work:
    """What a run does: it begins, waits to be released, and ends."""

    def __init__(self) -> None:
        self.begun, self.ended = 0, 0
        self.released = asyncio.Event()

    async def __call__(self) -> int:
        self.begun += 1
        await self.released.wait()
        self.ended += 1
        return self.begun


async def _begin(of: Runs[int], message_id: str, work: _Work) -> asyncio.Task[int]:
    waiting = asyncio.create_task(of.run(message_id, work))
    await asyncio.sleep(0)
    return waiting


async def test_attempts_at_one_message_share_a_run() -> None:
    """Another message has its own, and the same one a new one afterwards."""
    of, work = Runs[int](), _Work()
    waiting = [await _begin(of, message_id, work) for message_id in ("link-1", "link-1", "link-2")]
    waiting[0].cancel()
    await asyncio.wait(waiting[:1])
    work.released.set()
    assert await asyncio.gather(*waiting[1:]) == [2, 2]
    assert await of.run("link-1", work) == 3


async def test_a_run_that_fails_fails_its_attempts_alone() -> None:
    """The next attempt is a run of its own."""
    of: Runs[int] = Runs()

    async def fails() -> int:
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError):  # noqa: PT011 - it has no text
            await of.run("link-1", fails)


@pytest.mark.parametrize("is_released", [True, False])
async def test_the_end_of_a_process_waits_for_runs(is_released: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for one whose attempt was cancelled, and not without an end."""
    monkeypatch.setattr(runs, "_AT_THE_END", 30.0 if is_released else 0.0)
    of, work = Runs[int](), _Work()
    attempt = await _begin(of, "link-1", work)
    attempt.cancel()
    await asyncio.wait([attempt])
    finishing = asyncio.create_task(of.finish())
    await asyncio.sleep(0)
    finishing.cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    if is_released:
        assert not finishing.done()
        work.released.set()
    await asyncio.wait([finishing])
    assert work.ended == is_released
    work.released.set()
    await of.run("link-1", work)
