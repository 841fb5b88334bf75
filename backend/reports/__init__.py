"""Figures over all that happened, per supplier, customer, service and month: the same for pages, files and programs."""
