"""The bodies in which Tiera, customers, suppliers and partners work together."""
