"""What a process loads to serve stays for good, so it is not searched for garbage again and again."""

import gc
from functools import cache


@cache
def keep_what_is_loaded() -> None:
    """Leave all objects of this moment out of every later search; counts the first time only.

    A quarter of a million of them are code and models. Whoever makes many objects at once, such as
    a set of journals, paid as much for looking through these as for making his own.
    """
    gc.freeze()
