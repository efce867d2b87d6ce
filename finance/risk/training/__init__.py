"""Fitting a points table to outcomes, and measuring how good it is; numpy, no database."""
