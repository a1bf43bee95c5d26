"""The engine thread: one queue of requests in, one typed callback out (stub signature)."""
