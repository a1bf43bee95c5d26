"""What the user sees. Knows the engine only through its messages and its service."""
