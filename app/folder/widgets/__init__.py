"""What shows a folder."""
