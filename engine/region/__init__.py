"""What holds of a region's text, whoever writes it: a model here or on a server; no torch."""
