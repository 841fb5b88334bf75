"""The command `portaali`."""

import sys

from backend.serving import serve, worker
from backend.settings import Trouble

STAYING = {"serve": serve, "worker": worker}
"""Commands that take no options: to read the command line costs a twentieth of the web server's start, and memory."""


def main() -> None:
    """Run a command; a Trouble ends it with its sentence and code 1, and no traceback."""
    try:
        if len(sys.argv) == 2 and (stay := STAYING.get(sys.argv[1])):
            stay()
        else:
            from backend.commands import app

            app()
    except Trouble as trouble:
        print(f"portaali: {trouble}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
