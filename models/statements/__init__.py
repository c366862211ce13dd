"""Statements of reasons, from one record: for the person concerned, and for the analyst."""
