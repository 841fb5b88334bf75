"""Quality deviations: low ratings, missed service levels and root causes, their measures and the report of them."""
