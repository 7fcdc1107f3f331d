"""`make screenshots`: runs the demo, and saves the pictures of the README and of the runbook in a folder."""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import expect, sync_playwright

from demo.client import running
from demo.client.running import Demo
from demo.screenshots import gateway_acts, mailing_acts, portal, recovery_acts, roll_acts
from demo.screenshots.camera import Camera
from demo.screenshots.failed_sends import prepare, write_election

_TIMEOUT = 30_000  # milliseconds


def main(folder: Path) -> None:
    """Save every picture in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=_TIMEOUT)
    with TemporaryDirectory() as temporary:
        election = Path(temporary) / "election.toml"
        write_election(election)
        with running.running(Path(temporary) / "state", REASSORT_ELECTION=str(election)) as demo:
            prepare(demo)  # before Playwright, which leaves an event loop running in this thread
            _take(demo, folder)


def _take(demo: Demo, folder: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
            args=["--no-sandbox"],
        )
        camera = Camera(browser, demo.url, folder)
        recovery_acts.take(camera, demo)
        gateway_acts.take(camera)
        roll_acts.take(camera)
        mailing_acts.take(camera, demo)
        portal.take(browser, demo, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
