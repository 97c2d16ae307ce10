"""A linear one-against-the-rest classifier, trained by dual coordinate descent in plain Python."""

import random
from collections.abc import Mapping, Sequence

from skill.understanding.features import Vector

Weights = Mapping[str, Sequence[tuple[int, float]]]
"""For every feature the classes it speaks for or against: (class, weight)."""

BIAS = -1.0
"""A sentence without any known feature lies exactly on the margin of "no" for every class.

The bias is fixed and not learnt, so that a class is updated only where its features occur: training costs a
fraction, and margins mean the same in every model.
"""

_PASSES = 2
_COST = 1.0
_LEAST_STEP = 0.1
_LEAST_WEIGHT = 0.004
MAX_WORK = 25_000_000
"""Training stops after so many multiplications, which take two to four seconds."""


def train(vectors: Sequence[Vector], classes: Sequence[int]) -> dict[str, list[tuple[int, float]]]:
    """The weights of an L2-regularised support vector machine with squared hinge loss.

    Method: Hsieh et al., "A Dual Coordinate Descent Method for Large-scale Linear SVM" (ICML 2008), with all
    classes of an example updated together. The same examples always give the same weights.
    """
    trainer = _Trainer(vectors, classes)
    order = list(range(len(vectors)))
    for number in range(_PASSES):
        random.Random(number).shuffle(order)
        order = sorted(trainer.run(order))
        if trainer.work > MAX_WORK:
            break
    return trainer.weights()


class _Trainer:
    def __init__(self, vectors: Sequence[Vector], classes: Sequence[int]) -> None:
        numbers: dict[str, int] = {}
        for vector in vectors:
            for feature in vector:
                numbers.setdefault(feature, len(numbers))
        self._features = list(numbers)
        self._rows = [[(numbers[feature], weight) for feature, weight in one.items()] for one in vectors]
        self._classes = classes
        self._count = max(classes, default=-1) + 1
        self._weights: list[dict[int, float]] = [{} for _ in numbers]
        self._duals: list[dict[int, float]] = [{} for _ in vectors]
        self.work = 0

    def run(self, order: Sequence[int]) -> list[int]:
        """One pass over examples; those that still moved the weights and deserve another pass."""
        moved: list[int] = []
        for example in order:
            row = self._rows[example]
            steps = self._steps(example, self._scores(row))
            if steps:
                self._move(row, steps)
                moved.append(example)
            if self.work > MAX_WORK:
                break
        return moved

    def _scores(self, row: Sequence[tuple[int, float]]) -> list[float]:
        scores = [0.0] * self._count
        for feature, value in row:
            own = self._weights[feature]
            self.work += len(own)
            for name, weight in own.items():
                scores[name] += weight * value
        return scores

    def _steps(self, example: int, scores: Sequence[float]) -> list[tuple[int, float]]:
        """What to add to the weights of which class."""
        duals, own = self._duals[example], self._classes[example]
        slack = 0.5 / _COST
        steps: list[tuple[int, float]] = []
        for name, score in enumerate(scores):
            if score <= 0.0 and name != own and name not in duals:
                continue
            sign = 1.0 if name == own else -1.0
            dual = duals.get(name, 0.0)
            gradient = sign * (score + BIAS) - 1.0 + slack * dual
            violation = abs(gradient) if dual > 0.0 else -gradient
            if violation < _LEAST_STEP:
                continue
            moved = max(dual - gradient / (1.0 + slack), 0.0)
            if moved != dual:
                duals[name] = moved
                steps.append((name, (moved - dual) * sign))
        return steps

    def _move(self, row: Sequence[tuple[int, float]], steps: Sequence[tuple[int, float]]) -> None:
        self.work += len(row) * len(steps)
        for feature, value in row:
            own = self._weights[feature]
            for name, step in steps:
                own[name] = own.get(name, 0.0) + step * value

    def weights(self) -> dict[str, list[tuple[int, float]]]:
        """Rounded, without what hardly matters."""
        return {
            feature: kept
            for feature, own in zip(self._features, self._weights, strict=True)
            if (kept := [(n, round(w, 4)) for n, w in sorted(own.items()) if abs(w) >= _LEAST_WEIGHT])
        }


def margins(weights: Weights, vector: Vector, count: int) -> list[float]:
    """The decision value of every class: above 0 it claims the sentence, BIAS where nothing is known."""
    found = [BIAS] * count
    for feature, value in vector.items():
        for name, weight in weights.get(feature, ()):
            found[name] += weight * value
    return found
