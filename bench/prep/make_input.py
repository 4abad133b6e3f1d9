"""Writes ratings as MovieLens has them, seeded: python make_input.py ROWS FOLDER.

Users are in order and each user's ratings in time order, as in ratings.csv of MovieLens 25M. Histories are log-normal
(median 70), items follow Zipf's law.
"""

import os
import shutil
import sys

import numpy as np
import polars as pl

ITEMS = {1_000_000: 3_700, 10_000_000: 10_700, 25_000_000: 59_000}


def ratings(rows: int) -> pl.DataFrame:
    random = np.random.default_rng(1)
    items = ITEMS.get(rows, max(500, rows // 1000))
    users = rows // 140
    shares = random.lognormal(np.log(70), 1.1, users).clip(20, 5000)
    user = np.sort(random.choice(users, rows, p=shares / shares.sum())) + 1
    weights = 1 / np.arange(1, items + 1)
    item = random.permutation(items)[random.choice(items, rows, p=weights / weights.sum())] + 1
    joined = random.integers(820_000_000, 1_570_000_000, users + 1)
    time = joined[user] + random.integers(0, 60 * 86_400, rows)
    frame = pl.DataFrame(
        {"userId": user, "movieId": item, "rating": random.integers(1, 11, rows) / 2, "timestamp": time}
    )
    return frame.sort("userId", "timestamp", maintain_order=True)


def main() -> None:
    rows, folder = int(sys.argv[1]), sys.argv[2]
    unfinished = f"{folder}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    os.makedirs(unfinished)
    frame = ratings(rows)
    frame.write_csv(f"{unfinished}/ratings.csv")
    os.rename(unfinished, folder)


main()
