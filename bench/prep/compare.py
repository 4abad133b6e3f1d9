"""Compares outputs row by row: python compare.py OURS PEER prints the equal and all rows, as JSON.

Rows of the interactions, and of each table: popular items, trending items, similar items of each item.
"""

import json
import sys

import polars as pl


def equal_rows(ours: str, peer: str) -> tuple[int, int]:
    one, other = (pl.read_csv(f"{folder}/interactions.csv", infer_schema=False) for folder in (ours, peer))
    if one.columns != other.columns or len(one) != len(other):
        return 0, max(len(one), len(other))
    same = one.select(pl.all_horizontal([pl.col(name) == other[name] for name in one.columns]).sum()).item()
    return same, len(one)


def equal_tables(ours: str, peer: str) -> tuple[int, int]:
    document = json.load(open(f"{ours}/fallback-tables.json"))
    tables = json.load(open(f"{peer}/tables.json"))
    ids, films = tables["ids"], document["films"]["ids"]
    by_id = {films[number]: [films[other] for other in row] for number, row in enumerate(document["similar"])}
    pairs = list(zip(films, [ids[number] for number in tables["popular"]], strict=True))
    pairs += zip(
        [films[number] for number in document["trending"]["films"]],
        [ids[number] for number in tables["trending"]],
        strict=True,
    )
    pairs += [(by_id.get(ids[number], []), [ids[other] for other in row]) for number, row in enumerate(tables["similar"])]
    return sum(one == other for one, other in pairs), len(pairs)


rows, tables = equal_rows(*sys.argv[1:]), equal_tables(*sys.argv[1:])
print(json.dumps({"rows": rows[0], "ofRows": rows[1], "tables": tables[0], "ofTables": tables[1]}))
