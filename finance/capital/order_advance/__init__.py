"""S2: money today against orders that are shipped and not received."""
