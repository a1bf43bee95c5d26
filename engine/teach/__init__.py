"""Teaching: low-rank changes of a model's products, trained on texts of the user's own."""
