import { readColumns } from "../data-prep/columns.ts";
import { DEFAULT_OUTPUT } from "../data-prep/places.ts";
import { discountWatched, scoreUser, topItems } from "../packages/local-personalize/model/score.ts";
import { trainModel } from "../packages/local-personalize/model/train.ts";
import { table } from "../runbooks/lib/cli/table.ts";
import { byTime } from "./lib/interactions.ts";

/**
 * The share of watched items in the local Personalize's lists, by the factor that discounts them. The factor in
 * `model/score.ts` is from here. Run by hand: `node_modules/.bin/node bench/watched-share.ts [interactions.csv]`.
 */

/**
 * Lengths of the observed lists. The first three are of the first user's campaign, with 4 of 18 items watched. The
 * others are of AWS's recorded notebooks, with 12, 4 and 0 of 25 items watched.
 */
const observedLengths = [4, 4, 10, 25, 25, 25];
const observedWatched = 20;
const factors = [1, 0.6, 0.52, 0.5, 0.48, 0.47, 0.46, 0.44, 0.42, 0.4, 0.35, 0.3, 0.2, 0.1];

const interactions = byTime(await readColumns(process.argv[2] ?? DEFAULT_OUTPUT));
const model = trainModel(interactions, "aws-user-personalization");
const users = [...model.histories].map(([userId, history]) => {
    const [watched, scores] = [new Set(history), scoreUser(model, history)];
    return { userId, history, watched, scores };
});

const rows = factors.map((factor) => {
    const lists = users.map((user) => ({
        ...user,
        list: topItems(discountWatched(user.scores, user.history, factor), 25),
    }));
    const count = ({ list, watched }: (typeof lists)[number], length: number) =>
        list.slice(0, length).filter((item) => watched.has(item)).length;
    const share = (length: number) =>
        lists.reduce((sum, user) => sum + count(user, length), 0) / (length * lists.length);
    const counts = lists.map((user) => count(user, 25)).toSorted((a, b) => a - b);
    const quantile = (part: number) => counts[Math.floor(part * (counts.length - 1))];
    const expected = observedLengths.reduce((sum, length) => sum + length * share(length), 0);
    return [
        factor,
        percent(share(10)),
        percent(share(25)),
        `${quantile(0.1)}, ${quantile(0.5)}, ${quantile(0.9)}`,
        expected.toFixed(1),
    ];
});
const total = observedLengths.reduce((sum, length) => sum + length, 0);
const columns = [
    "factor",
    "share of 10",
    "share of 25",
    "of 25: p10, p50, p90",
    `of ${total}, observed ${observedWatched}`,
];
console.log(table(columns, rows));

function percent(share: number): string {
    return `${(100 * share).toFixed(1)} %`;
}
