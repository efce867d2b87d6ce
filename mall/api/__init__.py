"""The door for other people's programs: orders, shipments, refunds, payouts as JSON."""
