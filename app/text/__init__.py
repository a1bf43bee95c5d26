"""Positions and edits: a text in a document, in a file and in the engine, counted and changed."""
