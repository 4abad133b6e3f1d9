import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { ratingsFile, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { prepareForEach } from "./preparing.ts";

describe("`npm run data-prep`", () => {
    const { at, put, dataPrep } = prepareForEach();

    it("`data-prep --json` writes one document to stdout, and failures exit with 1 or 2", () => {
        const good = dataPrep(put("u.data", ratingsFile(syntheticRatings())), "--output", at("c.csv"), "--json");
        assert.equal(good.status, 0, good.stderr);
        assert.equal(JSON.parse(good.stdout).schemaVersion, 1);
        assert.match(good.stderr, /shown by their IDs/);

        const bad = dataPrep(put("bad.data", Buffer.from("1 2 3 4\n")), "--output", at("d.csv"));
        assert.deepEqual([bad.status, bad.stdout], [1, ""]);
        const wrong = dataPrep("--ouptut", "x");
        assert.equal(wrong.status, 2);
        assert.match(wrong.stderr, /Did you mean --output\?/);
        assert.equal(dataPrep("--bad-rows", "ignore").status, 2);

        const chosen = dataPrep("u.data", "--columns", "user=1,item=2,time=4,GRADE=3", "--dry-run");
        assert.equal(chosen.status, 0, chosen.stderr);
        assert.match(chosen.stderr, /--columns user=1,item=2,time=4,GRADE=3 /);
        const unknown = dataPrep("u.data", "--columns", "user=1,grade=3");
        assert.equal(unknown.status, 2);
        assert.match(unknown.stderr, /"grade=3" is not one of user=NAME/);
    });

    describe("`data-prep --dry-run`", () => {
        const rows = Array.from({ length: 30 }, (_, n) => `u${n};p${n};${1_760_000_000 + n}000;${n % 5}`);
        const dryRun = (...args: string[]) => {
            const child = dataPrep(...args, "--dry-run");
            assert.equal(child.status, 0, child.stderr);
            assert.match(child.stderr, /^As a command: {2}npm run data-prep -- /m);
            return child.stdout;
        };
        const optionsOf = (...args: string[]) => JSON.parse(dryRun(...args, "--json"));

        it("`data-prep --dry-run --json` prints the format, columns, times and cases of a text table", () => {
            put("events.csv", `visitor;sku;ts;stars\n${rows.join("\n")}\n`);
            const columns = "user=visitor,item=sku,time=ts,GRADE=4";
            assert.deepEqual(optionsOf("events.csv", "--columns", columns, "--event", "4 > 3 -> Like, else Watch"), {
                schemaVersion: 1,
                tables: [
                    {
                        file: "events.csv",
                        kind: "text",
                        encoding: "utf-8",
                        delimiter: ";",
                        quotes: true,
                        escape: '"',
                        hasHeader: true,
                        names: ["visitor", "sku", "ts", "stars"],
                        columns: { user: "visitor", item: "sku", time: "ts", GRADE: "stars" },
                        time: { format: "ms", pattern: "\\d{11,13}(\\.\\d+)?", inSecond: 1000 },
                        event: {
                            cases: [{ column: "stars", operator: ">", value: "3", type: "Like" }],
                            otherwise: "Watch",
                        },
                    },
                ],
            });
        });

        it("`data-prep --dry-run --json` prints which columns of JSON lines are numbers", () => {
            const line = '{"user":7,"item":"i","time":"09/10/2025 8:30","event":"view","price":"5.0","weight":null}\n';
            put("events.jsonl", line + line.replace("null", "5.0"));
            const { tables } = optionsOf("events.jsonl", "--time", "%d/%m/%Y %H:%M");
            const [{ kind, numbers, columns, time, event, delimiter }] = tables;
            assert.deepEqual(
                [kind, numbers, event, delimiter],
                ["JSON lines", ["user", "weight"], undefined, undefined],
            );
            assert.deepEqual(columns, { user: "user", item: "item", time: "time", event: "event" });
            assert.deepEqual(time.parts, ["day", "month", "year", "hour", "minute"]);
            assert.match("09/10/2025 8:30", new RegExp(`^${time.pattern}$`));
        });

        it("`data-prep --dry-run` refuses more additional columns than Personalize allows", () => {
            put("events.csv", "user,item,time\n1,2,1760000000\n");
            const columns = ["user=1,item=2,time=3", ...[..."ABCDEF"].map((name) => `${name}=1`)].join();
            const { status, stderr } = dataPrep("events.csv", "--columns", columns, "--dry-run");
            assert.equal(status, 1);
            assert.match(stderr, /6 additional columns \(A, B, C, D, E, F\), and Personalize allows only 5/);
        });

        it("`data-prep --dry-run --items` prints the columns of the items, and fails without the file", () => {
            put("events.csv", "user,item,time\n1,2,1760000000\n");
            put("products.csv", "sku,name,price\n2,Mug,9.50\n");
            const ask = (items: string) => dataPrep("events.csv", "--items", items, "--dry-run");
            assert.match(ask("products.csv").stderr, /^products\.csv: id = sku, title = name, price = price$/m);
            assert.equal(ask("nothing.csv").status, 1);
        });
    });

    it("the last line of `data-prep` is the next command", () => {
        put("events.csv", ratingsFile(syntheticRatings()));
        const lastLine = (...args: string[]) => {
            const { stdout, stderr } = dataPrep("events.csv", ...args);
            return (stdout || stderr).trimEnd().split("\n").at(-1);
        };
        assert.equal(lastLine(), "next          npm run pulumi -- preview");
        assert.equal(
            lastLine("--output", "own/"),
            "next          npm run pulumi -- config set interactionsFile own/personalize_interactions_fixed.csv",
        );
        assert.match(lastLine("--dry-run") ?? "", /^As a command: {2}npm run data-prep -- events\.csv --columns/);
    });

    it("`data-prep --bad-rows quarantine` writes unusable rows to a file", () => {
        const rows = syntheticRatings().map(({ user, item, timestamp }) => `${user};${item};${timestamp}000`);
        put("events.csv", Buffer.from(`visitor_id;sku;ts\n${rows.join("\n")}\n,;x\u0007;1\n1;2\n`));
        const args = ["events.csv", "--output", "out/", "--bad-rows", "quarantine", "bad.csv"];
        const refused = dataPrep(...args, "--max-bad", "0.01%");
        assert.equal(refused.status, 1);
        assert.match(refused.stderr, /% of the rows, more than --max-bad 0\.01%/);
        // npm runs the command in the clone, and names the user's folder in INIT_CWD.
        const env = { ...process.env, INIT_CWD: at(""), npm_lifecycle_event: "data-prep" };
        const command = ["data-prep/cli.ts", ...args];
        const { status, stderr, stdout } = spawnSync(process.execPath, command, { encoding: "utf8", env });
        assert.equal(status, 0, stderr);
        assert.match(stderr, /semicolons, utf-8; user = visitor_id, item = sku, time = ts; times in milliseconds/);
        assert.match(stderr, /--columns user=visitor_id,item=sku,time=ts --time ms --event Watch/);
        assert.match(stdout, /^rows skipped +2$/m);
        const line = rows.length + 2;
        const file = at("events.csv");
        assert.equal(
            readFileSync(at("bad.csv"), "utf8"),
            "FILE,LINE,COLUMN,REASON,TEXT\n" +
                `"${file}","${line}","sku","item id has a control character",",;x\\u0007;1"\n` +
                `"${file}","${line + 1}","","2 semicolon-separated fields instead of 3 (visitor_id, sku, ts)","1;2"\n`,
        );
        assert.deepEqual(readdirSync(at("out")).sort(), [
            "catalogue.json",
            "fallback-tables.json",
            "manifest.json",
            "personalize_interactions_fixed.csv",
        ]);
    });
});
