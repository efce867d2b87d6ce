"""`python -m finance.lending.replay`: the replay command without the rest of the mall."""

import sys

from finance.lending.replay.answer import answer
from finance.lending.replay.command import run

if __name__ == "__main__":
    sys.exit(run(answer, sys.stdin, sys.stdout, sys.stderr, "--lines" in sys.argv[1:]))
