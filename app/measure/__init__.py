"""Models on the user's own texts: what is measured, the run beside the editor, the result."""
