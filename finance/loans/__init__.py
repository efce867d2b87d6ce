"""The life of a shopper's loan."""
