"""`make run`: starts everything on this machine, with its state under `.run/`, until Ctrl-C."""

import asyncio
import fcntl
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from activities.config.settings import stop
from activities.store.migrate import MigrationError
from demo.processes.postgres_programs import PostgresError
from demo.processes.supervisor import DemoNotReadyError, Supervisor
from demo.processes.welcome import welcome
from demo.state.settings import DemoSettings
from election.settings import ElectionFileError, load


def main() -> None:
    """Run the demo until SIGINT or SIGTERM; a fault at the start is printed in one line, with status 2."""
    try:
        settings = DemoSettings().complete()
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        with _locked(settings.state_dir):
            _run(settings)
    except ValidationError as error:
        faults = (f"REASSORT_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors())
        stop(DemoNotReadyError("; ".join(faults)))
    except (DemoNotReadyError, ElectionFileError, PostgresError, MigrationError, FileNotFoundError) as error:
        stop(error)


def _run(settings: DemoSettings) -> None:
    fault = settings.taken_port()
    if fault:
        raise DemoNotReadyError(fault)
    supervisor = Supervisor(settings)
    moved = supervisor.prepare()
    asyncio.run(_supervise(supervisor, settings, moved=moved))


async def _supervise(supervisor: Supervisor, settings: DemoSettings, *, moved: bool) -> None:
    told_to_stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, told_to_stop.set)
    starting = asyncio.create_task(supervisor.start())
    stopping = asyncio.create_task(told_to_stop.wait())
    try:
        await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            print(welcome(settings, load(settings.election).procedures, moved=moved), flush=True)
            await told_to_stop.wait()
            print("Stopping…", flush=True)
    finally:
        starting.cancel()
        stopping.cancel()
        await supervisor.stop()


@contextmanager
def _locked(state: Path) -> Iterator[None]:
    with (state / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoNotReadyError(
                f"Another `make run` uses {state}: stop it, or set REASSORT_STATE_DIR to another folder."
            ) from None
        yield


if __name__ == "__main__":
    main()
