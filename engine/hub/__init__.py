"""Checkpoints of the Hugging Face hub: what is on disk, and how the rest gets there.

`local` reads the cache that all tools share and never connects; `transfer` is the one module that
does. Neither knows torch.
"""
