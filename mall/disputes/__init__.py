"""A cardholder's bank asks an order's money back: freeze it, answer, and settle the verdict."""
