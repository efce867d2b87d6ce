"""What is loaded is kept out of the search for garbage; what comes later is not."""

import gc
import subprocess
import sys
import weakref

ASK = """
import gc
import wsgi
wsgi.create_app({"DATABASE_URL": "postgresql+psycopg://nobody@/nothing", "SECRET_KEY": "x"})
first = gc.get_freeze_count()
kept = [[n] for n in range(1000)]
wsgi.create_app({"DATABASE_URL": "postgresql+psycopg://nobody@/nothing", "SECRET_KEY": "x"})
print(first, gc.get_freeze_count(), len(gc.get_objects()))
"""


class Ring:
    """Only the search finds that nobody needs it."""

    def __init__(self) -> None:
        self.me = self


def test_what_an_app_is_made_of_is_searched_no_more_and_counts_once():
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK], capture_output=True, text=True, check=True
    )
    first, then, searched = map(int, run.stdout.split())
    assert first > 100_000  # rooms, models, the driver
    assert then <= first  # a second app, as tests make them, does not add itself
    assert searched < first


def test_what_comes_later_is_still_garbage(app):
    ring = Ring()
    gone = weakref.ref(ring)
    del ring
    gc.collect()
    assert gone() is None
