"""How fast it happens: one module per operation, each with a plain torch twin."""
