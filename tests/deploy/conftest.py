"""nginx with the configuration of deploy/."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.deploy.nginx_server import Nginx, configured


@pytest.fixture
def nginx(tmp_path: Path) -> Callable[[list[int]], Nginx]:
    """Return nginx with these web processes."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed here; .ci/run installs it")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    return lambda ports: configured(program, tmp_path, ports)
