"""What came by bank beyond what was asked, where the one who asked is not whose money it is."""
