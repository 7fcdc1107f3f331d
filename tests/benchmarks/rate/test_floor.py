"""The floor's driver reads which messages have arrived from its worker's output."""

import asyncio
import sys
from asyncio.subprocess import PIPE

from benchmarks.rate.floor import Floor
from demo.client.journeys import BY_SMS
from election.procedures import workflow_id_of

_OUTPUT = "WARN sdk: a task is slow\\n{id} first\\n{id} second\\ncode-de-vote/nobody other\\n"


async def test_other_lines_of_the_worker_are_left_out() -> None:
    """The SDK's warnings, a message that was sent twice, and one that nobody waits for."""
    floor = Floor.__new__(Floor)
    arrival: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    workflow_id = workflow_id_of(BY_SMS.procedure, "elector")
    floor._arrivals = {workflow_id: arrival}
    program = f"print('{_OUTPUT.format(id=workflow_id)}', end='')"
    worker = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=PIPE)
    await floor.read_arrivals(worker)
    await worker.wait()
    assert await arrival == "first"
