"""What is in a folder, without widgets."""
