import assert from "node:assert/strict";
import { budgetThresholds } from "../../../cost/enforce-limit.ts";
import { changesTo, changeText } from "../../../runbooks/lib/cost/budget-changes.ts";
import type { BudgetView } from "../../../runbooks/lib/cost/budget-view.ts";
import { findProblems } from "../../../runbooks/lib/cost/budget-watch.ts";

const wanted = { name: "films", limitUsd: 20, service: "Amazon Personalize", email: "ann@example.org" };
const emailSubscribers = (address: string) => [{ kind: "EMAIL", address }];
const notifications = budgetThresholds.map(({ type, percent }) => ({
    type,
    threshold: percent,
    isPercent: true,
    state: "OK",
    subscribers: emailSubscribers(wanted.email),
}));
const budget: BudgetView = {
    name: "films",
    limitUsd: 20,
    spentUsd: 1,
    forecastUsd: 2,
    stack: undefined,
    notifications,
    budget: {
        BudgetName: "films",
        BudgetType: "COST",
        TimeUnit: "MONTHLY",
        CostFilters: { Service: ["Amazon Personalize"] },
    },
};
const texts = (view: BudgetView | undefined, more = {}) => {
    const desired = { ...wanted, ...more };
    return changesTo(view, desired).map((change) => changeText(change, desired));
};

describe("`changesTo`, the changes to an AWS budget", () => {
    it("`changesTo` returns one creation for a missing budget, and nothing for an equal budget", () => {
        assert.deepEqual(texts(budget), []);
        assert.deepEqual(texts(undefined), [
            "create budget films: $20 a month on Amazon Personalize, mail to ann@example.org at 50 % (actual), 80 % (actual), 100 % (actual), 100 % (forecasted)",
        ]);
    });

    it("`changesTo` returns updates of limit and service, and missing thresholds and subscribers", () => {
        const [first, second, ...rest] = notifications;
        assert.ok(first && second);
        const other = { ...second, subscribers: emailSubscribers("bob@example.org") };
        assert.deepEqual(texts({ ...budget, notifications: [first, other, ...rest.slice(0, 1)] }, { limitUsd: 30 }), [
            "update budget films: limit $20 → $30 a month",
            "notify ann@example.org, too, at 80 % (actual)",
            "notify ann@example.org at 100 % (forecasted)",
        ]);
        const ofAll = { ...budget, budget: { ...budget.budget, CostFilters: {} } };
        assert.deepEqual(texts(ofAll), ["update budget films: service (all) → Amazon Personalize"]);
    });

    it("`changesTo` does not mistake a threshold in US dollars for a percentage", () => {
        const dollars = notifications.map((one) => ({ ...one, isPercent: false }));
        assert.equal(texts({ ...budget, notifications: dollars }).length, 4);
    });

    it("`changesTo` rejects a budget that a stack created, and a usage budget", () => {
        assert.throws(() => texts({ ...budget, stack: "dev" }), /monthlyLimitUsd 20 --stack dev/);
        const usage = { ...budget, budget: { ...budget.budget, BudgetType: "USAGE" as const } };
        assert.throws(() => texts(usage), /not a monthly cost budget \(USAGE, MONTHLY\)/);
    });
});

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
