"""What holds over all rooms, whatever happens in whatever order."""
