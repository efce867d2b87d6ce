"""From a cart to orders that are paid."""
