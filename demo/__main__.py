"""`make run`: everything on this machine, its state under `.run/`, until Ctrl-C."""

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
    """Run the demo until SIGINT or SIGTERM; what is wrong is said in one line, with status 2."""
    try:
        settings = DemoSettings()
        settings = settings.model_copy(update={"state_dir": settings.state_dir.resolve()})
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        with _alone(settings.state_dir):
            _run(settings)
    except ValidationError as error:
        faults = (f"REASSORT_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors())
        stop(DemoNotReadyError("; ".join(faults)))
    except (DemoNotReadyError, ElectionFileError, PostgresError, MigrationError, FileNotFoundError) as error:
        stop(error)


def _run(settings: DemoSettings) -> None:
    taken = settings.taken_port()
    if taken:
        raise DemoNotReadyError(taken)
    supervisor = Supervisor(settings)
    moved = supervisor.prepare()
    asyncio.run(_lead(supervisor, settings, moved=moved))


async def _lead(supervisor: Supervisor, settings: DemoSettings, *, moved: bool) -> None:
    ended = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    starting = asyncio.create_task(supervisor.start())
    ending = asyncio.create_task(ended.wait())
    try:
        await asyncio.wait([starting, ending], return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            print(welcome(settings, load(settings.election).procedures, moved=moved), flush=True)
            await ended.wait()
            print("Stopping…", flush=True)
    finally:
        starting.cancel()
        ending.cancel()
        await supervisor.stop()


@contextmanager
def _alone(state: Path) -> Iterator[None]:
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
