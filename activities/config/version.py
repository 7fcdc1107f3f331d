"""The version of the product."""

VERSION = "0.3.0"  # as in pyproject.toml
