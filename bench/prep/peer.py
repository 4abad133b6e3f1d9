"""A peer of data-prep with polars: python peer.py whole|convert INPUT FOLDER.

`whole` validates, converts, and makes catalog and fallback tables, as `npm run data-prep` does. `convert` only
converts, without any check.
"""

import json
import os
import sys

import polars as pl

TIME = r"^\d{1,10}$"
RATING = r"^\d+(\.\d+)?$"
CONTROL = r"[\x00-\x1f\x7f]"


def convert(source: str, target: str, check: bool):
    frame = pl.scan_csv(source, infer_schema=False)
    rating = pl.col("rating").cast(pl.Float64)
    rows = frame.select(
        USER_ID="userId",
        ITEM_ID="movieId",
        EVENT_TYPE=pl.when(rating >= 4).then(pl.lit("Like")).otherwise(pl.lit("Watch")),
        TIMESTAMP=pl.col("timestamp").cast(pl.Int64),
    )
    if not check:
        rows.sink_csv(target, quote_style="non_numeric")
        return None
    bad = frame.filter(
        ~pl.col("timestamp").str.contains(TIME)
        | ~pl.col("rating").str.contains(RATING)
        | ~pl.col("userId").str.len_chars().is_between(1, 256)
        | ~pl.col("movieId").str.len_chars().is_between(1, 256)
        | pl.col("userId").str.contains(CONTROL)
        | pl.col("movieId").str.contains(CONTROL)
    ).select(pl.len())
    found, all_rows = pl.collect_all([bad, rows])
    if found.item() > 0:
        sys.exit(f"{found.item()} bad rows")
    kept = all_rows.unique(maintain_order=True, keep="first")
    kept.write_csv(target, quote_style="non_numeric")
    user, _ = numbered(kept, "USER_ID")
    item, ids = numbered(kept, "ITEM_ID")
    return user, item, kept["TIMESTAMP"].to_numpy(), ids


def numbered(kept, column: str):
    """Numbers by first appearance, and the id of each number."""
    ids = kept[column].unique(maintain_order=True)
    numbers = ids.to_frame().with_row_index("number")
    found = kept.select(column).join(numbers, on=column, how="left", maintain_order="left")["number"]
    return found.to_numpy(), ids.to_list()


def main() -> None:
    work, source, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    found = convert(source, f"{folder}/interactions.csv", work == "whole")
    if found is None:
        return
    from tables import make_tables

    user, item, time, ids = found
    with open(f"{folder}/tables.json", "w") as out:
        json.dump({**make_tables(user, item, time), "ids": ids}, out)


main()
