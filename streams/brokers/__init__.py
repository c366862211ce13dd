"""Brokers that come with the product, and how clients reach those that do not."""
