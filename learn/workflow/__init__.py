"""Who may do what with a question, and what its states lead to."""
