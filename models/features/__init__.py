"""Features: declared once and readably, computed exactly as of each event.

`language` says what can be declared, `account` and `token` declare, `plan` turns declarations
into tables, `kernel` runs the tables over rows, `lane` keeps the state between batches.
"""
