"""Facts to features, features to score, score to decision."""
