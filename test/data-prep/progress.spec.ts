import assert from "node:assert/strict";
import { convert } from "../../data-prep/convert.ts";
import { writeWholeFile } from "../../data-prep/files.ts";
import { readLayout } from "../../data-prep/layout.ts";
import { createProgress } from "../../data-prep/progress.ts";
import { makeTables } from "../../data-prep/tables/make.ts";
import { folderForEach } from "./folder.ts";
import { lines } from "./public-tables.ts";

describe("Progress of data-prep", () => {
    const { at, put } = folderForEach();
    const { now } = Date;
    afterEach(() => {
        Date.now = now;
    });

    it("`createProgress` is quiet for two seconds, then logs each phase at once and its share every two seconds", () => {
        let time = 0;
        Date.now = () => time;
        const logged: string[] = [];
        const progress = createProgress((line) => logged.push(`${time}${line}`));
        for (const [seconds, phase, done, total] of [
            [1, "reading", 10],
            [2, "reading", 3_000_000],
            [3, "reading", 4_000_000],
            [3.5, "searching for repeated rows"],
            [3.6, "comparing items", 0, 20],
            [4, "comparing items", 5, 20],
            [6, "comparing items", 19, 20],
        ] as const) {
            time = 1000 * seconds;
            progress(phase, done, total);
        }
        assert.deepEqual(logged, [
            "2000  reading 3,000,000 rows",
            "3500  searching for repeated rows",
            "3600  comparing items 0 %",
            "6000  comparing items 95 %",
        ]);
    });

    it("`convert` and `makeTables` report their phases until the end", async () => {
        const rows = Array.from({ length: 2000 }, (_, n) => `u${n % 60},i${n % 10},${1_700_000_000 + n}`);
        const plans = await readLayout(put("events.csv", lines("user,item,time", ...rows)), {}, 1_800_000_000);
        const phases: string[] = [];
        const progress = (...parts: unknown[]) => void phases.push(parts.join(" "));
        const { columns, sha256 } = await writeWholeFile(at("out.csv"), (_, file) =>
            convert(plans, file, { latest: 1_800_000_000, onProgress: progress }),
        );
        makeTables({ columns, sha256 }, progress);
        assert.deepEqual(
            [...phases.slice(0, 3), phases.at(-1)],
            ["reading 2000", "searching for repeated rows", "writing", "comparing items 10 10"],
        );
    });
});
