"""The source follows `docs/architecture.md` (layers, cycles, sizes, names), and each check finds a violation."""

import subprocess
from pathlib import Path, PurePosixPath

import pytest

from tests.support import architecture
from tests.support.architecture import Source

_ROOT = Path(__file__).parent.parent
# Functions that may be longer than the limit, with the reason.
_LONG: dict[str, str] = {
    "activities/services.py:build_roll_services": "it builds everything that the web and the recoveries share, one line each",
    "web/app.py:build_app_context": "it builds everything that the routers use, one line each",
}


@pytest.fixture(scope="session")
def code() -> list[Source]:
    """Every Python file of the project."""
    return architecture.sources(_ROOT)


def _application(code: list[Source]) -> list[Source]:
    return [source for source in code if source.folder != "tests"]


def _name_in(violation: str) -> str:
    return violation.partition(" has ")[0]


def test_every_layer_imports_only_layers_below(code: list[Source]) -> None:
    """Election does not import activities, activities not workflows, workflows not web."""
    assert architecture.forbidden_imports(code) == []


def test_imports_have_no_cycle(code: list[Source]) -> None:
    """Neither files nor folders import each other in a cycle."""
    assert architecture.import_cycles(code) == []


def test_only_listed_exceptions_are_too_long(code: list[Source]) -> None:
    """A file has at most 300 lines and a function at most 25; `_LONG` lists the exceptions."""
    assert [each for each in architecture.too_long(_application(code)) if _name_in(each) not in _LONG] == []


def test_every_exception_is_still_needed(code: list[Source]) -> None:
    """A function in `_LONG` is really longer than the limit."""
    assert {_name_in(each) for each in architecture.too_long(_application(code))} >= set(_LONG)


@pytest.fixture(scope="session")
def tracked() -> list[PurePosixPath]:
    """Every file that the repository tracks."""
    listed = subprocess.run(["git", "ls-files"], cwd=_ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    return [PurePosixPath(line) for line in listed.stdout.splitlines()]


def test_no_file_has_a_meaningless_name(tracked: list[PurePosixPath]) -> None:
    """No file or folder is called `utils`, `helpers`, `common` and the like."""
    assert architecture.meaningless_names(tracked) == []


def test_no_folder_has_too_many_files(tracked: list[PurePosixPath]) -> None:
    """A folder of the application has at most 15 Python files."""
    assert architecture.crowded_rooms(tracked) == []


def test_every_init_is_empty(code: list[Source]) -> None:
    """A package that imports its own modules in `__init__.py` would lead to import cycles."""
    assert architecture.filled_inits(code) == []


def _written(root: Path, files: dict[str, str]) -> list[Source]:
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
        ("web/app.py", "from demo.web.dashboard import dashboard_router", "demo.web.dashboard"),
        ("web/app.py", "import worker", "worker"),
        ("web/app.py", "from console.app import create_app", "console.app"),
        ("console/app.py", "from web.context.pages import Pages", "web.context.pages"),
        ("console/app.py", "from activities.store.database import Database", "activities.store.database"),
        ("console/app.py", "from sqlalchemy import select", "sqlalchemy"),
        ("worker.py", "from web.app import create_app", "web.app"),
        ("worker.py", "from demo.state.people import people", "demo.state.people"),
        ("demo/web/dashboard.py", "from sqlalchemy import select", "sqlalchemy"),
        ("benchmarks/rate/rate.py", "from tests.support.waiting import until", "tests.support.waiting"),
    ],
)
def test_a_forbidden_import_is_found(tmp_path: Path, place: str, line: str, reached: str) -> None:
    """At the top of a file or inside a function, as `import` or as `from … import`."""
    module = place.removesuffix(".py").replace("/", ".")
    assert architecture.forbidden_imports(_written(tmp_path, {place: line})) == [f"{module} imports {reached}"]


def test_an_allowed_import_is_not_reported(tmp_path: Path) -> None:
    """The standard library, pydantic, Temporal and signatures of activities, each in a layer that may use it."""
    code = {
        "election/proofs/nir.py": "import re\nfrom pydantic import BaseModel",
        "activities/accounts/roll.py": "import sqlalchemy\nfrom election import nir",
        "workflows/recoveries/voting_code.py": "from temporalio import workflow\nfrom activities.accounts.roll import Roll",
        "web/app.py": "import fastapi\nfrom activities.accounts import roll",
        "web/clients/link.py": "from workflows.recoveries.voting_code import VotingCodeRecovery",
        "console/app.py": "from web.http.access_log import AccessLog\nfrom web.draining_server import DrainingServer",
        "demo/web/site.py": "from web import app\nfrom activities.accounts import roll",
    }
    assert architecture.forbidden_imports(_written(tmp_path, code)) == []


def test_a_cycle_of_files_is_found(tmp_path: Path) -> None:
    """Two files that import each other are reported, also if one import is inside a function."""
    files = {"web/a.py": "from web import b", "web/b.py": "def f():\n    from web.a import x"}
    (found,) = architecture.import_cycles(_written(tmp_path, files))
    assert {"web.a", "web.b"} <= set(found.split(" ← "))


def test_a_cycle_of_folders_is_found(tmp_path: Path) -> None:
    """Two folders that import each other are reported, although no two files do."""
    files = {
        "activities/store/a.py": "import activities.security.c",
        "activities/store/b.py": "",
        "activities/security/c.py": "import activities.store.b",
    }
    (found,) = architecture.import_cycles(_written(tmp_path, files))
    assert {"activities.store", "activities.security"} == set(found.split(" ← "))


def test_a_cycle_of_a_folder_and_its_subfolder_is_found(tmp_path: Path) -> None:
    """The files directly in a package are compared with those of its subfolders."""
    files = {
        "activities/gateways/a.py": "import activities.gateways.sms.c",
        "activities/gateways/b.py": "",
        "activities/gateways/sms/c.py": "",
        "activities/gateways/sms/d.py": "import activities.gateways.b",
    }
    (found,) = architecture.import_cycles(_written(tmp_path, files))
    assert {"activities.gateways", "activities.gateways.sms"} == set(found.split(" ← "))


def test_a_long_file_and_a_long_function_are_found(tmp_path: Path) -> None:
    """301 lines of a file and 26 of a function are too many; docstrings, comments and inner functions do not count."""
    fine = ["def f():", '    """Doc."""', "    # why", *["    x = 1"] * 24, "    def g():", "        x = 2"]
    files = {
        "web/long.py": "x = 1\n" * 301,
        "web/wide.py": "\n".join(["def f():", *["    x = 1"] * 26]),
        "web/fine.py": "\n".join(fine),
    }
    found = architecture.too_long(_written(tmp_path, files))
    assert found == ["web/long.py has 301 lines", "web/wide.py:f has 26 lines"]


def test_a_folder_with_too_many_files_is_found() -> None:
    """Sixteen files are too many; `__init__.py` is not counted, and folders of tests have no limit."""
    names = [f"{letter}.py" for letter in "abcdefghijklmnop"]
    paths = [PurePosixPath(folder, name) for folder in ("web/forms", "tests/web") for name in names]
    assert architecture.crowded_rooms(paths) == ["web/forms has 16 files"]
    assert architecture.crowded_rooms([*paths[:15], PurePosixPath("web/forms/__init__.py")]) == []


@pytest.mark.parametrize("name", ["web/utils.py", "web/helpers/page.py", "tests/mail_utils.py", "docs/Common.md"])
def test_a_meaningless_name_is_found(name: str) -> None:
    """A file, a folder, and a single word in either name are reported."""
    assert architecture.meaningless_names([PurePosixPath(name), PurePosixPath("web/database.py")]) == [name]


def test_an_init_that_is_not_empty_is_found(tmp_path: Path) -> None:
    """One line of code is enough."""
    code = _written(tmp_path, {"workflows/recoveries/voting_code.py": ""})
    assert architecture.filled_inits(code) == []
    (tmp_path / "workflows" / "__init__.py").write_text("from workflows import voting_code\n")
    assert architecture.filled_inits(architecture.sources(tmp_path)) == ["workflows/__init__.py"]
