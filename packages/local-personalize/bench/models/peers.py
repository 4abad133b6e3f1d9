"""The models that other libraries and papers offer, on the folds of a JSON file. Each peer's settings have the best NDCG@10
on the first half of the folds. Prints one JSON line for each peer: its settings, and a list of 25 items for each test user of the
other folds. Items of the input are masked for all of them.
"""

import itertools
import json
import os
import sys
import warnings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np
from implicit.als import AlternatingLeastSquares
from scipy import sparse

LENGTH = 25
given = json.load(open(sys.argv[1]))
HISTORIES = [np.array(history) for history in given["histories"]]
TRUTHS = given["truths"]
FOLDS = given["folds"]
ITEMS = given["items"]
TUNED = range(len(FOLDS) // 2)
DECIDING = range(len(FOLDS) // 2, len(FOLDS))


def input_of(user):
    return HISTORIES[user][: len(HISTORIES[user]) - TRUTHS[user]]


def training(fold):
    """The training users' items: users x items, an item counts once."""
    left = set(FOLDS[fold])
    users = [history for user, history in enumerate(HISTORIES) if user not in left]
    matrix = np.zeros((len(users), ITEMS))
    for row, history in enumerate(users):
        matrix[row, history] = 1
    return matrix


def inputs(fold, half, floor):
    """The test users' inputs. The newest event counts 1, older ones half for every `half` events; None: all count 1."""
    matrix = np.zeros((len(FOLDS[fold]), ITEMS))
    for row, user in enumerate(FOLDS[fold]):
        history = input_of(user)
        ages = np.arange(len(history))[::-1]
        weights = np.ones(len(history)) if half is None else floor + (1 - floor) * 2.0 ** (-ages / half)
        np.add.at(matrix[row], history, weights)
    return matrix


def popularity(train, given):
    return np.tile(train.sum(0), (len(given), 1))


def item_knn(train, given, k, shrink):
    together = train.T @ train
    counts = np.diag(together)
    likeness = together / (np.sqrt(np.outer(counts, counts)) + shrink)
    np.fill_diagonal(likeness, 0)
    least = -np.sort(-likeness, axis=0)[k - 1]
    likeness[likeness < least] = 0
    return given @ likeness


def session_knn(train, given, k):
    lengths = np.linalg.norm(given, axis=1)[:, None] * np.linalg.norm(train, axis=1)[None]
    likeness = given @ train.T / np.maximum(lengths, 1e-9)
    least = -np.sort(-likeness, axis=1)[:, k - 1 : k]
    likeness[likeness < least] = 0
    return likeness @ train


def ease(train, given, ridge):
    gram = train.T @ train + ridge * np.eye(ITEMS)
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)[None]
    np.fill_diagonal(weights, 0)
    return given @ weights


def ials(train, given, factors, regularization, alpha):
    model = AlternatingLeastSquares(
        factors=factors, regularization=regularization, alpha=alpha, iterations=15, random_state=42, num_threads=1
    )
    model.fit(sparse.csr_matrix(train), show_progress=False)
    users = model.recalculate_user(np.arange(len(given)), sparse.csr_matrix(given))
    return np.asarray(users) @ np.asarray(model.item_factors).T


ALL = [(None, 1)]
RECENT = [(2, 0.05), (3, 0.05), (5, 0.05), (10, 0.05), (5, 0.1)]
KNN = list(itertools.product([20, 50, 100, 200], [1, 10, 50]))
ALS = list(itertools.product([32, 64, 96], [1, 3, 10], [1]))
PEERS = [
    ("popularity", popularity, [()], ALL),
    ("item-kNN", item_knn, KNN, ALL),
    ("item-kNN, recent", item_knn, KNN, RECENT),
    ("session-kNN", session_knn, [(25,), (50,), (100,), (200,)], ALL),
    ("session-kNN, recent", session_knn, [(25,), (50,), (100,), (200,)], RECENT),
    ("EASE^R", ease, [(50,), (100,), (200,), (400,)], ALL),
    ("EASE^R, recent", ease, [(200,), (400,), (800,), (1600,)], RECENT),
    ("iALS", ials, ALS, ALL),
    ("iALS, recent", ials, ALS, RECENT),
]


def lists(scores, fold):
    """The best items of each test user without those of the input; of equal scores the lower number is first."""
    found = []
    for row, user in enumerate(FOLDS[fold]):
        scores[row, input_of(user)] = -np.inf
        found.append(np.argsort(-scores[row], kind="stable")[:LENGTH].tolist())
    return found


def ndcg(found, fold):
    """The mean NDCG@10; the ideal list has all items of the truth first."""
    gains = 1 / np.log2(np.arange(10) + 2)
    values = []
    for user, items in zip(FOLDS[fold], found):
        truth = set(HISTORIES[user][-TRUTHS[user] :].tolist())
        hits = np.array([item in truth for item in items[:10]])
        values.append((hits * gains).sum() / gains[: min(10, len(truth))].sum())
    return np.mean(values)


def main():
    warnings.filterwarnings("ignore")
    trains = [training(fold) for fold in range(len(FOLDS))]
    for name, score, settings, weights in PEERS:
        print(name, file=sys.stderr, flush=True)
        best = (-1.0, None, None)
        for setting in settings:
            # Each call of `score` trains the model. Call it once for each setting, and stack the inputs of the test
            # users, one copy for each way to weigh a user's films.
            fold_scores = []
            for fold in TUNED:
                stacked = np.vstack([inputs(fold, *weight) for weight in weights])
                fold_scores.append(np.split(score(trains[fold], stacked, *setting), len(weights)))
            for at, weight in enumerate(weights):
                value = np.mean([ndcg(lists(fold_scores[fold][at], fold), fold) for fold in TUNED])
                best = max(best, (value, setting, weight), key=lambda entry: entry[0])
        value, setting, weight = best
        found = {}
        for fold in DECIDING:
            found[fold] = lists(score(trains[fold], inputs(fold, *weight), *setting), fold)
        print(json.dumps({"peer": name, "settings": [*setting, *weight], "tuned": value, "lists": found}), flush=True)


main()
