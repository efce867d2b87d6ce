"""S3: a lump sum repaid by a share of net settled sales."""
