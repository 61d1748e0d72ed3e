"""What can be wrong with a scheduling problem: every fault at once, each with its object and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from jiqun.base.errors import InputError, Place, Problems, did_you_mean
from jiqun.base.errors import Problem as Fault
from jiqun.exchange.schedule.calendars import longest_opening
from jiqun.exchange.schedule.faults_frozen import frozen_faults
from jiqun.exchange.schedule.records import Calendar, Job, Machine, Operation, Span

if TYPE_CHECKING:
    from jiqun.exchange.schedule.problem import Problem

TITLE = "排产问题有误"
NO_JOBS = "没有工件"


class ScheduleError(InputError):
    """A problem, a plan or an event was refused; `problems` lists every fault."""

    def __init__(self, problems: Iterable[Fault]) -> None:
        super().__init__(list(problems), TITLE)


def faults(problem: Problem) -> Problems:
    """Every fault of a problem, in the order horizon, calendars, setups, transports, machines, jobs, frozen."""
    found = Problems()
    _horizon(problem, found)
    _calendars(problem, found)
    _setups(problem, found)
    _machines(problem, found)
    _transports(problem, found)
    _jobs(problem, found)
    frozen_faults(problem, found)
    return found


def at(kind: str, name: str, inner: str = "") -> Place:
    """The place of an object in messages: 工件 J1 / 工序 2."""
    return Place(field=f"{kind} {name}" + (f" / {inner}" if inner else ""))


def _horizon(problem: Problem, found: Problems) -> None:
    begin, end = problem.horizon.begin, problem.horizon.end
    if end is not None and end <= begin:
        found.add(f"结束（{end}）不晚于开始（{begin}）", Place(field="排产期"), mend="请把结束改到开始之后")
    weights = vars_of(problem.objective)
    for name, weight in weights.items():
        if weight < 0:
            found.add(f"权重 {name} 为负", Place(field="目标"), found=weight, mend="权重须为零或正整数")
    if not any(w > 0 for w in weights.values()):
        found.add("没有一个权重大于零", Place(field="目标"), mend="请至少给一项目标以正权重")


def vars_of(objective: object) -> dict[str, int]:
    """The weights of an objective by name."""
    return {name: getattr(objective, name) for name in ("makespan", "tardiness", "cost", "disturbance")}


def _twice(names: Iterable[str], kind: str, found: Problems, within: str = "") -> None:
    for name, count in Counter(names).items():
        if count > 1:
            where = Place(field=within) if within else None
            found.add(f"{kind} {name} 出现 {count} 次", where, mend="名称不得重复")


def _spans(spans: tuple[Span, ...], place: Place, word: str, found: Problems) -> None:
    for begin, end in spans:
        if end <= begin:
            found.add(f"{word} {begin}—{end} 的结束不晚于开始", place, mend="请把结束改到开始之后")


def _calendars(problem: Problem, found: Problems) -> None:
    _twice((c.name for c in problem.calendars), "日历", found)
    for calendar in problem.calendars:
        place = at("日历", calendar.name)
        if not calendar.spans:
            found.add("没有开放时段", place, mend="请至少写一个开放时段")
        _spans(calendar.spans, place, "开放时段", found)
        for first, second in zip(calendar.spans, calendar.spans[1:]):
            if second.begin < first.end:
                text = f"开放时段 {second.begin}—{second.end} 与前一段 {first.begin}—{first.end} 重叠或次序颠倒"
                found.add(text, place, mend="时段须按时间先后排列、互不重叠")
        _period(calendar, place, found)


def _period(calendar: Calendar, place: Place, found: Problems) -> None:
    if calendar.period is None:
        return
    if calendar.period <= 0:
        found.add("周期须为正整数", place, found=calendar.period)
        return
    for begin, end in calendar.spans:
        if begin < 0 or end > calendar.period:
            text = f"开放时段 {begin}—{end} 超出周期 0—{calendar.period}"
            found.add(text, place, mend="请把时段写在一个周期之内")


def _setups(problem: Problem, found: Problems) -> None:
    _twice((m.name for m in problem.setups), "换型矩阵", found)
    for matrix in problem.setups:
        place, size = at("换型矩阵", matrix.name), len(matrix.families)
        _twice(matrix.families, "工艺族", found, str(place).strip("“”"))
        if len(matrix.times) != size or any(len(row) != size for row in matrix.times):
            found.add(f"须为 {size} 行 {size} 列，与工艺族一一对应", place)
            continue
        for family, row in zip(matrix.families, matrix.times, strict=True):
            for other, time in zip(matrix.families, row, strict=True):
                if time < 0:
                    found.add(f"从 {family} 到 {other} 的换型时间为负", place, found=time, mend="请改为零或正整数")


def _machines(problem: Problem, found: Problems) -> None:
    _twice((m.name for m in problem.machines), "机器", found)
    if not problem.machines:
        found.add("没有机器", mend="请至少给出一台机器")
    calendars = {c.name for c in problem.calendars}
    matrices = {m.name: set(m.families) for m in problem.setups}
    for machine in problem.machines:
        if not (calendars or matrices or machine.calendar or machine.closed or machine.setups or machine.setup_rate):
            continue
        place = at("机器", machine.name)
        if machine.calendar is None and calendars:
            found.add("没有日历，而本问题按日历排产", place, mend="请为它指定日历，全天开放的也要写明")
        elif machine.calendar is not None and machine.calendar not in calendars:
            found.add(f"日历 {machine.calendar} 不存在", place, mend=did_you_mean(machine.calendar, calendars))
        _spans(machine.closed, place, "停机时段", found)
        _machine_setups(machine, matrices, place, found)


def _machine_setups(machine: Machine, matrices: dict[str, set[str]], place: Place, found: Problems) -> None:
    if machine.setup_rate < 0:
        found.add("换型费率为负", place, found=machine.setup_rate, mend="请改为零或正整数（分）")
    if machine.setups is None:
        return
    if machine.setups not in matrices:
        found.add(f"换型矩阵 {machine.setups} 不存在", place, mend=did_you_mean(machine.setups, matrices))
    elif machine.family is not None and machine.family not in matrices[machine.setups]:
        found.add(f"初始工艺族 {machine.family} 不在换型矩阵 {machine.setups} 中", place)


def _transports(problem: Problem, found: Problems) -> None:
    if not problem.transports:
        return
    _twice((f"{t.origin}→{t.destination}" for t in problem.transports), "运输", found)
    given = set()
    for t in problem.transports:
        place = at("运输", f"{t.origin}→{t.destination}")
        if t.time < 0:
            found.add("时间为负", place, found=t.time, mend="请改为零或正整数")
        if t.cost < 0:
            found.add("费用为负", place, found=t.cost, mend="请改为零或正整数（分）")
        given |= {(t.origin, t.destination), (t.destination, t.origin)}
    sites = sorted({m.site for m in problem.machines})
    for i, origin in enumerate(sites):
        for destination in sites[i + 1 :]:
            if (origin, destination) not in given:
                text = f"厂区 {origin} 与 {destination} 之间没有运输时间"
                found.add(text, mend="请补上这一对厂区的运输，可以为零")


def _jobs(problem: Problem, found: Problems) -> None:
    _twice((j.name for j in problem.jobs), "工件", found)
    if not problem.jobs:
        found.add(NO_JOBS, mend="请至少给出一个工件")
    machines = {m.name: m for m in problem.machines}
    matrices = {m.name: set(m.families) for m in problem.setups}
    calendars = {c.name: c for c in problem.calendars}
    longest = {
        m.name: longest_opening(calendars[m.calendar])
        for m in problem.machines
        if m.calendar in calendars and calendars[m.calendar].period != 0
    }
    for job in problem.jobs:
        _job(job, found)
        for op in job.operations:
            _operation(job, op, machines, longest, found)
            if matrices:
                _family(job, op, machines, matrices, found)


def _job(job: Job, found: Problems) -> None:
    place = at("工件", job.name)
    if not job.operations:
        found.add("没有工序", place, mend="请至少写一道工序")
    if job.due is not None and job.due < job.release:
        found.add(f"交期（{job.due}）早于投料时间（{job.release}）", place, mend="请核对两个时间")
    if job.weight < 0:
        found.add("权重为负", place, found=job.weight, mend="请改为零或正整数")
    names = [op.name for op in job.operations]
    if len(set(names)) < len(names):
        _twice(names, "工序", found, f"工件 {job.name}")
    if any(op.after is not None for op in job.operations):
        _routing(job, found)


def _routing(job: Job, found: Problems) -> None:
    names = {op.name for op in job.operations}
    before: dict[str, list[str]] = {}
    for k, op in enumerate(job.operations):
        for name in job.before(k):
            if name not in names:
                place = at("工件", job.name, f"工序 {op.name}")
                found.add(f"前道工序 {name} 不存在", place, mend=did_you_mean(name, names))
        before[op.name] = [name for name in job.before(k) if name in names]
    # Where a name stands twice, it is not known which of both is meant.
    cycle = _cycle(before) if len(names) == len(job.operations) else []
    if cycle:
        found.add(f"工艺路线成环：{' → '.join(cycle)}", at("工件", job.name), mend="请去掉其中一条先后关系")


def _cycle(before: dict[str, list[str]]) -> list[str]:
    """The names around one cycle, in the order of work, the first again at the end; empty where there is none."""
    left = dict(before)
    while True:
        free = [name for name, preds in left.items() if not any(p in left for p in preds)]
        if not free:
            break
        for name in free:
            del left[name]
    if not left:
        return []
    path = [next(iter(left))]
    while path[-1] not in path[:-1]:
        path.append(next(p for p in left[path[-1]] if p in left))
    return path[path.index(path[-1]) :][::-1]


def _operation(
    job: Job, op: Operation, machines: dict[str, Machine], longest: dict[str, int | None], found: Problems
) -> None:
    able = 0
    seen: set[str] = set()
    for machine, duration, cost in op.alternatives:
        if machine in machines and duration > 0 and cost >= 0 and machine not in seen:
            seen.add(machine)
            able += 1
            continue
        place = at("工件", job.name, f"工序 {op.name}")
        if machine not in machines:
            found.add(f"机器 {machine} 不存在", place, mend=did_you_mean(machine, machines))
        elif machine in seen:
            found.add(f"机器 {machine} 写了两次", place, mend="请只留一种做法")
        if duration < 0:
            found.add(f"在机器 {machine} 上的时长为负", place, found=duration, mend="请改为正整数")
        elif duration == 0:
            found.add(f"在机器 {machine} 上的时长为零", place, mend="请改为正整数")
        if cost < 0:
            found.add(f"在机器 {machine} 上的费用为负", place, found=cost, mend="请改为零或正整数（分）")
    if not able and not any(a.machine in machines for a in op.alternatives):
        place = at("工件", job.name, f"工序 {op.name}")
        found.add("没有机器能做", place, mend="请给出至少一台机器和它的时长")
    if op.quantity == 1 and op.most_lots == 1 and op.smallest_lot == 1 and op.interruptible:
        return
    _lots(op, at("工件", job.name, f"工序 {op.name}"), found)
    if not op.interruptible and able:
        _fits(op, at("工件", job.name, f"工序 {op.name}"), longest, found)


def _lots(op: Operation, place: Place, found: Problems) -> None:
    for word, value in (("数量", op.quantity), ("最多批数", op.most_lots), ("最小批量", op.smallest_lot)):
        if value <= 0:
            found.add(f"{word}须为正整数", place, found=value)
    if op.most_lots > 1 and op.smallest_lot > op.quantity > 0:
        found.add(f"最小批量（{op.smallest_lot}）大于数量（{op.quantity}）", place, mend="请减小最小批量")


def _fits(op: Operation, place: Place, longest: dict[str, int | None], found: Problems) -> None:
    least = max(op.smallest_lot, -(-op.quantity // op.most_lots)) if op.most_lots > 1 else op.quantity
    for machine, duration, _ in op.alternatives:
        limit = longest.get(machine)
        if limit is None or -(-duration * min(least, op.quantity) // op.quantity) <= limit:
            return
    found.add("不可中断，而能做它的机器都没有够长的开放时段", place, mend="请允许中断、缩短时长或延长开放时段")


def _family(
    job: Job, op: Operation, machines: dict[str, Machine], matrices: dict[str, set[str]], found: Problems
) -> None:
    for machine, _, _ in op.alternatives:
        setups = machines[machine].setups if machine in machines else None
        if setups is None or setups not in matrices:
            continue
        place = at("工件", job.name, f"工序 {op.name}")
        if op.family is None:
            found.add(f"没有工艺族，而机器 {machine} 要按工艺族换型", place, mend="请写明工艺族")
        elif op.family not in matrices[setups]:
            found.add(
                f"工艺族 {op.family} 不在机器 {machine} 的换型矩阵 {setups} 中", place,
                mend=did_you_mean(op.family, matrices[setups]),
            )  # fmt: skip
