import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { loadRows } from "../../packages/local-personalize/importing/rows.ts";
import { interactionsCsv, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { running } from "../support/orphans.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const bench = new URL("../../bench/", import.meta.url).pathname;

describe("`bench:train`", () => {
    let folder: string;
    beforeEach(() => {
        folder = temporaryFolder();
    });

    const generate = async (name: string, ...numbers: number[]) => {
        const file = join(folder, name);
        const script = join(bench, "train", "generate.ts");
        await promisify(execFile)(process.execPath, [script, file, ...numbers.map(String)]);
        return file;
    };

    it("generate.ts writes equal bytes for equal arguments", async () => {
        const [one, two] = [await generate("one", 50, 300, 2_000), await generate("two", 50, 300, 2_000)];
        assert.deepEqual(await readFile(one), await readFile(two));
    });

    it("generate.ts draws items by Zipf's law and no item twice for the same user", async () => {
        const rows = loadRows(await generate("rows", 400, 1_000, 20_000));
        assert.ok(Math.abs(rows.items.length - 20_000) < 1_000, `${rows.items.length}`);
        const counts = new Int32Array(1_000);
        const histories = Array.from({ length: 400 }, () => new Set<number>());
        rows.items.forEach((item, row) => {
            counts[item] = (counts[item] ?? 0) + 1;
            histories[rows.users[row] ?? 0]?.add(item);
        });
        const lengths = histories.map(({ size }) => size).sort((a, b) => a - b);
        assert.equal(
            lengths.reduce((sum, length) => sum + length, 0),
            rows.items.length,
            "no user has an item twice",
        );
        assert.ok((lengths[0] ?? 0) >= 2 && (lengths.at(-1) ?? 0) > 5 * (lengths[200] ?? 0), lengths.join());
        const share = (from: number, to: number) =>
            counts.slice(from, to).reduce((sum, count) => sum + count, 0) / rows.items.length;
        const parts = [share(0, 100), share(100, 200), share(800, 900)] as const;
        assert.ok(parts[0] > 2 * parts[1] && parts[1] > 1.5 * parts[2], parts.join());
        assert.ok(rows.timestamps.every((time, row) => row === 0 || time > (rows.timestamps[row - 1] ?? 0)));
    });

    it("generate.ts limits each user's history to half of the items", async () => {
        const rows = loadRows(await generate("rows", 20, 40, 10_000));
        assert.equal(rows.items.length, 20 * 20, "half of the items are the longest history");
    });

    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        it(`\`bench:train\` leaves no folder and no process after ${signal}`, async () => {
            const data = join(folder, "interactions.csv");
            await writeFile(data, interactionsCsv(syntheticRatings()));
            const temporary = await mkdtemp(join(folder, "tmp-"));
            const child = spawn(process.execPath, [join(bench, "bench-train.ts"), "--data", data, "--only", "1m"], {
                env: { ...process.env, TMPDIR: temporary },
                stdio: ["ignore", "ignore", "pipe"],
            });
            const exit = once(child, "exit");
            const lines: string[] = [];
            for await (const line of createInterface({ input: child.stderr })) {
                if (lines.push(line) && line.includes("interactions")) break;
            }
            child.stderr.resume();
            const generators = () => running().filter(({ command }) => command.includes(temporary));
            while (generators().length === 0 && child.exitCode === null) await sleep(20);
            assert.equal((await readdir(temporary)).length, 1, lines.join("\n"));
            child.kill(signal);
            assert.deepEqual(await exit, [signal === "SIGINT" ? 130 : 143, null]);
            while (generators().length > 0) await sleep(20);
            assert.deepEqual(await readdir(temporary), []);
        });
    }
});
