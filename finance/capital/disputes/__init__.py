"""Card payments of term loans that are disputed at the bank."""
