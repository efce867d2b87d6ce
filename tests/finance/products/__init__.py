"""Products as configuration."""
