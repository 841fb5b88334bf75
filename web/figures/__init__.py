"""Figures per supplier, customer, service and month, as pictures with their sentences and tables, and as files."""
