"""The page of one's messages, and where people are reached."""
