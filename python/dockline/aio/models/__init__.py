"""Objects on the engine, one file per kind."""
