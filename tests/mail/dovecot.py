"""A real IMAP server: Debian's Dovecot, as a plain process on a free port of this machine."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ports import free_port

DOVECOT = shutil.which("dovecot") or ("/usr/sbin/dovecot" if Path("/usr/sbin/dovecot").exists() else None)
USER, PASSWORD = "megling", "hemmelig"
_CONF = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
first_valid_uid = 0
last_valid_uid = 0
auth_mechanisms = plain login
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
}}
service anvil {{
  chroot =
}}
"""


@contextmanager
def dovecot(folder: Path) -> Iterator[int]:
    """Serve IMAP while the block runs; give the port."""
    assert DOVECOT is not None
    # As root it gives up root for a user that owns nothing; a plain user stays itself.
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    (folder / "mail").mkdir(parents=True)
    if os.geteuid() == 0:
        for path in (folder, folder / "mail", *folder.parents[:3]):
            path.chmod(0o755)
        os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
    port = free_port()
    told = {"user": owner.pw_name, "group": _group(owner.pw_gid), "uid": owner.pw_uid, "gid": owner.pw_gid}
    conf = _CONF.format(folder=folder, port=port, password=PASSWORD, **told)
    conf = conf.replace("first_valid_uid = 0", f"first_valid_uid = {owner.pw_uid or 1}")
    conf = conf.replace("last_valid_uid = 0", f"last_valid_uid = {owner.pw_uid or 1}")
    (folder / "conf").write_text(conf)
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(folder / "conf")], stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 20
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            log = folder / "log"
            running = process.poll() is None and time.monotonic() < until
            assert running, log.read_text() if log.exists() else ""
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)
        if process.stderr:
            process.stderr.close()


def _group(gid: int) -> str:
    import grp

    return grp.getgrgid(gid).gr_name


@contextmanager
def mailbox() -> Iterator[int]:
    """Run a server in a folder of its own and give its port; skip the test where Dovecot is missing."""
    if DOVECOT is None:
        pytest.skip("Dovecot is missing: apt-get install dovecot-imapd")
    # The paths of its sockets have to be short.
    folder = Path(tempfile.mkdtemp(prefix="imap"))
    try:
        with dovecot(folder / "d") as port:
            yield port
    finally:
        shutil.rmtree(folder)
