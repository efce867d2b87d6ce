"""Sellers pay for shoppers' plans: interest-free campaigns, and the price of each plan."""
