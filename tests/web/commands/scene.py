"""A command to be killed: `python -m tests.web.commands.scene DEADLY ARGUMENTS…` runs `jiqun ARGUMENTS…`, except that
the function DEADLY (`module:name`) says `here` and never ends: then the test kills the process."""

from __future__ import annotations

import sys
import time
from importlib import import_module

HERE = "here"


def _wait(*_: object, **__: object) -> None:
    print(f"\n{HERE}", flush=True)
    time.sleep(600)


def main() -> None:
    """Put the trap and run the command; where the module needs the site, the command has not set it up yet."""
    deadly, *arguments = sys.argv[1:]
    name, function = deadly.split(":")
    if name.startswith("jiqun.web."):
        from jiqun.commands.serve import set_environment

        set_environment(pack=None, home=None)
        import django

        django.setup()
    module = import_module(name)
    assert callable(getattr(module, function))
    setattr(module, function, _wait)
    from jiqun.cli import program

    program(arguments)


if __name__ == "__main__":
    main()
