import assert from "node:assert/strict";
import { measured } from "../../bench/prep/measured.ts";

describe("`measured`", () => {
    it("`measured` returns a program's duration and peak memory", async () => {
        const program = "Buffer.alloc(200 << 20, 1); setTimeout(() => {}, 300)";
        const { seconds, peakMib } = await measured(process.execPath, ["-e", program]);
        assert.ok(seconds >= 0.3, `${seconds} s`);
        if (process.platform === "linux") assert.ok(peakMib !== undefined && peakMib > 200, `${peakMib} MiB`);
    });

    it("`measured` throws an error with the stderr of a program that failed", async () => {
        await assert.rejects(
            measured(process.execPath, ["-e", "console.error('no rows'); process.exit(3)"]),
            /ended with 3:\nno rows/,
        );
    });
});
