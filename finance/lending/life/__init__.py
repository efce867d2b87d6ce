"""The life of a shopper's loan: a fold of its terms and dated events, pure."""
