import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { runGuard } from "../../app/functions/cost-guard/run-guard.ts";
import { root } from "../../packages/local-aws/instance.ts";
import { billTable, windowUsd } from "./money/bill-table.ts";
import { disturb, faults, undisturbed } from "./money/faults.ts";
import { month } from "./money/month.ts";
import { sabotages } from "./money/sabotage.ts";
import { scenarios } from "./money/scenarios.ts";
import { type FaultResult, virtualMonths } from "./money/virtual-months.ts";

const named = (name: string) => scenarios.filter((scenario) => scenario.name === name);
const withFaults = (...words: readonly string[]) =>
    faults.filter(({ name }) => words.some((word) => name.includes(word)));

describe("`drill:money`", () => {
    it("the modules of `drill:money` import neither config/prices nor cost", () => {
        for (const file of ["bill-table.ts", "oracle.ts", "month.ts", "metered.ts", "bill-month.ts"]) {
            const text = readFileSync(join(root, "test", "drills", "money", file), "utf8");
            assert.doesNotMatch(text, /from "[./]+(config\/prices|cost\/(?!guard-config))/, file);
        }
        assert.equal(billTable.RecommendationTPSHours, 0.2);
        // One hour at 2 TPS, in windows of five minutes and with a minimum of 1 TPS, costs 0.40 USD. One hour of a v2
        // recipe at its minimum costs 0.54 USD.
        const five = { hours: 1 / 12, minimum: 1, requests: 600 };
        assert.ok(Math.abs(12 * windowUsd(false, five) - 0.4) < 1e-9);
        assert.ok(Math.abs(windowUsd(true, { hours: 1, minimum: 1, requests: 100 }) - 0.54) < 1e-9);
    });

    it("each of the 20 simulated faults, except duplicate messages, changes what the cost guard does in a month", async () => {
        assert.equal(new Set(faults.map(({ name }) => name)).size, 20);
        const [scenario] = named("forgotten weekends");
        const [fault] = withFaults("in every attempt");
        assert.ok(scenario && fault);
        const calm = await month(scenario, undisturbed, runGuard, 7);
        const twice = [1, 1, 2].map((seed) => month(scenario, disturb(fault, calm.moments, seed), runGuard, 7));
        const [first, again, other] = await Promise.all(twice);
        assert.deepEqual(first, again);
        assert.notDeepEqual(first, other);
        // Readers drop the second copy of a message, so duplicate messages change nothing.
        const equal: string[] = [];
        for (const each of faults) {
            const disturbed = await month(scenario, disturb(each, calm.moments, 1), runGuard, 7);
            if (isDeepStrictEqual(disturbed, calm)) equal.push(each.name);
        }
        assert.deepEqual(equal, ["every message arrives twice"]);
    });

    it("`virtualMonths` finds no fault in the cost guard despite killed and parallel runs", async () => {
        const chosen = {
            scenarios: ["limit raised", "forgotten weekends", "idle demo with prefetch"].flatMap(named),
            faults: withFaults("after it noted", "after the park", "twice, at once"),
        };
        for (const result of await virtualMonths(3, undefined, undefined, chosen)) {
            assert.deepEqual(result.wrong, [], result.fault);
            assert.ok(result.survived, result.fault);
        }
    });

    const wrongOf = (results: readonly FaultResult[]) => results.flatMap(({ wrong }) => wrong).join("\n");
    const one = "runaway";
    /**
     * Cost guards with a bug: the bug, a scenario and faults of AWS that reveal it, and a check that the results of
     * `virtualMonths` show it.
     */
    const bad: readonly (readonly [
        how: string,
        scenario: string,
        faults: typeof faults,
        isCaught: (results: readonly FaultResult[]) => boolean,
    ])[] = [
        [
            "counts-the-prefetch",
            "idle demo with prefetch",
            [],
            (results) => /no idle from day 1 01:1\d to day 1 0\d:\d\d/.test(wrongOf(results)),
        ],
        ["forgets-intent", one, withFaults("after the park"), (results) => /no limit-reached/.test(wrongOf(results))],
        ["parks-an-hour-late", one, [], (results) => results.every(({ enforcementMinutes: took }) => took > 45)],
        [
            "notifies-under-a-new-id",
            one,
            withFaults("after a notification"),
            (results) => /limit-reached .*, which was not to come/.test(wrongOf(results)),
        ],
    ];
    for (const [how, scenario, chosenFaults, isCaught] of bad) {
        const fault = how.replaceAll("-", " ");
        it(`\`virtualMonths\` detects a cost guard that ${fault}`, async () => {
            const chosen = { scenarios: named(scenario), faults: chosenFaults };
            const results = await virtualMonths(1, sabotages[how], undefined, chosen);
            assert.ok(results.some(({ survived }) => !survived));
            assert.ok(isCaught(results), wrongOf(results));
        });
    }
});
