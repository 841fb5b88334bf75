"""A small schema that has every kind of declaration: tickets, orders, and what happened to them."""
