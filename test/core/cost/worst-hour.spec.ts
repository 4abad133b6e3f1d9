import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { buildStorefront } from "../../../app/storefront/build.ts";
import { readApiDescription } from "../../../components/api/api-document.ts";
import { prices } from "../../../core/config/prices.ts";
import { listsPath, otherPaths, throttles, toRates } from "../../../core/config/throttles.ts";
import { answerKb, worstHour, worstHourUsd } from "../../../core/cost/worst-hour.ts";
import { good } from "../config/parsed.ts";

const defaults = good();

describe("Worst hour of the API", () => {
    it("all requests that the default throttles let pass in an hour cost less than $1", () => {
        for (const storefront of ["api", "cloudfront"] as const) {
            const usd = worstHourUsd({ ...defaults, storefront });
            assert.ok(usd < 1, `${storefront}: $${usd}`);
        }
        const experiment = { name: "first", control: "popular", share: 50, windowHours: 24 } as const;
        assert.ok(worstHourUsd({ ...defaults, experiment }) - worstHourUsd(defaults) < 0.02);
    });

    it("the worst hour includes each process's start, its reads of the status and its reports of counts", () => {
        const usdOf = (what: string, burst: number) =>
            worstHour(defaults, [{ ending: "", methodPath: listsPath, rate: 20, burst }]).find((row) =>
                row.what.startsWith(what),
            )?.usd ?? 0;
        // 72,000 lists in an hour: two reads of the viewer and two of the status, and two reports.
        const calls = 3600 * 4 * prices.tableWrites.usd;
        const lists = 72_000 * (4 * prices.tableReads.usd + 2 * prices.tableWrites.usd);
        assert.ok(Math.abs(usdOf("DynamoDB", 0) * 1e6 - calls - lists) < 1);
        // A burst of 100 requests starts at most 100 processes.
        assert.ok(usdOf("Lambda", 100) - usdOf("Lambda", 0) >= 100 * 0.5 * prices.lambdaGbSecond.usd);
    });

    it("a request to an unknown path has the price of the dearest known request", () => {
        const usdOf = (methodPath: string) =>
            worstHour(defaults, [{ ending: "", methodPath, rate: 10, burst: 0 }]).reduce(
                (sum, { usd }) => sum + usd,
                0,
            );
        const known = throttles(toRates(defaults)).flatMap(({ methodPath }) =>
            methodPath === otherPaths ? [] : [usdOf(methodPath)],
        );
        assert.equal(usdOf("~1posters~1{id}/GET"), Math.max(...known));
    });

    it("the cost of the worst hour never falls if a throttle or the minimum TPS rises", () => {
        const whole = fc.integer({ min: 1, max: 5000 });
        fc.assert(
            fc.property(whole, whole, fc.integer({ min: 1, max: 200 }), (one, other, minProvisionedTPS) => {
                const of = (requestsPerSecond: number) =>
                    worstHourUsd({
                        ...defaults,
                        minProvisionedTPS,
                        throttle: { ...defaults.throttle, requestsPerSecond },
                    });
                assert.ok(of(Math.min(one, other)) <= of(Math.max(one, other)) + 1e-9);
            }),
        );
    });

    it("no file of the page and no API description is longer than the calculation assumes", async () => {
        const { directory } = await buildStorefront();
        const files = readdirSync(directory, { recursive: true, encoding: "utf8" });
        const longest = Math.max(...files.map((file) => statSync(join(directory, file)).size));
        assert.ok(longest <= answerKb.page * 1024, `${longest} bytes`);
        const description = JSON.stringify(readApiDescription()).length;
        assert.ok(description <= answerKb.other * 1024, `${description} bytes`);
    });
});
