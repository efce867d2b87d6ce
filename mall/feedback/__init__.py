"""Reviews, favorites and questions."""
