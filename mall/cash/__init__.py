"""Cash on delivery: promised at checkout, collected by the courier, handed over to our bank."""
