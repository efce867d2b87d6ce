"""Places where a test may let the process die, as by a power cut: CRASHPOINT=NAME, CRASHPOINT_NTH=2.

Every use case has two, `before:ACTION` and `after:ACTION` its commit; a gateway call has
`before:send`, `sent` (the sandbox has heard, we have no answer) and `after:send`.
"""

import os
import signal

_wanted = ""
_passes_left = 0


def arm() -> None:
    """Read the environment; done at import, and again by whoever changed it since."""
    global _wanted, _passes_left
    _wanted = os.environ.get("CRASHPOINT", "")
    _passes_left = int(os.environ.get("CRASHPOINT_NTH", "1"))


def crashpoint(name: str) -> None:
    """Die here with no chance to clean up, when this is the wanted point's wanted pass."""
    global _passes_left
    if name != _wanted:
        return
    _passes_left -= 1
    if _passes_left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


arm()
