"""Invoices: received as they are, judged line by line against the record (11.9)."""
