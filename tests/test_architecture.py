"""The house stands as its plan says: floors, circles, sizes and names; and each check finds what it looks for."""

import subprocess
from pathlib import Path, PurePosixPath

import pytest

from tests.support import architecture
from tests.support.architecture import Source

_ROOT = Path(__file__).parent.parent
# Each with its reason; a new one needs one too.
_LONG: dict[str, str] = {
    "activities/services.py:build_roll_services": "it builds everything that the web and the recoveries share, one line each",
}


@pytest.fixture(scope="session")
def house() -> list[Source]:
    """Every Python file of the project."""
    return architecture.sources(_ROOT)


def _application(house: list[Source]) -> list[Source]:
    return [source for source in house if source.folder != "tests"]


def _what(fault: str) -> str:
    return fault.partition(" has ")[0]


def test_no_import_runs_up_a_floor(house: list[Source]) -> None:
    """Rules know nothing of the world, the world nothing of the process, the process nothing of the door."""
    assert architecture.climbing(house) == []


def test_no_circle_is_made_by_imports(house: list[Source]) -> None:
    """Files can be read in an order in which each one knows only those before it; so can rooms."""
    assert architecture.circles(house) == []


def test_what_is_long_has_a_reason(house: list[Source]) -> None:
    """A file has 300 lines at most, a function 25 of its own; each exception is named here with its reason."""
    assert [fault for fault in architecture.sizes(_application(house)) if _what(fault) not in _LONG] == []


def test_every_exception_is_still_needed(house: list[Source]) -> None:
    """A file that has become short loses its exception."""
    assert {_what(fault) for fault in architecture.sizes(_application(house))} >= set(_LONG)


@pytest.fixture(scope="session")
def tracked() -> list[PurePosixPath]:
    """Every file that the repository tracks."""
    listed = subprocess.run(["git", "ls-files"], cwd=_ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    return [PurePosixPath(line) for line in listed.stdout.splitlines()]


def test_every_name_says_something(tracked: list[PurePosixPath]) -> None:
    """No file or folder is called `utils`, `helpers`, `common` and the like."""
    assert architecture.names(tracked) == []


def test_no_room_is_crowded(tracked: list[PurePosixPath]) -> None:
    """A folder of the application has 15 Python files at most."""
    assert architecture.crowded_rooms(tracked) == []


def test_every_init_is_empty(house: list[Source]) -> None:
    """A workflow package that imports its workflows makes a circle with the activities."""
    assert architecture.filled_inits(house) == []


def _planted(root: Path, files: dict[str, str]) -> list[Source]:
    for place, text in files.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(text, encoding="utf-8")
    return architecture.sources(root)


@pytest.mark.parametrize(
    ("place", "line", "reached"),
    [
        ("election/proofs/nir.py", "import httpx2", "httpx2"),
        ("election/proofs/nir.py", "from sqlalchemy import select", "sqlalchemy"),
        ("election/proofs/nir.py", "from activities import roll", "activities"),
        (
            "activities/accounts/roll.py",
            "from workflows.contracts.options import RECOVERIES",
            "workflows.contracts.options",
        ),
        ("activities/accounts/roll.py", "import web", "web"),
        ("activities/accounts/roll.py", "def f():\n    from demo.state.people import people", "demo.state.people"),
        ("workflows/recoveries/voting_code.py", "import httpx2", "httpx2"),
        ("workflows/recoveries/voting_code.py", "from web.clients.link import Codes", "web.clients.link"),
        (
            "workflows/recoveries/voting_code.py",
            "from activities.store.tables import electors",
            "activities.store.tables",
        ),
        (
            "workflows/recoveries/voting_code.py",
            "from activities.gateways.sms.smpp import SmppGateway",
            "activities.gateways.sms.smpp",
        ),
        ("web/app.py", "from activities.store.database import Database", "activities.store.database"),
        ("web/app.py", "from sqlalchemy import select", "sqlalchemy"),
        ("web/app.py", "from demo.web.dashboard import desk_router", "demo.web.dashboard"),
        ("web/app.py", "import worker", "worker"),
        ("worker.py", "from web.app import create_app", "web.app"),
        ("worker.py", "from demo.state.people import people", "demo.state.people"),
        ("demo/web/dashboard.py", "from sqlalchemy import select", "sqlalchemy"),
        ("benchmarks/rate/rate.py", "from tests.support.waiting import until", "tests.support.waiting"),
    ],
)
def test_an_import_that_runs_up_is_found(tmp_path: Path, place: str, line: str, reached: str) -> None:
    """Wherever it stands in the file, and whatever form it has."""
    module = place.removesuffix(".py").replace("/", ".")
    assert architecture.climbing(_planted(tmp_path, {place: line})) == [f"{module} imports {reached}"]


def test_what_a_floor_may_know_is_no_fault(tmp_path: Path) -> None:
    """The standard library, pydantic, Temporal, signatures of activities: each on its floor."""
    house = {
        "election/proofs/nir.py": "import re\nfrom pydantic import BaseModel",
        "activities/accounts/roll.py": "import sqlalchemy\nfrom election import nir",
        "workflows/recoveries/voting_code.py": "from temporalio import workflow\nfrom activities.accounts.roll import Roll",
        "web/app.py": "import fastapi\nfrom activities.accounts import roll",
        "web/clients/link.py": "from workflows.recoveries.voting_code import VotingCodeRecovery",
        "demo/web/site.py": "from web import app\nfrom activities.accounts import roll",
    }
    assert architecture.climbing(_planted(tmp_path, house)) == []


def test_a_circle_is_found(tmp_path: Path) -> None:
    """Between two files, also when one of them imports inside a function only."""
    files = {"web/a.py": "from web import b", "web/b.py": "def f():\n    from web.a import x"}
    (found,) = architecture.circles(_planted(tmp_path, files))
    assert {"web.a", "web.b"} <= set(found.split(" ← "))


def test_a_circle_of_folders_is_found(tmp_path: Path) -> None:
    """Though no two files import each other."""
    files = {
        "activities/store/a.py": "import activities.security.c",
        "activities/store/b.py": "",
        "activities/security/c.py": "import activities.store.b",
    }
    (found,) = architecture.circles(_planted(tmp_path, files))
    assert {"activities.store", "activities.security"} == set(found.split(" ← "))


def test_a_circle_of_a_room_and_one_inside_it_is_found(tmp_path: Path) -> None:
    """A package's own files are a room like any other."""
    files = {
        "activities/gateways/a.py": "import activities.gateways.sms.c",
        "activities/gateways/b.py": "",
        "activities/gateways/sms/c.py": "",
        "activities/gateways/sms/d.py": "import activities.gateways.b",
    }
    (found,) = architecture.circles(_planted(tmp_path, files))
    assert {"activities.gateways", "activities.gateways.sms"} == set(found.split(" ← "))


def test_what_is_too_long_is_found(tmp_path: Path) -> None:
    """A file of 301 lines, a function of 26; neither docstrings nor comments nor inner functions are counted."""
    fine = ["def f():", '    """Doc."""', "    # why", *["    x = 1"] * 24, "    def g():", "        x = 2"]
    files = {
        "web/long.py": "x = 1\n" * 301,
        "web/wide.py": "\n".join(["def f():", *["    x = 1"] * 26]),
        "web/fine.py": "\n".join(fine),
    }
    found = architecture.sizes(_planted(tmp_path, files))
    assert found == ["web/long.py has 301 lines", "web/wide.py:f has 26 lines"]


def test_a_crowded_room_is_found() -> None:
    """Sixteen files, not counting `__init__.py`; tests are no rooms."""
    names = [f"{letter}.py" for letter in "abcdefghijklmnop"]
    paths = [PurePosixPath(folder, name) for folder in ("web/forms", "tests/web") for name in names]
    assert architecture.crowded_rooms(paths) == ["web/forms has 16 files"]
    assert architecture.crowded_rooms([*paths[:15], PurePosixPath("web/forms/__init__.py")]) == []


@pytest.mark.parametrize("name", ["web/utils.py", "web/helpers/page.py", "tests/mail_utils.py", "docs/Common.md"])
def test_a_name_that_says_nothing_is_found(name: str) -> None:
    """As a file, as a folder, or as a word of either."""
    assert architecture.names([PurePosixPath(name), PurePosixPath("web/database.py")]) == [name]


def test_an_init_that_is_not_empty_is_found(tmp_path: Path) -> None:
    """Were it one line."""
    house = _planted(tmp_path, {"workflows/recoveries/voting_code.py": ""})
    assert architecture.filled_inits(house) == []
    (tmp_path / "workflows" / "__init__.py").write_text("from workflows import voting_code\n")
    assert architecture.filled_inits(architecture.sources(tmp_path)) == ["workflows/__init__.py"]
