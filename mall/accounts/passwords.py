"""Passwords become Argon2 hashes; unknown people cost as much time as known ones."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask import current_app

from mall.accounts.rules import PASSWORD_LENGTH_MAX


def hash_of(password: str) -> str:
    """An Argon2id hash with the parameters in force."""
    return _hasher(current_app.config["ARGON2_MEMORY_KIB"]).hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password belongs to the hash; without a hash the same work is done for nothing."""
    memory = current_app.config["ARGON2_MEMORY_KIB"]
    try:
        known = _hasher(memory).verify(
            password_hash or _nobodys(memory), password[:PASSWORD_LENGTH_MAX]
        )
    except (Argon2Error, InvalidHashError):
        return False
    return known and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than those in force."""
    return _hasher(current_app.config["ARGON2_MEMORY_KIB"]).check_needs_rehash(password_hash)


@lru_cache
def _hasher(memory_kib: int) -> PasswordHasher:
    # OWASP's second choice: 19 MiB, two passes, one lane
    return PasswordHasher(time_cost=2, memory_cost=memory_kib, parallelism=1)


@lru_cache
def _nobodys(memory_kib: int) -> str:
    return _hasher(memory_kib).hash("the password of nobody")
