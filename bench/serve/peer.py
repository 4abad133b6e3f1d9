"""The recommend call of `implicit` in one process, without a network: a user's items and 25 or 500 results. Prints one JSON
line: calls a second and the 50th and 99th percentile in milliseconds, for each number of results.
"""

import csv
import json
import os
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np
from implicit.als import AlternatingLeastSquares
from scipy import sparse

users, items, pairs = {}, {}, set()
with open(sys.argv[1], newline="") as file:
    for row in csv.DictReader(file):
        pairs.add((users.setdefault(row["USER_ID"], len(users)), items.setdefault(row["ITEM_ID"], len(items))))
rows, columns = np.array(sorted(pairs)).T
matrix = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(users), len(items)))
model = AlternatingLeastSquares(factors=96, regularization=3, iterations=15, random_state=42, num_threads=1)
model.fit(matrix, show_progress=False)
draw = np.random.default_rng(1)
found = {}
for count in (25, 500):
    times = []
    for user in (len(users) ** draw.random(2000)).astype(int) - 1:
        begun = time.perf_counter()
        model.recommend(user, matrix[user], N=count)
        times.append(time.perf_counter() - begun)
    p50, p99 = np.percentile(times, [50, 99]) * 1000
    found[count] = {"perSecond": len(times) / sum(times), "p50": p50, "p99": p99}
print(json.dumps(found))
