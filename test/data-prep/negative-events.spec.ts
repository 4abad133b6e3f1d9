import assert from "node:assert/strict";
import { prepareForEach } from "./preparing.ts";
import { lines } from "./public-tables.ts";

describe("Negative events", () => {
    const { put, run, logged } = prepareForEach();
    const prepared = (name: string, header: string, value: (row: number) => unknown, event?: string) => {
        const rows = Array.from({ length: 3000 }, (_, n) => `u${n % 60},i${n % 97},${value(n)},${1_700_000_000 + n}`);
        const input = put(name, lines(header, ...rows));
        return run({ input, ...(event !== undefined && { event }) });
    };
    const ruleIn = (text: string) => / --event '(.*)'$/m.exec(text)?.[1];

    it("`data-prep` counts negative events and suggests an `--event` rule that omits negative events", async () => {
        const types = ["play", "skip", "add, to list"];
        const header = "user,item,event,time";
        const { summary } = await prepared("plays.csv", header, (n) => `"${types[n % 3]}"`);
        assert.equal(summary.eventTypes.skip, 1000);
        const text = logged().join("\n");
        assert.match(
            text,
            /^Negative events train like all others: skip \(1,000 rows\)\. Leave them out: {2}npm run data-prep -- /m,
        );
        const rule = ruleIn(text) ?? assert.fail();
        const { summary: after } = await prepared("plays.csv", header, (n) => `"${types[n % 3]}"`, rule);
        assert.deepEqual([after.eventTypes, after.rowsLeftOut], [{ "add, to list": 1000, play: 1000 }, 1000]);
    });

    it("`data-prep` recognizes negative event types in German", async () => {
        const types = ["ansehen", "überspringen"];
        await prepared("ereignisse.csv", "user,item,event,time", (n) => types[n % 2]);
        assert.match(logged().join("\n"), /^Negative events train like all others: überspringen \(1,500 rows\)/m);
    });

    it("`data-prep` treats low ratings as negative events", async () => {
        const { summary } = await prepared("rated.csv", "user,item,stars,time", (n) => (n % 5) + 1);
        assert.deepEqual(summary.eventTypes, { Watch: 3000 });
        const text = logged().join("\n");
        assert.match(text, /; every event is Watch; not used: stars$/m);
        assert.match(text, /^40 % of the first 999 ratings are below 3, and train like all others/m);
        assert.equal(ruleIn(text), "stars >= 3 -> Watch");
    });

    it("`data-prep` reports no negative events with an `--event` rule or only positive events", async () => {
        await prepared("rated.csv", "user,item,stars,time", (n) => (n % 5) + 1, "stars >= 4 -> Like, else Watch");
        await prepared("plays.csv", "user,item,event,time", () => "play");
        assert.doesNotMatch(logged().join("\n"), /train like all others/);
    });
});
