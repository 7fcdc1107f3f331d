"""The style sheets, scripts and pictures of every page, compressed: never a page with a secret (BREACH)."""

import importlib.resources
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

_LEAST = 1000  # bytes that are worth compressing


def mount_static(app: FastAPI) -> None:
    """Serve the State's design system and our own files under `/static`."""
    state_design = StaticFiles(packages=[("dsfr", "static/dsfr/dist")])
    app.mount("/static/dsfr", GZipMiddleware(state_design, minimum_size=_LEAST), name="dsfr")
    mount_folder(app, "/static/app", "web")


def mount_folder(app: FastAPI, path: str, package: str) -> None:
    """Serve the folder `static` of a package under a path."""
    here = Path(str(importlib.resources.files(package))) / "static"
    app.mount(path, GZipMiddleware(StaticFiles(directory=here), minimum_size=_LEAST), name=path)
