"""The page that says how services stand."""
