import assert from "node:assert/strict";
import { selectAlarms } from "../../../components/observability/alarms.ts";
import { metricMath } from "../../../packages/local-aws/gateway/alarms/metric-math.ts";

const place = {
    stack: "dev",
    campaignArn: "campaign",
    datasetGroupArn: "group",
    solutionArn: "solution",
    apiName: "api",
};
const alarms = selectAlarms(place, {
    idleHours: 24,
    monthlyLimitUsd: 200,
    maximumNdcgDrop: 15,
    requestsPerSecond: 100,
    eventsPerSecond: 10,
});
const period = 0;

/** Returns whether a five-minute period with these sums breaches the alarm. A metric without a sum has no datapoint. */
function breaches(id: string, sums: Readonly<Record<string, number>>): boolean {
    const alarm = alarms.find((one) => one.id === id);
    assert.ok(alarm && "sums" in alarm.watches);
    const { expression, sums: metrics } = alarm.watches;
    const fetched = new Map(
        Object.keys(metrics).map((id) => [id, new Map(sums[id] === undefined ? [] : [[period, sums[id]]])]),
    );
    return (metricMath(expression, fetched, [period]).get(period) ?? 0) > alarm.threshold;
}

describe("Outage alarms", () => {
    const cases: [string, string, Record<string, number>, boolean][] = [
        ["errors", "a total outage: no request succeeds", { failures: 40, badRequests: 0 }, true],
        ["errors", "a total outage by 4xx alone", { badRequests: 40 }, true],
        ["errors", "a total outage with few requests", { failures: 3 }, true],
        ["errors", "a partial outage", { successes: 36, failures: 3, badRequests: 1 }, true],
        ["errors", "one failure of twenty", { successes: 19, failures: 1, badRequests: 0 }, false],
        ["errors", "five failures of a hundred", { successes: 95, failures: 5, badRequests: 0 }, false],
        ["errors", "no failures", { successes: 40, failures: 0, badRequests: 0 }, false],
        ["errors", "no failures and no zeros", { successes: 40 }, false],
        ["errors", "no requests", {}, false],
        ["campaign-failures", "a total outage with few calls", { calls: 3, failures: 3 }, true],
        ["campaign-failures", "a partial outage", { calls: 40, failures: 4 }, true],
        ["campaign-failures", "two slow calls", { calls: 4, failures: 2 }, false],
        ["campaign-failures", "no failures", { calls: 40, failures: 0 }, false],
        ["campaign-failures", "no requests", {}, false],
    ];
    for (const [id, what, sums, expected] of cases) {
        it(`the alarm \`${id}\` ${expected ? "fires" : "does not fire"} in this case: ${what}`, () =>
            assert.equal(breaches(id, sums), expected));
    }
});
