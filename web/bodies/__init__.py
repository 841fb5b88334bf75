"""The pages of bodies and of what is written in them."""
