import { readColumns } from "../data-prep/columns.ts";
import { DEFAULT_OUTPUT } from "../data-prep/places.ts";
import { discountWatched, scoreUser, topItems } from "../packages/local-personalize/model/score.ts";
import { trainModel } from "../packages/local-personalize/model/train.ts";
import { table } from "../runbooks/lib/cli/table.ts";
import { byTime } from "./lib/interactions.ts";

/**
 * Measures the share of watched items in the local Personalize's lists, for several factors by which the scores of
 * watched items are multiplied. `model/score.ts` uses the factor whose share is closest to that of observed lists. Run
 * it by hand: `node_modules/.bin/node bench/watched-share.ts [interactions.csv]`.
 */

/**
 * Lengths of the lists that a real campaign returned. The first three come from a user's own campaign, and 4 of their
 * 18 items were watched. The others come from notebooks of AWS, and 12, 4 and 0 of their 25 items were watched.
 */
const observedLengths = [4, 4, 10, 25, 25, 25];
const observedWatched = 20;
const parts = [1, 0.7, 0.65, 0.6, 0.59, 0.58, 0.57, 0.56, 0.55, 0.54, 0.5, 0.4, 0.3, 0.2];

const interactions = byTime(await readColumns(process.argv[2] ?? DEFAULT_OUTPUT));
const model = trainModel(interactions, "aws-user-personalization");
const users = [...model.histories].map(([userId, history]) => {
    const [watched, scores] = [new Set(history), scoreUser(model, history)];
    return { userId, history, watched, scores };
});

const rows = parts.map((part) => {
    const lists = users.map((user) => ({
        ...user,
        list: topItems(discountWatched(user.scores, user.history, model.gain, part), 25),
    }));
    const count = ({ list, watched }: (typeof lists)[number], length: number) =>
        list.slice(0, length).filter((item) => watched.has(item)).length;
    const share = (length: number) =>
        lists.reduce((sum, user) => sum + count(user, length), 0) / (length * lists.length);
    const counts = lists.map((user) => count(user, 25)).toSorted((a, b) => a - b);
    const quantile = (below: number) => counts[Math.floor(below * (counts.length - 1))];
    const expected = observedLengths.reduce((sum, length) => sum + length * share(length), 0);
    return [
        part,
        percent(share(10)),
        percent(share(25)),
        `${quantile(0.1)}, ${quantile(0.5)}, ${quantile(0.9)}`,
        expected.toFixed(1),
    ];
});
const total = observedLengths.reduce((sum, length) => sum + length, 0);
const columns = [
    "part",
    "share of 10",
    "share of 25",
    "of 25: p10, p50, p90",
    `of ${total}, observed ${observedWatched}`,
];
console.log(table(columns, rows));

function percent(share: number): string {
    return `${(100 * share).toFixed(1)} %`;
}
