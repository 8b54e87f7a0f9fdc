"""`python -m dockline script.py …`: run an unchanged docker-py program.

Also `-m module …` and `-c code …`, as with the interpreter itself; `doctor`
examines what stands between this program and its engine.
"""

from __future__ import annotations

import os
import runpy
import sys

from ._install import install_as_docker

USAGE = """\
usage: python -m dockline (script.py | -m module | -c code) [argument ...]
       python -m dockline doctor [--host HOST] [--json] [--timeout SECONDS]"""


def main() -> None:
    """Install dockline as `docker`, then run what the command line names."""
    arguments = sys.argv[1:]
    if not arguments:
        sys.exit(USAGE)
    if arguments[0] in {"-h", "--help"}:
        sys.stdout.write(f"{USAGE}\n")
        return
    first, *rest = arguments
    if first == "doctor" and not os.path.exists(first):
        from ._doctor import doctor

        sys.exit(doctor(rest))
    install_as_docker()
    if first in {"-m", "-c"} and not rest:
        sys.exit(USAGE)
    if first == "-m":
        sys.argv = rest
        sys.path[0] = os.getcwd()
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    elif first == "-c":
        sys.argv = ["-c", *rest[1:]]
        sys.path[0] = ""
        scope = {"__name__": "__main__", "__builtins__": __builtins__}
        exec(compile(rest[0], "<string>", "exec"), scope)  # noqa: S102 - asked for
    else:
        sys.argv = arguments
        sys.path[0] = os.path.dirname(os.path.abspath(first))
        runpy.run_path(first, run_name="__main__")


if __name__ == "__main__":
    main()
