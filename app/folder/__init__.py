"""An open folder: its files in a tree, found by name and by what is in them."""
