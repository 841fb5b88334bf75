"""Organisations, agreements with their terms and prices, services, people, roles, ordering rights (3, 8, 10, 11)."""
