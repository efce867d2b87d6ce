"""One definition, three readers: PostgreSQL, DuckDB and plain Python."""
