"""Double-entry book; the only truth about money."""
