"""Organisations: Tiera, suppliers, customers and partners."""
