"""What an advance is on any day: its terms and its dated events, folded; no I/O."""
