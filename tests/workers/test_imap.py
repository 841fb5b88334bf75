"""Mail comes in by IMAP, from a real server of the test's own: Debian's Dovecot, where it is installed."""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection, create_server

import pytest
import sqlalchemy as sa

from backend.files.store import Folder
from backend.inbox.model import IncomingMail
from backend.inbox.states import MailState, WhyAside
from backend.kit.database import make_engine, make_sessions
from backend.kit.entrance import Entrance
from tests.inbox.making import HOUSE, a_mail
from tests.making import NOW
from tests.waiting import eventually
from workers import inbox
from workers.inbox import Inbox, NoMailbox, open_mailbox

DOVECOT = shutil.which("dovecot") or "/usr/sbin/dovecot"
pytestmark = pytest.mark.skipif(not Path(DOVECOT).exists(), reason="Debian's dovecot-imapd is not installed")

CONFIGURATION = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
passdb {{
  driver = static
  args = password=sala/sana
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


@dataclass(frozen=True)
class Server:
    """A mailbox on a port of this machine."""

    folder: Path
    port: int
    user: "pwd.struct_passwd"

    @property
    def url(self) -> str:
        return f"imap://apu%40example.fi:sala%2Fsana@127.0.0.1:{self.port}/INBOX"

    def arrives(self, name: str, raw: bytes) -> None:
        path = self.folder / "mail" / "new" / name
        path.write_bytes(raw)
        if os.getuid() == 0:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)


@pytest.fixture
def server() -> Iterator[Server]:
    """Dovecot with one mailbox; as root its processes run as nobody. Paths of sockets are short."""
    folder = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
    user = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for name in ("mail", "mail/new", "mail/cur", "mail/tmp"):
        (folder / name).mkdir()
        os.chown(folder / name, user.pw_uid, user.pw_gid)
    folder.chmod(0o755)
    group = subprocess.run(["id", "-gn", user.pw_name], capture_output=True, text=True, check=True).stdout.strip()
    configuration = folder / "dovecot.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, user=user.pw_name, group=group, port=port))
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(configuration)])

    def listens() -> bool:
        assert process.poll() is None, (folder / "log").read_text()
        try:
            create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True

    try:
        eventually(listens)
        yield Server(folder, port, user)
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


async def test_what_is_unseen_is_taken_once_and_is_seen_from_then_on(
    server: Server, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make_engine(database_url, pool_size=2)
    entrance = Entrance(make_sessions(engine), lambda: NOW)
    mails = Inbox(server.url, HOUSE, entrance, Folder(tmp_path))

    async def taken() -> list[tuple[str, MailState, WhyAside | None]]:
        async with entrance.sessions() as session:
            rows = await session.scalars(sa.select(IncomingMail).order_by(IncomingMail.id))
            return [(mail.subject, mail.state, mail.why) for mail in rows.all()]

    raw = a_mail("x@example.com", "Rivi yksi.\r\n.\r\nÄäkköset.", subject="First", Message_ID="<first@example.com>")
    server.arrives("1.host", raw)
    server.arrives("2.host", a_mail("y@example.com", subject="Second", Auto_Submitted="auto-replied"))
    await mails.take()
    both = [
        ("First", MailState.HELD, WhyAside.UNKNOWN_SENDER),
        ("Second", MailState.IGNORED, WhyAside.AUTOMATIC),
    ]
    assert await taken() == both
    with closing(open_mailbox(server.url)) as mailbox:
        assert mailbox.waiting() == []
    assert Folder(tmp_path).get(hashlib.sha256(raw).hexdigest()) == raw, "kept byte for byte"
    server.arrives("3.host", raw)  # as after a worker that was killed before it said that the mail is read
    await mails.take()
    assert await taken() == both
    monkeypatch.setattr(inbox, "MOST_BYTES", 100)
    server.arrives("4.host", a_mail("z@example.com", "x" * 200, subject="Large"))
    await mails.take()
    assert (await taken())[2] == ("Large", MailState.HELD, WhyAside.UNKNOWN_SENDER)
    await engine.dispose()


def test_a_mailbox_that_lets_nobody_in_or_is_not_there_says_so(server: Server) -> None:
    for url in (server.url.replace("sala", "vale"), server.url.replace("INBOX", "Nowhere")):
        with pytest.raises(NoMailbox) as refused:
            open_mailbox(url)
        assert "sala" not in str(refused.value) and "vale" not in str(refused.value)
