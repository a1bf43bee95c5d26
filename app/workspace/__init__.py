"""Which documents are open, in which views; opening, saving and closing them."""
