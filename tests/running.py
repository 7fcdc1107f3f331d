"""The whole demo, running: the benchmarks' own harness, under the name that tests import."""

from benchmarks.running import Demo, free_ports, running, start

__all__ = ["Demo", "free_ports", "running", "start"]
