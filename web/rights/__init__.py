"""Ordering rights: who may order what, on any day."""
