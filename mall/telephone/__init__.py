"""Orders by telephone: an admin buys for a shopper who reads a card out (MOTO)."""
