"""A stable sort of places by their keys, compiled, without making arrays."""

from __future__ import annotations

from quotemark.columnar.compiled import Numbers, compiled


@compiled
def sort(keys: Numbers, order: Numbers, spare: Numbers, number: int) -> None:
    """Put places 0 to `number` into `order`, smallest key first: a merge sort from below.

    Keys that are in order already take one pass. `spare` has as much room as `order`.
    """
    is_sorted = True
    for i in range(number):
        order[i] = i
        if i > 0 and keys[i - 1] > keys[i]:
            is_sorted = False
    width = 1
    while width < number and not is_sorted:
        first = 0
        while first < number:
            middle, last = min(first + width, number), min(first + 2 * width, number)
            a, b = first, middle
            for k in range(first, last):
                if a < middle and (b >= last or keys[order[a]] <= keys[order[b]]):
                    spare[k] = order[a]
                    a += 1
                else:
                    spare[k] = order[b]
                    b += 1
            first = last
        for k in range(number):
            order[k] = spare[k]
        width *= 2
