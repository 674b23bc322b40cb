"""The machine and the versions a measurement ran on, in words: no host's name and no path."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
from pathlib import Path

PACKAGES = ("passerelle", "numpy", "rapidfuzz", "duckdb", "pypinyin", "Django")


def machine() -> dict[str, str | int]:
    """Processor, cores, memory, system and Python."""
    model = platform.machine()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "memory_gb": round(memory),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """Our version and those of the packages that the figures rest on."""
    found = {}
    for name in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found
