"""Quality deviations: low ratings and missed service levels, their measures and the report of them."""
