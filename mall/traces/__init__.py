"""What links accounts: devices and networks as they were seen, kept as keyed hashes only."""

from mall.traces.tokens import Seen, token

__all__ = ["Seen", "token"]
