"""Trains the second reader of texts from the corpus.

    python -m tests.unit.notifications.train

writes its weights anew and prints what it finds in lines that it was not shown.
"""

import base64
import math
import random
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.notifications.rules import learned
from services.notifications.rules.learned import BUCKETS, Model, features
from services.notifications.rules.tongue import understand
from tests.unit.notifications.corpus import CRISES, Line, corpus

ORDINARY = ("free", "help", "start", "glance")
ROUNDS, DECAY, STEP, FOLDS = 25, 1e-4, 0.5, 5


@dataclass(frozen=True, slots=True)
class Task:
    """What one model learns: labels of the corpus, against which others, and from where it counts.

    A new label of the corpus changes nothing here.
    """

    name: str
    labels: frozenset[str]
    others: tuple[str, ...]
    enough: float

    @property
    def file(self) -> Path:
        return Path(learned.__file__).with_name("lexicon") / f"{self.name}_weights.py"

    def shown(self) -> list[Line]:
        return [line for line in corpus() if line.label in self.labels | {*self.others}]


_STOPS = ("stop", "unsure", "wrong", "quote")
TASKS = (
    Task("hard_time", frozenset({"hard_time"}), (*ORDINARY, *_STOPS), learned.HARD_ENOUGH),
    Task(
        "danger",
        CRISES | {"grave"},
        (*ORDINARY, *_STOPS, "friend", "hard_time", "revocation", "death"),
        learned.GRAVE_ENOUGH,
    ),
)


understood = cache(understand)
features_of = cache(lambda text: features(understood(text)))


def train(lines: Sequence[Line], labels: frozenset[str]) -> Model:
    """Logistic regression, both kinds weighing the same; the same lines give the same model."""
    each = [(features_of(line.text), line.label in labels) for line in lines]
    each = [(found, is_one) for found, is_one in each if found]
    ones = sum(is_one for _, is_one in each)
    weighs = {True: len(each) / (2 * ones), False: len(each) / (2 * (len(each) - ones))}
    weights, spent = [0.0] * BUCKETS, [1e-8] * BUCKETS
    bias, bias_spent = 0.0, 1e-8
    chance = random.Random(1)
    for _ in range(ROUNDS):
        chance.shuffle(each)
        for found, is_one in each:
            share = 1 / math.sqrt(len(found))
            total = bias + share * sum(map(weights.__getitem__, found))
            off = weighs[is_one] * (1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - is_one)
            pull = off * share
            for one in found:
                weight = weights[one]
                slope = pull + DECAY * weight
                spent[one] = so_far = spent[one] + slope * slope
                weights[one] = weight - STEP * slope / math.sqrt(so_far)
            bias_spent += off * off
            bias -= STEP * off / math.sqrt(bias_spent)
    scale = max(map(abs, weights)) / 127
    return Model(tuple(round(weight / scale) for weight in weights), scale, bias)


def module_of(model: Model) -> str:
    """The module that holds the weights."""
    stored = zlib.compress(bytes(weight % 256 for weight in model.weights), 9)
    packed = base64.b32encode(stored).decode()
    lines = "\n".join(f'    "{packed[at : at + 90]}",' for at in range(0, len(packed), 90))
    return (
        '"""Written by `python -m tests.unit.notifications.train`; not by hand."""\n\n'
        f"BIAS = {model.bias!r}\nSCALE = {model.scale!r}\nWEIGHTS = (\n{lines}\n)\n"
    )


def left_out(task: Task) -> tuple[float, float]:
    """The shares of its lines and of ordinary ones that are taken, by a model not shown them."""
    mixed = task.shown()
    random.Random(2).shuffle(mixed)
    taken = []
    for fold in range(FOLDS):
        rest = [line for at, line in enumerate(mixed) if at % FOLDS != fold]
        model = train(rest, task.labels)
        taken += [
            (line.label, model.likeness(understood(line.text)) >= task.enough)
            for line in mixed[fold::FOLDS]
        ]
    right = [is_taken for label, is_taken in taken if label in task.labels]
    wrong = [is_taken for label, is_taken in taken if label in ORDINARY]
    return sum(right) / len(right), sum(wrong) / len(wrong)


if __name__ == "__main__":
    for task in TASKS:
        task.file.write_text(module_of(train(task.shown(), task.labels)), encoding="utf-8")
        found, wrongly = left_out(task)
        sys.stdout.write(f"{task.name}: {found:.0%} of unseen lines, {wrongly:.0%} of ordinary\n")
