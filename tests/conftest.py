"""What all tests share."""

pytest_plugins = ["tests.browsers", "tests.databases", "tests.web.demo_portal"]
