"""What measuring and teaching have in common: their dialogs, and which texts are meant."""
