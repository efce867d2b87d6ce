"""What credit costs: the formula, its terms one by one, and configuration in versions."""
