"""Times a case against its floor: request by request in turn, in rounds, so that a busy machine hits both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.client import Answer

Call = Callable[[], Answer]


@dataclass(frozen=True, slots=True)
class Case:
    """A measured action. `times` is the target: at most so many times the floor; None has no target.

    `call` makes one request; whatever it prepares outside the request is not timed.
    """

    name: str
    floor: str
    call: Call
    times: float | None = None
    statements: int | None = None
    status: tuple[int, ...] = (200,)
    group: str = ""
    repeats: int | None = None


@dataclass(slots=True)
class Result:
    """What a case took, in milliseconds, and how often the floor fits in."""

    case: Case
    milliseconds: float
    floor_milliseconds: float
    ratio: float
    statements: int | None
    rounds: list[float] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        too_slow = self.case.times is not None and self.ratio > self.case.times
        return too_slow or bool(
            self.case.statements and self.statements and self.statements > self.case.statements
        )


class UnexpectedAnswerError(Exception):
    """A measured page answered something else than it should: its time means nothing."""


def measure(
    cases: Sequence[Case], floors: Mapping[str, Call], *, rounds: int, repeats: int
) -> tuple[list[Result], dict[str, float]]:
    """Results in the order of the cases, and each floor's median in milliseconds."""
    for case in cases:
        for _ in range(3):
            _checked(case)
            floors[case.floor]()
    seen: dict[str, list[tuple[float, float, int]]] = {case.name: [] for case in cases}
    floor_times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for case in cases:
            times, base, statements = _round(case, floors[case.floor], case.repeats or repeats)
            seen[case.name].append((times, base, statements))
            floor_times.setdefault(case.floor, []).append(base)
        for name, call in floors.items():
            floor_times.setdefault(name, []).append(median(call().seconds for _ in range(repeats)) * 1000)
    results = [_result(case, seen[case.name]) for case in cases]
    return results, {name: median(times) for name, times in floor_times.items()}


def _round(case: Case, floor: Call, repeats: int) -> tuple[float, float, int]:
    """Medians of one round in milliseconds, and the most statements that any answer took."""
    times, base, statements = [], [], 0
    for _ in range(repeats):
        base.append(floor().seconds)
        answer = _checked(case)
        times.append(answer.seconds)
        statements = max(statements, answer.statements or 0)
    return median(times) * 1000, median(base) * 1000, statements


def _checked(case: Case) -> Answer:
    answer = case.call()
    if answer.status not in case.status:
        start = answer.body[:1500].decode(errors="replace")
        raise UnexpectedAnswerError(f"{case.name}: {answer.status} {answer.location}\n{start}")
    return answer


def _result(case: Case, rounds: Sequence[tuple[float, float, int]]) -> Result:
    ratios = [times / base for times, base, _ in rounds]
    return Result(
        case=case,
        milliseconds=median(times for times, _, _ in rounds),
        floor_milliseconds=median(base for _, base, _ in rounds),
        ratio=median(ratios),
        statements=max(count for _, _, count in rounds),
        rounds=ratios,
    )
