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

const genresOf = (item: number) => (item === 5 ? "(no genres listed)" : `Taste${item % 5}|Any`);
const kinds = [
    ["seasonal", "halloween"],
    ["homedecor", "decorative"],
    ["footwear", "sneaker"],
];
const marginOf = (item: number) => (item * 0.37) % 10;

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
    // The notebook keeps ratings above 3, all of the type "watch".
    "lab/liked.csv": lines(
        "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE",
        ratings
            .filter(({ rating }) => rating > 3)
            .map(({ user, item, timestamp }) => `${user},${item},${timestamp},watch`),
    ),
    // pandas writes its index first, under an empty name.
    "lab/shop.csv": lines(
        ",ITEM_ID,USER_ID,EVENT_TYPE,TIMESTAMP",
        ratings.map(
            ({ user, item, rating, timestamp }, row) =>
                `${row},${item},${user},${rating > 3 ? "View" : "Purchase"},${timestamp}`,
        ),
    ),
    "lab/goods.csv": lines(
        ",ITEM_ID,PRICE,CATEGORY_L1,CATEGORY_L2,GENDER,MARGIN",
        items.map((item, row) => {
            const [first, second] = kinds[item % kinds.length] ?? [];
            return `${row},${item},${item % 90}.99,${first},${second},Any,${marginOf(item)}`;
        }),
    ),
    "lab/valued.csv": lines(
        "USER_ID,ITEM_ID,TIMESTAMP,EVENT_VALUE,EVENT_TYPE",
        ratings.map(({ user, item, rating, timestamp }) => `${user},${item},${timestamp},${rating}.0,Rating`),
    ),
    // Two films are new, without interactions.
    "lab/items.csv": lines("ITEM_ID,GENRES,YEAR,CREATION_TIMESTAMP", [
        ...items.map((item) => `${item},${genresOf(item)},${1950 + (item % 50)},${newest - 40_000_000}`),
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
