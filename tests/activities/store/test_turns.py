"""One writer at a time: in order, the urgent first, and nobody is forgotten when somebody gives up."""

import asyncio
from contextlib import suppress

from activities.store.turns import Turns


class Queue:
    """Tasks that wait for a turn, and the order in which they had it."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.had: list[str] = []
        self.together = self.most = 0

    async def take(self, name: str, *, urgent: bool = False) -> None:
        """Have a turn, and give others the time to have one as well."""
        async with self.turns.turn(urgent=urgent):
            self.together += 1
            self.most = max(self.most, self.together)
            self.had.append(name)
            await asyncio.sleep(0)
            self.together -= 1


async def test_turns_come_in_order_one_at_a_time() -> None:
    """As many as want one."""
    queue = Queue()
    await asyncio.gather(*(queue.take(str(each)) for each in range(5)))
    assert (queue.had, queue.most) == (["0", "1", "2", "3", "4"], 1)


async def test_whoever_is_urgent_comes_first() -> None:
    """Before all who wait, after the one who has the turn."""
    queue = Queue()
    await asyncio.gather(queue.take("a"), queue.take("b"), queue.take("c"), queue.take("d", urgent=True))
    assert queue.had == ["a", "d", "b", "c"]


async def test_whoever_gives_up_holds_nobody_up() -> None:
    """While waiting, or at the very moment when the turn comes."""
    queue = Queue()
    async with queue.turns.turn():
        second, third, fourth = (asyncio.create_task(queue.take(name)) for name in ("second", "third", "fourth"))
        await asyncio.sleep(0)
        third.cancel()
    second.cancel()  # it has been given the turn, and has not run since
    for each in (second, third):
        with suppress(asyncio.CancelledError):
            await each
    await asyncio.wait_for(fourth, 5)
    await asyncio.wait_for(queue.take("later"), 5)
    assert queue.had == ["fourth", "later"]


async def test_a_turn_that_fails_is_passed_on() -> None:
    """What was raised is the caller's."""
    turns = Turns()
    with suppress(ValueError):
        async with turns.turn():
            raise ValueError
    async with asyncio.timeout(5), turns.turn():
        pass
