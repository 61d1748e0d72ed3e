"""A command to be killed: `python -m tests.web.commands.scene DEADLY ARGUMENTS…` runs `jiqun ARGUMENTS…`, except that
the function DEADLY (`module:name`) says `here` and never ends: then the test kills the process."""

from __future__ import annotations

import sys

from tests.web.killing import set_trap


def main() -> None:
    """Put the trap and run the command; where the module needs the site, the command has not set it up yet."""
    deadly, *arguments = sys.argv[1:]
    if deadly.startswith("jiqun.web."):
        from jiqun.commands.serve import set_environment

        set_environment(pack=None, home=None)
        import django

        django.setup()
    set_trap(deadly)
    from jiqun.cli import program

    program(arguments)


if __name__ == "__main__":
    main()
