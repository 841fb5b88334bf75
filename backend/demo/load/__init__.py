"""Data for measuring: far more than the demo has, made by COPY with believable distributions."""

from backend.demo.load.loading import load

__all__ = ["load"]
