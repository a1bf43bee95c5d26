"""Teaching the model texts of the user's own: the run beside the editor, and what it has made."""
