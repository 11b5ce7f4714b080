"""Figures of many runs: medians with their confidence, targets, and the table that shows them."""

import json
import random
import statistics


def interval(values, level=0.95, rounds=1000):
    """The bootstrap's confidence interval of the median."""
    if len(values) < 3:
        return min(values), max(values)
    rng = random.Random(1)
    medians = sorted(statistics.median(rng.choices(values, k=len(values))) for _ in range(rounds))
    edge = (1 - level) / 2
    return medians[int(edge * rounds)], medians[int((1 - edge) * rounds) - 1]


def ratios(above, below):
    """Run by run, as they were interleaved: what slows the machine slows both."""
    return [a / b for a, b in zip(above, below) if b]


class Figure:
    """One number to show: its runs, and what issue or documentation wants it to be."""

    def __init__(self, section, name, values, unit, most=None, least=None, note=""):
        self.section, self.name, self.unit, self.note = section, name, unit, note
        self.values = [float(v) for v in values]
        self.most, self.least = most, least
        self.median = statistics.median(self.values)
        self.low, self.high = interval(self.values)

    def verdict(self):
        if self.most is not None:
            return "ok" if self.median <= self.most else "MISSED"
        if self.least is not None:
            return "ok" if self.median >= self.least else "MISSED"
        return ""

    def target(self):
        if self.most is not None:
            return f"<= {number(self.most)}"
        return f">= {number(self.least)}" if self.least is not None else ""

    def as_json(self):
        return {key: value for key, value in vars(self).items() if value is not None}


def number(x):
    if x == int(x) and abs(x) < 1e9:
        return str(int(x))
    return f"{x:.4g}"


class Report:
    def __init__(self):
        self.figures, self.notes = [], []

    def add(self, section, name, values, unit, **wanted):
        values = [v for v in values if v is not None]
        if not values:
            return None
        figure = Figure(section, name, values, unit, **wanted)
        self.figures.append(figure)
        print(self.line(figure), flush=True)
        return figure

    def say(self, text):
        self.notes.append(text)
        print(f"# {text}", flush=True)

    @staticmethod
    def line(f):
        spread = f"{number(f.low)} .. {number(f.high)}" if len(f.values) > 1 else ""
        return (f"{f.section:<8} {f.name:<44} {number(f.median):>10} {f.unit:<10} {spread:<22} "
                f"{f.target():<10} {f.verdict():<6} {f.note}").rstrip()

    def write_json(self, path, machine):
        with open(path, "w", encoding="utf-8") as out:
            json.dump({"machine": machine, "notes": self.notes,
                       "figures": [f.as_json() for f in self.figures]}, out, indent=1)
