"""The fault plan as a suite: what may break is broken on purpose, and nothing may be lost."""
