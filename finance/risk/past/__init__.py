"""Rules that decide nothing new any more, kept as they were so that old decisions can be made again."""
