import { syntheticRatings } from "../../test/interactions.ts";

const ratings = syntheticRatings({ users: 100, items: 150, meanHistory: 60 });
const newest = Math.max(...ratings.map(({ timestamp }) => timestamp));
const items = [...new Set(ratings.map(({ item }) => item))].sort((a, b) => a - b);
const lines = (header: string, rows: readonly string[]) => `${header}\n${rows.map((row) => `${row}\n`).join("")}`;

const typed = (types: readonly [string, string]) =>
    lines(
        "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP",
        ratings.map(({ user, item, rating, timestamp }) => `${user},${item},${types[rating > 3 ? 1 : 0]},${timestamp}`),
    );

/**
 * Returns the files of the samples' bucket, by `bucket/key`. They have the shapes of the samples' files, but none of
 * their rows.
 */
export const sampleFiles = (): Record<string, string> => ({
    "lab/plain.csv": lines(
        "USER_ID,ITEM_ID,TIMESTAMP",
        ratings.map(({ user, item, timestamp }) => `${user},${item},${timestamp}`),
    ),
    "lab/watched.csv": typed(["Click", "Watch"]),
    "lab/shop.csv": typed(["Purchase", "View"]),
    "lab/valued.csv": lines(
        "USER_ID,ITEM_ID,TIMESTAMP,EVENT_VALUE,EVENT_TYPE",
        ratings.map(({ user, item, rating, timestamp }) => `${user},${item},${timestamp},${rating}.0,Rating`),
    ),
    // Two films are new, without interactions.
    "lab/items.csv": lines("ITEM_ID,GENRES,YEAR,CREATION_TIMESTAMP", [
        ...items.map((item) => `${item},Taste${item % 5}|Any,${1950 + (item % 50)},${newest - 40_000_000}`),
        ...[901, 902].map((item) => `${item},Taste${item % 5}|Any,1998,${newest}`),
    ]),
    "lab/brands.csv": lines(
        "ITEM_ID,BRAND,PRICE,DESCRIPTION",
        items.map((item) => `${item},Brand${item % 5},${item % 90}.5,"Goods, by ""Brand${item % 5}"""`),
    ),
    "lab/batch-users.json": '{"userId": "1"}\n{"userId": "2"}\n',
    "lab/batch-items.json": '{"itemId": "1"}\n{"itemId": "2"}\n',
    "lab/users.csv": lines(
        "USER_ID,GENDER",
        Array.from({ length: 100 }, (_, user) => `${user + 1},${user % 2 === 0 ? "female" : "male"}`),
    ),
});
