"""Runs a program, and writes into a file its seconds, seconds of a processor, and most MiB.

    python -I -S launch.py FILE PROGRAM [ARGUMENT]...

A process of its own, and a small one: the kernel counts for a program what its parent had when it started it.
"""

import os
import sys
import time

path, *command = sys.argv[1:]
start = time.perf_counter()
_, status, usage = os.wait4(os.posix_spawn(command[0], command, os.environ), 0)
took = time.perf_counter() - start
with open(path, "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib would make this process larger
    # Linux counts memory in KiB.
    file.write(f"{took} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss / 1024}")
sys.exit(os.waitstatus_to_exitcode(status))
