"""Damage to documents: drawn changes of structure and of bytes."""

import json
from copy import deepcopy
from random import Random
from typing import Any

Json = Any

JUNK: list[Json] = [
    *(None, True, False, 0, 1, -1, 10**40, 0.5, float("nan")),
    *("", "x", "1", "-1", "1.50", "1e3", "1e400", "-0", "NaN", "01", " 1", "9" * 31, "9" * 100),
    *("\ud800", "é", "\U0001f600", "\ufb33", "A", "L0", "O0", "B0", "F0", "W1", "micro"),
    *([], {}, [1], ["x", "x"], {"a": "1"}, {"\U0001f600": "1", "\ufb33": "2"}, [[]]),
]
SNIPPETS = [
    *(b"NaN", b"-Infinity", b"1e400", b"-0", b"1e99999", b"9" * 5000, b"0.1", b"1.5e2", b"null"),
    *(b"\xef\xbb\xbf", b'"\\ud800"', b"\\", b'"', b"{", b"[", b"]", b"}", b",", b":", b"\xff"),
    *(b"[" * 3000, b'{"a":' * 3000, b'"id":"x","id":"y",'),
]


def places(value: Json, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything in a document but itself."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, item in inner:
        found.append((*path, key))
        if isinstance(item, (dict, list)):
            found += places(item, (*path, key))
    return found


def damaged(document: Json, random: Random) -> Json:
    """Return a copy in which up to four places were removed, doubled, swapped or replaced."""
    whole = deepcopy(document)
    for _ in range(random.randint(1, 4)):
        known = places(whole)
        if not known:
            break
        *way, key = random.choice(known)
        place = whole
        for step in way:
            place = place[step]
        change = random.randrange(5)
        if change == 0:
            del place[key]
        elif change == 1 and isinstance(place, list):
            place.append(deepcopy(place[key]))
        elif change == 1:
            name = random.choice(["extra", "id", "min", "\U0001f600", "a/~b", "\ufb33"])
            place[name] = deepcopy(random.choice(JUNK))
        elif change == 2:
            other = whole
            for step in random.choice(known):
                other = other[step]
            place[key] = deepcopy(other)
        else:
            place[key] = deepcopy(random.choice(JUNK))
    return whole


def damaged_bytes(document: Json, random: Random) -> bytes:
    """Return a document's text with up to three places of it changed."""
    text = json.dumps(document, ensure_ascii=random.random() < 0.5)
    data = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(random.randint(0, 3)):
        at = random.randrange(len(data) + 1)
        change = random.randrange(5)
        if change == 0:
            data[at : at + 1] = bytes([random.randrange(256)])
        elif change == 1:
            del data[at : at + random.randint(1, 20)]
        elif change == 2:
            start = random.randrange(len(data) + 1)
            data[at:at] = data[start : start + random.randint(1, 40)]
        elif change == 3:
            data[at:at] = random.choice(SNIPPETS)
        else:
            del data[max(1, at) :]
    return bytes(data)
