"""Runs nginx with the configuration of deploy/, on free ports, with a certificate of its own."""

import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.support.waiting import free_port

_DEPLOY = Path(__file__).parents[2] / "deploy" / "nginx"
HOST = "elections.exemple.fr"
# What Debian 12's nginx.conf has around the file.
_DEBIAN = """
pid {folder}/nginx.pid;
error_log {folder}/main-error.log debug;
worker_processes 2;
events {{ worker_connections 768; }}
http {{
    sendfile on;
    tcp_nopush on;
    types_hash_max_size 2048;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    ssl_prefer_server_ciphers on;
    access_log {folder}/access.log;
    gzip on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/sites-enabled/*;
}}
"""


@dataclass(frozen=True)
class Nginx:
    """A folder with a configuration, and the ports that it listens on."""

    program: str
    folder: Path
    https: int
    http: int

    @property
    def certificate(self) -> Path:
        """The certificate, which signs itself."""
        return self.folder / "fullchain.pem"

    def command(self, *arguments: str) -> list[str]:
        """Return the command that runs nginx with this configuration."""
        start_log = str(self.folder / "start.log")
        return [self.program, "-e", start_log, "-c", str(self.folder / "nginx.conf"), *arguments]

    def logs(self) -> str:
        """Return all that nginx has written to any of its logs."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it until the end of the block."""
        process = subprocess.Popen(self.command("-g", "daemon off;"))
        try:
            while True:
                with socket.socket() as client:
                    client.settimeout(0.05)
                    if client.connect_ex(("127.0.0.1", self.https)) == 0:
                        break
                assert process.poll() is None, self.logs()
            yield
        finally:
            process.terminate()
            process.wait()


def configured(program: str, folder: Path, web_ports: list[int]) -> Nginx:
    """Return nginx with the file of deploy/, whose ports, folders and web processes alone are replaced."""
    nginx = Nginx(program, folder, free_port(), free_port())
    (folder / "sites-enabled").mkdir()
    (folder / "erreurs").symlink_to(_DEPLOY / "erreurs")
    subject = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(nginx.certificate)]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl = shutil.which("openssl")
    assert openssl is not None
    subprocess.run([openssl, "req", "-x509", *key, *subject, *files], check=True, capture_output=True)
    site = (_DEPLOY / "reassort.conf").read_text()
    servers = "\n".join(f"    server 127.0.0.1:{port} max_fails=0;" for port in web_ports)
    replaced = {
        "    server 127.0.0.1:8000 max_fails=0;": servers,
        "    server 127.0.0.1:8001 max_fails=0;": servers,  # the console
        "listen 80 ": f"listen 127.0.0.1:{nginx.http} ",
        "listen 443 ": f"listen 127.0.0.1:{nginx.https} ",
        "listen [::]:80 ": f"listen 127.0.0.2:{nginx.http} ",  # a machine of tests may have no IPv6
        "listen [::]:443 ": f"listen 127.0.0.2:{nginx.https} ",
        "/etc/nginx/reassort": str(folder),
        "/var/log/nginx": str(folder),
    }
    for ours, theirs in replaced.items():
        assert ours in site, ours
        site = site.replace(ours, theirs)
    (folder / "sites-enabled" / "reassort").write_text(site)
    (folder / "nginx.conf").write_text(_DEBIAN.format(folder=folder))
    folder.chmod(0o755)  # its workers are another user's when root starts it
    return nginx


async def _with_name(request: httpx2.Request) -> None:
    request.extensions["sni_hostname"] = HOST


def browser(nginx: Nginx, address: str = "127.0.0.1") -> httpx2.AsyncClient:
    """Return a browser that finds the host at this nginx, trusts its certificate alone, and has an address of this machine."""
    certificates = ssl.create_default_context(cafile=os.fspath(nginx.certificate))
    return httpx2.AsyncClient(
        base_url=f"https://127.0.0.1:{nginx.https}",
        transport=httpx2.AsyncHTTPTransport(verify=certificates, local_address=address),
        headers={"host": HOST},
        event_hooks={"request": [_with_name]},
        trust_env=False,
        timeout=20,
    )
