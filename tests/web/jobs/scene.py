"""A worker to be killed: `python -m tests.web.jobs.scene HOME MODE [DEADLY]`, in a process and a data folder of its own.

`prepare` makes the small city. The other modes ask for a job and work at it as `jiqun worker` does, except that the
function DEADLY (`module:name`) says `here` and never ends: then the test kills the process.
"""

from __future__ import annotations

import os
import sys
from datetime import date
from typing import Any

from tests.web.killing import PACK, set_trap


def _prepare() -> None:
    from django.core.management import call_command

    from jiqun.web.registry.models import Entry, Observation, Recognition, Review
    from tests.web.world import make_people, make_world

    call_command("migrate", verbosity=0)
    make_people(make_world())
    for records in (Entry, Observation, Recognition, Review):  # some of names that the pack does not know
        records.objects.all().delete()


def _upload(*, checked: bool) -> Any:
    from jiqun.web.accounts.models import User
    from jiqun.web.common.pack import current_pack
    from tests.web.registry.intake.workbooks import send
    from tests.web.world import uscc

    rows = [(uscc(1), "a1新名公司", "甲县"), *((uscc(number), f"新公司{number}", "乙县") for number in range(50, 80))]
    head = ("统一社会信用代码", "企业名称", "县区")
    return send(current_pack(), User.objects.get(username="city"), "parties", head, *rows, run=checked)


def _import() -> None:
    from jiqun.web.registry.intake.services import confirm

    upload = _upload(checked=True)
    confirm(actor=upload.actor, upload=upload)


def _publish() -> None:
    from jiqun.web.accounts.models import User
    from jiqun.web.dispatch.publishing.services import ask_for_draft

    city = User.objects.get(username="city")
    ask_for_draft(actor=city, as_of=date(2026, 9, 30), note="", today=date(2026, 10, 1))


def _check_for_the_last_time() -> None:
    from jiqun.web.jobs.models import Job
    from jiqun.web.jobs.services.recovery import MOST_ATTEMPTS

    _upload(checked=False)
    Job.objects.update(attempts=MOST_ATTEMPTS - 1)


MODES = {"prepare": _prepare, "import": _import, "publish": _publish, "check": _check_for_the_last_time}


def main(home: str, mode: str, deadly: str = "") -> None:
    """Play a mode."""
    os.environ.update(JIQUN_HOME=home, JIQUN_PACK=str(PACK), DJANGO_SETTINGS_MODULE="jiqun.web.config.testing")
    import django

    django.setup()
    MODES[mode]()
    if deadly:
        from jiqun.web.jobs.worker import work

        set_trap(deadly)
        work()


if __name__ == "__main__":
    main(*sys.argv[1:])
