"""The life of an order, from paid to received or given back."""
