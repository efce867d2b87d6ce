"""What every room stands on; not one business word."""
