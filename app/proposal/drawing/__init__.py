"""A proposal as it is seen and touched in the text: layout, painting, motion, pointer, keys."""
