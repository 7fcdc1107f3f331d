"""OpenID Connect libraries for Node, installed from npm, with which our code must interoperate."""

import shutil
import subprocess
from pathlib import Path

import pytest

_PACKAGES = ("oidc-provider@9", "openid-client@6")
_HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the Node programs and packages; the tests are skipped if they cannot be installed."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node is not installed")
    folder = tmp_path_factory.mktemp("peers")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", *_PACKAGES]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip("npm could not install the peers")
    for program in _HERE.glob("*.mjs"):
        shutil.copy(program, folder)
    return folder
