"""A linear one-against-the-rest classifier, trained by dual coordinate descent in whole numbers.

The weights of up to BLOCK classes for one feature lie side by side in one large integer, a lane each, so that
one multiplication and one addition serve all of them; and whole numbers come out alike on every machine.
"""

import random
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import mul

from skill.understanding.features import Vector

BIAS = -1.0
"""A sentence without any known feature lies exactly on the margin of "no" for every class.

The bias is fixed and not learnt, so that a class is updated only where its features occur: training costs a
fraction, and margins mean the same in every model.
"""

BLOCK = 64
_LANE_BITS = 64
_VALUE_ONE = 1 << 14
_STEP_ONE = 1 << 16
_SCORE_ONE = _VALUE_ONE * _VALUE_ONE * _STEP_ONE
"""Features count in 1/2**14, steps in 1/2**16; a score of 2**19 would still fit its lane."""

_HALF = 1 << (_LANE_BITS - 1)
_OFFSETS = sum(_HALF << (_LANE_BITS * lane) for lane in range(BLOCK))
_UNPACK = struct.Struct(f"<{BLOCK}Q").unpack
_BYTES = BLOCK * _LANE_BITS // 8

_PASSES = 3
_COST = 1.0
_SLACK = 0.5 / _COST
_LEAST_STEP = 0.1
_CLAIMED = _HALF + int(_LEAST_STEP * _SCORE_ONE)
MAX_WORK = 4_000_000
"""Training stops after so many multiplications of a block, each about a fifth of a microsecond."""


@dataclass(frozen=True)
class Weights:
    """What was learnt: `packed` holds, by block of classes, the weights of every feature by its number."""

    numbers: Mapping[str, int]
    packed: Sequence[Sequence[int]]


def train(vectors: Sequence[Vector], classes: Sequence[int]) -> Weights:
    """The weights of an L2-regularised support vector machine with squared hinge loss.

    Method: Hsieh et al., "A Dual Coordinate Descent Method for Large-scale Linear SVM" (ICML 2008), with all
    classes of an example updated together. The same examples always give the same weights.
    """
    trainer = Trainer(vectors, classes)
    order = list(range(len(vectors)))
    for number in range(_PASSES):
        random.Random(number).shuffle(order)
        order = sorted(trainer.run(order))
        if trainer.work >= MAX_WORK:
            break
    return trainer.weights


class Trainer:
    """Weights in the making; `work` counts the multiplications of a block done so far."""

    def __init__(self, vectors: Sequence[Vector], classes: Sequence[int]) -> None:
        numbers: dict[str, int] = {}
        for vector in vectors:
            for feature in vector:
                numbers.setdefault(feature, len(numbers))
        self._packed = [[0] * len(numbers) for _ in range(0, max(classes, default=0) + 1, BLOCK)]
        self.weights = Weights(numbers, self._packed)
        self.work = 0
        self._rows = [([numbers[feature] for feature in one], _whole(one.values())) for one in vectors]
        self._classes = classes
        self._duals: list[dict[int, float]] = [{} for _ in vectors]

    def run(self, order: Sequence[int]) -> list[int]:
        """One pass over examples; those that still moved the weights and deserve another pass."""
        moved: list[int] = []
        for example in order:
            if self.work >= MAX_WORK:
                break
            numbers, values = self._rows[example]
            self.work += len(numbers) * len(self._packed)
            steps = self._steps(example, _scores(self._packed, numbers, values))
            if steps:
                self._move(numbers, values, steps)
                moved.append(example)
        return moved

    def _steps(self, example: int, scores: Sequence[int]) -> list[tuple[int, int]]:
        """What to add to the weights of which class."""
        duals, own = self._duals[example], self._classes[example]
        claiming = [name for name, score in enumerate(scores) if score > _CLAIMED]
        steps: list[tuple[int, int]] = []
        for name in sorted({own, *duals, *claiming}):
            sign, dual = (1.0 if name == own else -1.0), duals.get(name, 0.0)
            gradient = sign * ((scores[name] - _HALF) / _SCORE_ONE + BIAS) - 1.0 + _SLACK * dual
            violation = abs(gradient) if dual > 0.0 else -gradient
            if violation < _LEAST_STEP:
                continue
            moved = max(dual - gradient / (1.0 + _SLACK), 0.0)
            if moved != dual:
                duals[name] = moved
                steps.append((name, round((moved - dual) * sign * _STEP_ONE)))
        return steps

    def _move(self, numbers: Sequence[int], values: Sequence[int], steps: Sequence[tuple[int, int]]) -> None:
        moves: dict[int, int] = {}
        for name, step in steps:
            block, lane = divmod(name, BLOCK)
            moves[block] = moves.get(block, 0) + (step << (_LANE_BITS * lane))
        self.work += len(numbers) * len(moves)
        for block, move in moves.items():
            packed = self._packed[block]
            for number, value in zip(numbers, values, strict=True):
                packed[number] += move * value


def _whole(values: Iterable[float]) -> list[int]:
    return [int(value * _VALUE_ONE + 0.5) for value in values]


def _scores(packed: Sequence[Sequence[int]], numbers: Sequence[int], values: Sequence[int]) -> list[int]:
    """The score of every class of every block, each with _HALF added."""
    found: list[int] = []
    for block in packed:
        total = sum(map(mul, map(block.__getitem__, numbers), values), _OFFSETS)
        found += _UNPACK(total.to_bytes(_BYTES, "little"))
    return found


def margins(weights: Weights, vector: Vector, count: int) -> list[float]:
    """The decision value of every class: above 0 it claims the sentence, BIAS where nothing is known."""
    known = [(weights.numbers[name], value) for name, value in vector.items() if name in weights.numbers]
    scores = _scores(weights.packed, [name for name, _ in known], _whole([value for _, value in known]))
    return [(score - _HALF) / _SCORE_ONE + BIAS for score in scores[:count]]
