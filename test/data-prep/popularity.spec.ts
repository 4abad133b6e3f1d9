import assert from "node:assert/strict";
import { readColumns } from "../../data-prep/columns.ts";
import { popularityMetrics } from "../../data-prep/popularity.ts";
import { solutionMetrics } from "../../packages/local-personalize/model/metrics.ts";
import {
    interactionsCsv,
    interactionsOf,
    syntheticRatings,
} from "../../packages/local-personalize/test/interactions.ts";
import { readCsvText } from "../support/columns.ts";
import { folderForEach } from "./folder.ts";

const metricsOf = async (csv: string | Uint8Array) => popularityMetrics(await readCsvText(csv));

describe("`popularityMetrics`", () => {
    it("`popularityMetrics` returns nearly the same metrics as the emulator's recipe aws-popularity-count", async () => {
        const ratings = syntheticRatings({ users: 2000, items: 300, meanHistory: 40 });
        const own = await metricsOf(interactionsCsv(ratings));
        const service = solutionMetrics(interactionsOf(ratings), "aws-popularity-count", "seed").metrics;
        for (const [key, value] of Object.entries(own)) {
            const other = service[key] ?? Number.NaN;
            // The metrics differ by up to 0.04, because the emulator measures them on 200 of the 2,000 users, data-prep
            // on all.
            assert.ok(Math.abs(value - other) < 0.04, `${key}: ${value} here, ${other} there`);
            assert.ok(value > 0, key);
        }
    });

    it("`popularityMetrics` returns the figures of an example that was calculated by hand", async () => {
        // Every user watches c after a. Item b has more views than c, but no user watches b next.
        const watchers = Array.from({ length: 40 }, (_, user) => `u${user},a,1\nu${user},c,2\n`);
        const others = Array.from({ length: 60 }, (_, user) => `v${user},b,1\n`);
        const metrics = await metricsOf(`USER_ID,ITEM_ID,TIMESTAMP\n${[...watchers, ...others].join("")}`);
        assert.equal(metrics.mean_reciprocal_rank_at_25, 0.5);
        assert.equal(
            metrics.normalized_discounted_cumulative_gain_at_10,
            Math.round((1e4 * Math.log(2)) / Math.log(3)) / 1e4,
        );
        assert.equal(metrics.precision_at_5, 0.2);
        assert.equal(metrics.precision_at_10, 0.1);
    });

    it("`popularityMetrics` returns 0 if no user has two events", async () => {
        const metrics = await metricsOf("USER_ID,ITEM_ID,TIMESTAMP\n1,2,3\n");
        assert.deepEqual([...new Set(Object.values(metrics))], [0]);
    });
});

describe("`readColumns` and `parseColumns`", () => {
    const { put } = folderForEach();

    it("`readColumns` returns the interactions of a file", async () => {
        const ratings = syntheticRatings({ users: 3000 });
        const csv = interactionsCsv(ratings);
        assert.ok(csv.length > 2 << 20, "it is read in more than one piece");
        const columns = await readColumns(put("interactions.csv", csv));
        const sorted = interactionsOf(ratings);
        assert.deepEqual(columns.userIds, sorted.userIds);
        assert.deepEqual(columns.itemIds, sorted.itemIds);
        const row = (from: Record<"users" | "items" | "timestamps", ArrayLike<number>>) => (_: number, at: number) =>
            `${from.timestamps[at]} ${from.users[at]} ${from.items[at]}`;
        assert.deepEqual([...columns.users].map(row(columns)).sort(), [...sorted.users].map(row(sorted)).sort());
    });

    it("`parseColumns` accepts columns in any order, quotes, CR LF and a last line without a line end", async () => {
        const columns = await readCsvText(
            'TIMESTAMP,"ITEM_ID",NOTE,USER_ID\r\n5,"a,b","x ""y"" \\" z",7\r\n\r\n6,07,,"7"',
        );
        assert.deepEqual(columns.userIds, ["7"]);
        assert.deepEqual(columns.itemIds, ["a,b", "07"]);
        assert.deepEqual([...columns.timestamps], [5, 6]);
    });

    it("`parseColumns` reports invalid lines and missing columns", async () => {
        await assert.rejects(readCsvText("USER_ID,ITEM_ID\n1,2\n"), /missing the following columns:\[TIMESTAMP\]/);
        await assert.rejects(readCsvText("USER_ID,ITEM_ID,TIMESTAMP\n1,2,3\n1,2\n"), /^Error: line 3: 2 fields/);
        await assert.rejects(readCsvText("USER_ID,ITEM_ID,TIMESTAMP\n1,2,now\n"), /line 2: TIMESTAMP "now"/);
        await assert.rejects(readCsvText("USER_ID,ITEM_ID,TIMESTAMP\n1,2,4294967296\n"), /before the year 2106/);
        await assert.rejects(readCsvText("USER_ID,ITEM_ID,TIMESTAMP\n1,,3\n"), /line 2: ITEM_ID is empty/);
        await assert.rejects(
            readCsvText('USER_ID,ITEM_ID,TIMESTAMP\n1,"2"x,3\n'),
            /line 2: text follows a closing quote/,
        );
        await assert.rejects(readCsvText(""), /missing the following columns/);
    });
});
