"""The service catalogue: what is offered, one page to order it, and pages for the key user who manages it."""
