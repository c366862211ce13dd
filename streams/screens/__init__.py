"""What people read: recommendations and dead letters as text, for a terminal or for a pipe."""
