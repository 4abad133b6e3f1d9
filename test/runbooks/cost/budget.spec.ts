import assert from "node:assert/strict";
import { shell } from "terminal-text";
import { budgetThresholds } from "../../../core/cost/enforce-limit.ts";
import type { BudgetView } from "../../../runbooks/lib/cost/budget-view.ts";
import { findProblems } from "../../../runbooks/lib/cost/budget-watch.ts";

const notifications = budgetThresholds.map(({ type, percent }) => ({
    type,
    threshold: percent,
    isPercent: true,
    state: "OK",
    subscribers: [{ kind: "EMAIL", address: "ann@example.org" }],
}));
const budget: BudgetView = {
    name: "films",
    limitUsd: 20,
    spentUsd: 1,
    forecastUsd: 2,
    stack: undefined,
    notifications,
};
describe("`findProblems` with a budget and its alarms", () => {
    const topicArn = "arn:aws:sns:eu-central-1:000000000000:notices";
    const subscriptions = [{ protocol: "email", endpoint: "ann@example.org", confirmed: true }];
    const alarm = { name: "movie-recommender-alarm-errors", state: "OK", since: null, reason: "", page: null };
    const all = { budget, isBudgetWanted: true, subscriptions, alarms: [alarm] };
    const nothing = { subscriptions: undefined, alarms: [] };

    it("`findProblems` returns nothing if the subscription is confirmed and no alarm fires", () =>
        assert.deepEqual(findProblems(all, topicArn), []));

    it("`findProblems` returns an unconfirmed email address, with the command that subscribes the address again", () => {
        const pending = subscriptions.map((one) => ({ ...one, confirmed: false }));
        const [problem = "", ...others] = findProblems({ ...all, subscriptions: pending }, topicArn);
        assert.match(
            problem,
            /ann@example\.org has not confirmed.*aws sns subscribe --topic-arn arn:aws:sns\S+notices /,
        );
        assert.deepEqual(others, []);
    });

    it("`findProblems` quotes an endpoint that a shell would otherwise split or run", () => {
        const endpoint = "https://hooks.example.org/?a=1&b='$(id)'; echo \n";
        const pending = [{ protocol: "https", endpoint, confirmed: false }];
        const [problem = ""] = findProblems({ ...all, subscriptions: pending }, topicArn);
        const words = ["--topic-arn", topicArn, "--protocol", "https", "--notification-endpoint", endpoint];
        assert.ok(problem.endsWith(`: aws sns subscribe ${shell(...words)}`), problem);
    });

    it("`findProblems` returns exceeded thresholds, firing alarms with their section of docs/alarms.md, and missing resources", () => {
        const fired = notifications.map((one, index) => ({ ...one, state: index === 0 ? "ALARM" : "OK" }));
        assert.match(
            findProblems({ ...all, budget: { ...budget, notifications: fired } }, topicArn)[0] ?? "",
            /above 50 %/,
        );
        const alarms = [{ ...alarm, state: "ALARM", reason: "5 errors.", page: "docs/alarms.md#errors" }];
        assert.match(
            findProblems({ ...all, alarms }, topicArn)[0] ?? "",
            /alarm-errors: 5 errors\. .*docs\/alarms\.md#errors/,
        );
        const missing = { budget: undefined, ...nothing };
        assert.equal(findProblems({ ...missing, isBudgetWanted: true }, topicArn).length, 2);
        assert.equal(
            findProblems({ ...missing, isBudgetWanted: false }, undefined).length,
            0,
            "config budget is false",
        );
        assert.equal(findProblems({ ...all, ...nothing }, undefined).length, 0);
    });
});
