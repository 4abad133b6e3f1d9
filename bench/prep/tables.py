"""The fallback tables of data-prep over numpy, for the peer: polars has no faster form of these sums.

The rules are those of data-prep/tables; the code is independent of it.
"""

import numpy as np

HALF_LIFE_DAYS = 30
MOST_VIEWS_OF_USER = 120
ACTIVE_SHARE = 0.05
LONGEST_HISTORY = 500
REACH = 50
SAMPLED = 1000
LEAST_VIEWERS = 5
WITH_NEIGHBOURS = 20_000
NEIGHBOURS = 50
PAIRS_A_CHUNK = 20_000_000


def make_tables(user: np.ndarray, item: np.ndarray, time: np.ndarray) -> dict[str, list]:
    """Tables of events: numbers by first appearance, epoch seconds. Lists hold item numbers, best first."""
    first = int(time.min())
    user, item, time = views(user, item, time)
    items = int(item.max()) + 1
    viewers = np.bincount(item, minlength=items)
    present = present_of(user, time)
    weight = np.minimum(1, MOST_VIEWS_OF_USER / np.bincount(user))[user]
    age = np.maximum(0, present - time) / 86_400
    score = np.bincount(item, weights=weight * np.exp2(-age / HALF_LIFE_DAYS), minlength=items)
    order = np.lexsort((np.arange(items), -viewers, -score))
    return {
        "popular": order.tolist(),
        "trending": trending(item, time, items, present, first).tolist(),
        "similar": similar(user, item, items, [i for i in order if viewers[i] >= LEAST_VIEWERS][:WITH_NEIGHBOURS]),
    }


def views(user, item, time):
    """Each item of a user once, by its newest event; by user, oldest first."""
    by_time = np.lexsort((time, user))
    user, item, time = user[by_time], item[by_time], time[by_time]
    pair = user.astype(np.int64) * (int(item.max()) + 1) + item
    _, last = np.unique(pair[::-1], return_index=True)
    kept = np.sort(len(pair) - 1 - last)
    return user[kept], item[kept], time[kept]


def present_of(user, time):
    """The time after which a twentieth of the users watched something."""
    newest = np.sort(time[np.append(np.flatnonzero(np.diff(user)), len(user) - 1)])
    return int(newest[int((1 - ACTIVE_SHARE) * (len(newest) - 1))])


def trending(item, time, items, present, first):
    window = min(30 * 86_400, (present - first) // 3)
    age = present - time
    now = np.bincount(item[age < window], minlength=items).astype(float)
    before = np.bincount(item[(age >= window) & (age < 2 * window)], minlength=items).astype(float)
    if before.sum() == 0:
        return np.array([], dtype=int)
    expected = before * now.sum() / before.sum()
    growth = (now - expected) / np.sqrt(now + expected + 1)
    order = np.lexsort((np.arange(items), -now, -growth))
    return order[growth[order] >= 1][:50]


def similar(user, item, items, wanted):
    lengths = np.bincount(user)
    ends = np.cumsum(lengths)[user]
    recent = ends - np.arange(len(user)) <= LONGEST_HISTORY
    user, item = user[recent], item[recent]
    lengths = np.bincount(user)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    kernel = 0.1 + 0.9 * np.exp2(-np.arange(REACH + 1) / 20)
    weights = np.ceil(kernel[:, None] * ((100 / np.maximum(lengths, 1)) ** 0.25)[None, :] * (1 << 20))
    alone = np.bincount(item, weights=weights[0][user], minlength=items)
    places = np.argsort(item, kind="stable")
    item_starts = np.concatenate([[0], np.cumsum(np.bincount(item, minlength=items))])
    rows = [[] for _ in range(items)]
    steps = np.concatenate([np.arange(-REACH, 0), np.arange(1, REACH + 1)])
    at = 0
    while at < len(wanted):
        chunk, size = [], 0
        while at < len(wanted) and (not chunk or size * 100 < PAIRS_A_CHUNK) and len(chunk) < 2000:
            one = wanted[at]
            count = item_starts[one + 1] - item_starts[one]
            taken = min(count, SAMPLED)
            chunk.append(places[item_starts[one] + np.arange(taken) * count // taken])
            size += taken
            at += 1
        place = np.concatenate(chunk)
        owner = np.repeat(np.arange(len(chunk)), [len(each) for each in chunk])
        sums = np.zeros(len(chunk) * items)
        for step in steps:
            other = place + step
            inside = (other >= starts[user[place]]) & (other < starts[user[place] + 1])
            key = owner[inside] * items + item[other[inside]]
            sums += np.bincount(key, weights=weights[abs(step)][user[place[inside]]], minlength=len(sums))
        first = at - len(chunk)
        for index, together in enumerate(sums.reshape(len(chunk), items)):
            one = wanted[first + index]
            met = np.nonzero(together)[0]
            score = (together[met] / (1 << 20)) / (
                np.sqrt((alone[one] / (1 << 20)) * (alone[met] / (1 << 20))) + 20
            )
            best = np.lexsort((met, -score))[:NEIGHBOURS]
            rows[one] = met[best].tolist()
    return rows
