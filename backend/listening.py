"""The socket that a server listens on, and the signals that end it."""

import errno
import signal
import socket
from typing import Final

from backend.settings import Trouble

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def bind(host: str, port: int) -> socket.socket:
    """The one TCP socket; Trouble with what to do when it is not to be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        line = socket.socket(family, kind, protocol)
    except OSError as fault:
        raise Trouble(f"HOST is “{host}”, which is no address of this machine ({fault.strerror}).") from fault
    try:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind(address)
        line.listen(2048)
    except PermissionError as fault:
        line.close()
        raise Trouble(f"Port {port} may not be used by this user: set PORT to one above 1023.") from fault
    except OSError as fault:
        line.close()
        if fault.errno == errno.EADDRNOTAVAIL:
            raise Trouble(f"HOST is “{host}”, which is no address of this machine.") from fault
        raise Trouble(
            f"Port {port} of {host} cannot be used ({fault.strerror}): stop what listens there, "
            f"or choose another, like PORT={port + 1 if port < 65535 else 8000} make demo."
        ) from fault
    return line
