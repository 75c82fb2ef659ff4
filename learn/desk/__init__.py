"""What the desk's first page counts: the cards of work, and the charts."""
