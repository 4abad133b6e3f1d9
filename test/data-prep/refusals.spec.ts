import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { UnfitDataError } from "../../data-prep/refusals.ts";
import { type Rating, ratingsFile, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { prepareForEach } from "./preparing.ts";

describe("Input that `prepare` rejects", () => {
    const { at, put, run } = prepareForEach();

    it("`prepare` writes no file for invalid rows, and lists the first 20 rows", async () => {
        const broken = Array.from({ length: 25 }, () => "1\t2\tx\n").join("");
        const input = put("u.data", Buffer.concat([ratingsFile(syntheticRatings()), Buffer.from(broken)]));
        const first = syntheticRatings().length + 1;
        await assert.rejects(run({ input }), (error: unknown) => {
            assert.ok(error instanceof UnfitDataError);
            assert.match(error.message, new RegExp(`^25 rows of ${input} cannot be used`));
            assert.ok(error.message.includes(`${input}:${first}: 3 tab-separated fields`));
            assert.ok(error.message.includes(`${input}:${first + 19}: `));
            assert.ok(!error.message.includes(`${input}:${first + 20}: `));
            assert.match(error.message, /and 5 more/);
            assert.ok(
                error.message.endsWith(`npm run data-prep -- ${input} --output ${at("out/data.csv")} --bad-rows skip`),
            );
            return true;
        });
        assert.deepEqual(readdirSync(at("out")), []);
        const { summary } = await run({ input, badRows: "skip" });
        assert.equal(summary.rowsSkipped, 25);
        assert.equal(summary.skipped.length, 20);
    });

    it("a failing run of `prepare` keeps the earlier run's output", async () => {
        const { outputPath } = await run({ input: put("u.data", ratingsFile(syntheticRatings())) });
        const before = readFileSync(outputPath);
        const turnsToNoise = Buffer.concat([
            Buffer.alloc(3_000_000, "1\t2\t3\t881250949\n"),
            Buffer.alloc(40_000_000, 1),
        ]);
        await assert.rejects(
            run({ input: put("u.data", turnsToNoise) }),
            /u\.data, line 187501: a row is longer than 32 MiB/,
        );
        await assert.rejects(run({ input: put("u.data", turnsToNoise), signal: AbortSignal.abort() }), {
            name: "AbortError",
        });
        assert.deepEqual(readFileSync(outputPath), before);
        assert.deepEqual(readdirSync(at("out")).sort(), [
            "catalogue.json",
            "data.csv",
            "fallback-tables.json",
            "manifest.json",
        ]);
    });

    it("`prepare` does not overwrite the input file", async () => {
        const ratings = ratingsFile(syntheticRatings());
        const input = put("u.data", ratings);
        await assert.rejects(run({ input, output: input }), /would be both input and output: choose another file/);
        assert.deepEqual(readFileSync(input), ratings);
    });

    it("`prepare` rejects an output path that another file uses", async () => {
        const input = put("u.data", ratingsFile(syntheticRatings()));
        await assert.rejects(
            run({ input, output: at("items.csv") }),
            /items\.csv would also be the output file of the items/,
        );
        await assert.rejects(run({ input, output: at("catalogue.json") }), /output file of the catalogue/);
        await assert.rejects(run({ input, output: at("fallback-tables.json") }), /output file of the fallback tables/);
    });

    it("`prepare` rejects data that Personalize cannot train on", async () => {
        const rows = (count: number, users: number): Rating[] =>
            Array.from({ length: count }, (_, n) => ({
                user: n % users,
                item: n,
                rating: 1,
                timestamp: 881_250_949 + n,
            }));
        await assert.rejects(
            run({ input: put("u.data", ratingsFile(rows(999, 30))) }),
            /999 interactions are too few.*1,000/,
        );
        await assert.rejects(
            run({ input: put("u.data", ratingsFile(rows(1000, 24))) }),
            /24 users with at least 2.*25/,
        );
        assert.equal((await run({ input: put("u.data", ratingsFile(rows(1000, 25))) })).summary.usersWithTwo, 25);
    });

    it("`prepare` reports a missing input file or an invalid zip", async () => {
        await assert.rejects(run({ input: at("none.data") }), { message: `There is no file ${at("none.data")}.` });
        await assert.rejects(
            run({ input: put("a.zip", zipSync({ "a.txt": Buffer.of(1) })) }),
            /a\.zip:a\.txt is not a table with users, items and times/,
        );
        await assert.rejects(
            run({ input: put("b.zip", Buffer.from("PK\u0003\u0004junk")) }),
            /b\.zip is a damaged zip/,
        );
    });
});
