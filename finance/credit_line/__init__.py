"""B4, the revolving line: opened once, drawn at checkout, billed once a month."""
