"""Where others plug into the mall."""
