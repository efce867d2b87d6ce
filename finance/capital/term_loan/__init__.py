"""S1: a term loan on how a shop has sold, repaid in equal parts out of settlements."""
