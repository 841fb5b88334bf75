"""What all tests share."""

from hypothesis import settings

pytest_plugins = ["tests.browsers", "tests.databases", "tests.web.demo_portal"]

settings.register_profile("patient", parent=settings.default, deadline=None)
settings.load_profile("patient")
"""A machine that is busy fails no test: how long an example takes says nothing of whether it holds."""
