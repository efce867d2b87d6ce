"""Orders by telephone: an operator buys for a shopper who reads out her card (MOTO)."""
