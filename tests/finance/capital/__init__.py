"""Capital for sellers."""
