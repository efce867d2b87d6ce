"""Who computes the features of everyone: PostgreSQL in place, DuckDB or Spark over a snapshot.

All run the text of `finance.risk.features`; which one is a matter of size (docs/engines.md).
"""

from finance.risk.engines.base import ENGINES, Engine, EngineMissing, Part, definition, named

__all__ = ["ENGINES", "Engine", "EngineMissing", "Part", "definition", "named"]
