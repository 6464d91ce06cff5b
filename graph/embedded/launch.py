"""Replace this process by a command that ends when its parent ends; run as a script, by path.

Between fork and exec a process with threads must not run Python, so the request to the kernel is
made here, in a fresh interpreter of its own: 30 ms, and the process keeps its id.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, niceness, *command = sys.argv[1:]
    if sys.platform == "linux":
        # SIGTERM, not SIGKILL: the server writes its checkpoint and leaves nothing to recover.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != int(parent):  # it died before we asked
            sys.exit(1)
    os.nice(int(niceness))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
