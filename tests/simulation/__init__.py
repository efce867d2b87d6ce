"""A seeded life of a small mall, compared after every step with an independent model."""
