"""Times a case against its floor: request by request in turn, in rounds, so that a busy machine hits both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.client import Answer

Call = Callable[[], Answer]
Round = tuple[float, float, int, list[float]]
"""Of one round: the case's and the floor's milliseconds, the most statements, and every answer's seconds."""


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
    milliseconds: float | None = None
    """At most so long at p95."""
    status: tuple[int, ...] = (200,)
    group: str = ""
    repeats: int | None = None


@dataclass(slots=True)
class Result:
    """What a case took, in milliseconds, and how often the floor fits in."""

    case: Case
    milliseconds: float = 0.0
    floor_milliseconds: float = 0.0
    ratio: float = 0.0
    statements: int | None = None
    failure: str = ""
    rounds: list[float] = field(default_factory=list)
    slow_milliseconds: float = 0.0
    """Nineteen of twenty answers were faster (p95), over all rounds."""

    @property
    def is_over(self) -> bool:
        too_slow = self.case.times is not None and self.ratio > self.case.times
        too_slow |= self.case.milliseconds is not None and self.slow_milliseconds > self.case.milliseconds
        return too_slow or bool(
            self.case.statements and self.statements and self.statements > self.case.statements
        )


NO_MORE = "the database has no more rows for this case"


class UnexpectedAnswerError(Exception):
    """A measured page answered something else than it should: its time means nothing."""


def measure(
    cases: Sequence[Case], floors: Mapping[str, Call], *, rounds: int, repeats: int, share: float = 0.5
) -> tuple[list[Result], dict[str, float]]:
    """Results in the order of the cases, and each floor's milliseconds.

    `share` is the part of a round's answers that were at least as fast: 0.5 is the median. A smaller one sees
    past other work on a machine that is not quiet.
    """
    failed = {case.name: reason for case in cases if (reason := _warm_up(case, floors[case.floor]))}
    seen: dict[str, list[Round]] = {case.name: [] for case in cases}
    floor_times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for case in cases:
            if case.name in failed:
                continue
            try:
                seen[case.name].append(_round(case, floors[case.floor], case.repeats or repeats, share))
            except (UnexpectedAnswerError, StopIteration) as failure:
                failed[case.name] = str(failure) or NO_MORE
        for name, call in floors.items():
            floor_times.setdefault(name, []).append(_at(share, [call().seconds for _ in range(repeats)]))
    results = [
        Result(case, failure=failed[case.name]) if case.name in failed else _result(case, seen[case.name])
        for case in cases
    ]
    return results, {name: median(times) for name, times in floor_times.items()}


def _warm_up(case: Case, floor: Call) -> str:
    """A few requests that do not count; what went wrong, if anything did."""
    try:
        for _ in range(3):
            floor()
            _checked(case)
    except (UnexpectedAnswerError, StopIteration) as failure:
        return str(failure) or NO_MORE
    return ""


def _at(share: float, seconds: list[float]) -> float:
    """The time within which this share of the answers came, in milliseconds."""
    ordered = sorted(seconds)
    return median(ordered) * 1000 if share == 0.5 else ordered[int(share * len(ordered))] * 1000


def _round(case: Case, floor: Call, repeats: int, share: float) -> Round:
    """Times of one round in milliseconds, and the most statements that any answer took."""
    times, base, statements = [], [], 0
    for _ in range(repeats):
        base.append(floor().seconds)
        answer = _checked(case)
        times.append(answer.seconds)
        statements = max(statements, answer.statements or 0)
    return _at(share, times), _at(share, base), statements, times


def _checked(case: Case) -> Answer:
    answer = case.call()
    if answer.status not in case.status:
        raise UnexpectedAnswerError(f"answered {answer.status} {answer.location}".rstrip())
    return answer


def _result(case: Case, rounds: Sequence[Round]) -> Result:
    ratios = [times / base for times, base, _, _ in rounds]
    every = sorted(seconds for *_, answers in rounds for seconds in answers)
    return Result(
        case=case,
        milliseconds=median(times for times, *_ in rounds),
        floor_milliseconds=median(base for _, base, *_ in rounds),
        ratio=median(ratios),
        slow_milliseconds=every[int(0.95 * (len(every) - 1))] * 1000,
        statements=max(count for _, _, count, _ in rounds),
        rounds=ratios,
    )
