"""What reading a submission gives, whatever its format."""

from dataclasses import dataclass

from services.intake.rules.draft import Draft
from services.intake.rules.problems import Problem


@dataclass(frozen=True, slots=True)
class Reading:
    """A draft of everything that could be read, and what could not.

    `problems` are values that break their format and were left out of the draft; each has to be
    mended. `warnings` are for information, such as elements that no rule of ours reads.
    """

    draft: Draft
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


class UnreadableError(Exception):
    """Nothing of the submission can be read. The problem says why, without quoting it.

    Carries its problem as its only argument, so that it survives the way out of a worker process.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return self.problem.message
