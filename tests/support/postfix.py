"""A real Postfix that relays for the gateway, as Debian's package has it."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_MASTER = Path("/usr/lib/postfix/sbin/master")
_QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop", "private")
_QUEUES_TOO = ("public", "saved", "trace")
_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = relais.vote.exemple.fr
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
default_transport = smtp:[127.0.0.1]:{next_hop}
transport_maps = inline:{{ {{ {bounce_domain} = lmtp:inet:127.0.0.1:{lmtp} }} }}
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {certificate}
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
"""
# Name, type, limit of processes, program.
_SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
retry unix - - n - - error
error unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


def why_postfix_cannot_run() -> str:
    """Return why there is none, or an empty text."""
    if not _MASTER.exists():
        return "Postfix is not installed"
    return "" if os.geteuid() == 0 else "Postfix starts as root alone"


@contextmanager
def postfix(port: int, next_hop: int, lmtp: int, bounce_domain: str, certificate: Path) -> Iterator[Path]:
    """Run a relay that sends every mail to `next_hop`, and what is for the return paths' domain to `lmtp`; yield its log."""
    # Its processes run as another user, who must reach the folder.
    with TemporaryDirectory(prefix="postfix-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        own = shutil.copy(certificate, folder / "relay.pem")
        for each in (*(f"queue/{queue}" for queue in (*_QUEUES, *_QUEUES_TOO)), "data"):
            (folder / each).mkdir(parents=True)
            shutil.chown(folder / each, "postfix")
        (folder / "queue/pid").mkdir()
        values = {"folder": folder, "next_hop": next_hop, "lmtp": lmtp, "bounce_domain": bounce_domain}
        (folder / "main.cf").write_text(_MAIN.format(**values, certificate=own))
        (folder / "master.cf").write_text(_SERVICES.format(port=port))
        with (folder / "output").open("wb") as output:
            master = subprocess.Popen(
                [_MASTER, "-c", folder, "-d"], stdout=output, stderr=output, start_new_session=True
            )
            try:
                yield folder / "log"
            finally:
                os.killpg(master.pid, signal.SIGTERM)
                master.wait(10)
