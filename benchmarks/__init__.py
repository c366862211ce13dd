"""What offbook costs, always beside something else that was measured in the same run."""
