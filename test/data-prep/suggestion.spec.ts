import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { readTimes } from "access-doctor/times";
import { createSuggest, withColumns } from "../../data-prep/suggestion.ts";
import { prepareForEach } from "./preparing.ts";
import { lines } from "./public-tables.ts";

const now = Date.UTC(2026, 10, 28) / 1000;

describe("Suggested data-prep commands", () => {
    const { at, put, run, dataPrep } = prepareForEach();

    it("the command that data-prep suggests keeps the given options, quoted for a shell", () => {
        const typed = [
            "npm",
            "run",
            "data-prep",
            "--",
            "o.csv",
            "--time",
            "s",
            "--items=it's.csv",
            "--event",
            "a = 1 -> B",
        ];
        assert.equal(
            createSuggest(typed)({ time: "%d.%m.%Y %H:%M" }),
            "npm run data-prep -- o.csv '--items=it'\\''s.csv' --event 'a = 1 -> B' --time '%d.%m.%Y %H:%M'",
        );
        assert.equal(createSuggest(typed)({ items: "b.csv" }).includes("it's"), false);
        assert.equal(withColumns("user=who, time=at", { time: "NAME" }), "user=who,time=NAME");
    });

    it("the command that data-prep suggests keeps `--items` and `--report`, and overwrites no data", () => {
        put("events.csv", lines("who,item_id,date", "1,2,03/04/2021", "1,3,05/06/2021"));
        mkdirSync(at("data"));
        const sources = [{ dataset: "interactions", file: "u.data", sha256: "" }];
        put("data/manifest.json", JSON.stringify({ schemaVersion: 1, sources }));
        const runDataPrep = (...args: string[]) => dataPrep("events.csv", ...args);
        put("p.csv", lines("item_id,title", "2,Cup", "3,Pot"));
        const given = ["--items", "p.csv", "--report", "r.json", "--columns", "user=who"];
        const { stderr, status } = runDataPrep(...given);
        assert.equal(status, 1);
        const command = `npm run data-prep -- events.csv ${given.join(" ")} --output data/own/ --time`;
        assert.deepEqual(
            stderr
                .trimEnd()
                .split("\n")
                .slice(-2)
                .map((line) => line.split(":  ")[1]),
            [`${command} %d/%m/%Y`, `${command} %m/%d/%Y`],
        );
        const kept = runDataPrep("--columns", "user=who", "--time", "%d/%m/%Y");
        assert.equal(kept.status, 1);
        assert.match(
            kept.stderr,
            /^data\/ contains data that was prepared from other files, so nothing was written\.\nKeep that data: .* --output data\/own\/\nReplace that data: .* --output data\/$/m,
        );
        assert.match(
            runDataPrep("--output", "mine/").stderr,
            /events\.csv --output mine\/ --columns user=who,item=item_id,time=date --time %d\/%m\/%Y$/m,
        );
        put(
            "data/manifest.json",
            JSON.stringify({ schemaVersion: 1, sources: [{ ...sources[0], file: "events.csv" }] }),
        );
        assert.doesNotMatch(runDataPrep(...given).stderr, /--output/);
    });

    it("`data-prep` asks once about all columns, and its command or `--yes` accepts the guess", () => {
        const rows = Array.from({ length: 1200 }, (_, n) => {
            const day = new Date(Date.UTC(2026, 0, 1 + (n % 12))).toISOString().slice(0, 10).split("-").reverse();
            return `${n % 4},k${n % 60},${day.join("/")},p ${n % 97},${n % 3 > 0 ? "seen" : "bought"}`;
        });
        put("events.csv", lines("user_id,customer_id,Order Date,product,kind", ...rows));
        const runDataPrep = (...args: string[]) => dataPrep("events.csv", "--output", "own/", ...args);
        const { stderr, status } = runDataPrep();
        const command =
            "npm run data-prep -- events.csv --output own/ --columns 'user=customer_id,item=product,time=Order Date' --time %d/%m/%Y";
        assert.equal(status, 1);
        assert.deepEqual(stderr.trimEnd().split("\n"), [
            "events.csv: no column is clearly the user. The guess, with values:",
            "  user   customer_id (k0, k1); or user_id (0, 1); or kind (bought, seen)",
            "  item   product (p 0, p 1)",
            "  time   Order Date (01/01/2026, 02/01/2026), 2026-01-02 by --time '%d/%m/%Y', 2026-02-01 by --time '%m/%d/%Y'",
            "  event  none, every event is Watch; or kind (bought, seen)",
            "All columns: user_id, customer_id, Order Date, product, kind",
            `Correct the columns in this command, or run it as it is:  ${command}`,
        ]);
        const understood = /user = customer_id, item = product, time = Order Date; times in %d\/%m\/%Y;/;
        const accepted = runDataPrep(
            "--columns",
            "user=customer_id,item=product,time=Order Date",
            "--time",
            "%d/%m/%Y",
        );
        assert.deepEqual([accepted.status, understood.test(accepted.stderr)], [0, true], accepted.stderr);
        const guessed = runDataPrep("--yes");
        assert.deepEqual([guessed.status, understood.test(guessed.stderr)], [0, true], guessed.stderr);
    });

    it("`data-prep` takes the column with the ids of `--items`, whatever its name", () => {
        put("events.csv", lines("user_id,product_id,label,ts", ...Array(30).fill("u1,7,A-7,1760000000")));
        put("items.csv", lines("id,title", "A-7,Cup", "B-8,Pot"));
        const { stderr } = dataPrep("events.csv", "--items", "items.csv", "--output", "own/", "--dry-run");
        assert.match(stderr, /user = user_id, item = label, time = ts;/);
    });

    it("data-prep does not replace a file that it did not write", async () => {
        const output = put("orders.csv", lines("customer;article", "1;2"));
        const input = put("events.csv", lines("user,item,time", "1,2,1700000000"));
        await assert.rejects(run({ input, output }), /orders\.csv exists, and data-prep did not write it/);
        assert.equal(readFileSync(output, "utf8"), lines("customer;article", "1;2"));
    });

    it("for too many event types, the suggested command contains the most frequent event types", async () => {
        const rows = Array.from({ length: 1300 }, (_, n) => `u${n % 60},i${n % 97},t${n % 13},${1_700_000_000 + n}`);
        const input = put("events.csv", lines("user,item,event,time", ...rows));
        await assert.rejects(run({ input }), (error: Error) => {
            const [, event = ""] =
                /Keep the most frequent types: {2}npm run data-prep -- .* --event '(.*)'$/.exec(error.message) ?? [];
            assert.match(event, /^event = t0 -> t0, event = t1 -> t1, .*, else Other$/);
            assert.equal(event.split(",").length, 10);
            return true;
        });
    });

    it("the command that data-prep suggests raises `--max-bad` to the share of bad rows", async () => {
        const rows = Array.from(
            { length: 1200 },
            (_, n) => `u${n % 60},i${n % 97},${n < 30 ? "x" : 1_700_000_000 + n}`,
        );
        const input = put("events.csv", lines("user,item,time", ...rows));
        await assert.rejects(run({ input, badRows: "skip", maxBad: 0.01 }), /--bad-rows skip --max-bad 2\.5%$/);
        const { manifestPath } = await run({ input, badRows: "skip", maxBad: 0.025 });
        assert.deepEqual(JSON.parse(readFileSync(manifestPath, "utf8")).options.slice(-2), ["--bad-rows", "skip"]);
    });

    for (const { time, formats } of [
        { time: "24.12.2025, 18:30 Uhr", formats: ["%d.%m.%Y, %H:%M Uhr"] },
        { time: "03.04.2025, 18:30 Uhr", formats: ["%d.%m.%Y, %H:%M Uhr", "%m.%d.%Y, %H:%M Uhr"] },
        { time: "Wed, 24 Dec 2025 18:30:00 +0100", formats: ["%a, %d %b %Y %H:%M:%S %z"] },
        { time: "2025/12/24 6:30 pm", formats: ["%Y/%m/%d %I:%M %p"] },
        { time: "Wed Dec 24 2025 18:30:00 GMT+0100", formats: ["%a %b %d %Y %H:%M:%S GMT%z"] },
        { time: "2025-12-24 18:30:00 CET", formats: [] },
        { time: "soon", formats: [] },
    ]) {
        it(`\`readTimes\` returns ${formats.length} time formats for "${time}"`, () =>
            assert.deepEqual(
                readTimes([time, time], now).map(({ format }) => format),
                formats,
            ));
    }
});
