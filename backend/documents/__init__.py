"""Documents of services: a register with versions, owners and days of review."""
