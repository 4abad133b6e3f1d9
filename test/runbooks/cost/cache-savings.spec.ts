import assert from "node:assert/strict";
import { CloudWatch, type GetMetricDataCommandInput } from "@aws-sdk/client-cloudwatch";
import { type ServedWindow, savedCalls } from "../../../cost/spend.ts";
import { day, window } from "../../../cost/time.ts";
import { cacheSavings, cacheSavingsText } from "../../../runbooks/lib/cost/traffic.ts";

const campaign = { recipe: "aws-user-personalization", minProvisionedTPS: 1 };
const near = (actual: number | undefined, expected: number) =>
    assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 1e-6, `${actual} is not ${expected}`);
const saved = (windows: readonly ServedWindow[], of = campaign) => savedCalls(windows, window, of);

describe("`savedCalls`, the cost of the campaign calls that caches save", () => {
    // 300 requests in five minutes are 1 TPS for 1/12 of an hour.
    it("`savedCalls` returns the price of saved calls above the minimum TPS, by 5-minute windows", () => {
        near(saved([{ lists: 3000, calls: 300 }]).usd, (9 / 12) * 0.2);
        near(saved([{ lists: 3000, calls: 1500 }]).usd, (5 / 12) * 0.2);
        near(saved([{ lists: 3000, calls: 300 }], { ...campaign, minProvisionedTPS: 4 }).usd, (6 / 12) * 0.2);
        near(
            saved([{ lists: 3000, calls: 300 }], { ...campaign, recipe: "aws-user-personalization-v2" }).usd,
            2.7 * 0.15,
        );
    });

    it("`savedCalls` returns $0 for any number of calls below the minimum TPS", () => {
        assert.deepEqual(saved(Array.from({ length: 1000 }, () => ({ lists: 300, calls: 0 }))), {
            lists: 300_000,
            calls: 0,
            usd: 0,
        });
    });

    it("`savedCalls` does not let an idle window reduce the savings of a busy window", () => {
        near(
            saved([
                { lists: 600, calls: 0 },
                { lists: 0, calls: 0 },
            ]).usd,
            (1 / 12) * 0.2,
        );
    });

    it("`savedCalls` returns $0 if the campaign got more calls than the API did", () => {
        near(saved([{ lists: 10, calls: 900 }]).usd, 0);
        assert.deepEqual(saved([]), { lists: 0, calls: 0, usd: 0 });
    });
});

describe("`cacheSavings` from CloudWatch metrics", () => {
    const now = Date.parse("2026-11-25T18:00:00Z");
    const month = { start: Date.parse("2026-11-01T00:00:00Z"), end: Date.parse("2026-12-01T00:00:00Z"), now };
    const of = { stack: "dev", ...campaign };

    /** Returns an SDK client that returns the given metric results. */
    function clientOf(sums: Readonly<Record<string, readonly number[]>>, StatusCode = "Complete") {
        const inputs: GetMetricDataCommandInput[] = [];
        const client = new CloudWatch({ region: "eu-central-1" });
        client.middlewareStack.add(
            () => async (args) => {
                const input = args.input as GetMetricDataCommandInput;
                inputs.push(input);
                const MetricDataResults = (input.MetricDataQueries ?? []).map(({ Id, MetricStat }) => {
                    const Values = sums[MetricStat?.Metric?.MetricName ?? ""] ?? [];
                    const Timestamps = Values.map((_, index) => new Date(month.start + index * window));
                    return { Id, Values, Timestamps, StatusCode };
                });
                return { output: { $metadata: {}, MetricDataResults }, response: {} };
            },
            { step: "initialize", priority: "high" },
        );
        return { client, asked: inputs };
    }

    it("`cacheSavings` counts only personal lists and the campaign calls for personal lists", async () => {
        const { client, asked } = clientOf({
            AnsweredByCache: [2000, 10],
            AnsweredByCampaign: [500],
            AnsweredByPrecomputed: [500],
            AnsweredByPopular: [99_999],
            CampaignCalls: [600, 0],
        });
        const savings = await cacheSavings(client, of, month);
        assert.deepEqual([savings?.lists, savings?.calls], [3010, 600]);
        near(savings?.usd, (8 / 12) * 0.2);
        const [query] = asked[0]?.MetricDataQueries ?? [];
        assert.deepEqual(query?.MetricStat?.Metric?.Dimensions, [{ Name: "Stack", Value: "dev" }]);
        assert.equal(query?.MetricStat?.Period, 300);
    });

    it("`cacheSavings` reads hourly data for periods without 5-minute data in CloudWatch", async () => {
        const { client, asked } = clientOf({});
        await cacheSavings(client, of, { ...month, start: now - 70 * day });
        assert.equal(asked[0]?.MetricDataQueries?.[0]?.MetricStat?.Period, 3600);
    });

    it("`cacheSavings` fails if CloudWatch returns partial data", async () => {
        const { client } = clientOf({}, "PartialData");
        await assert.rejects(cacheSavings(client, of, month), /returned only part of/);
    });

    it("`cacheSavingsText` returns one line, even if the caches saved nothing", () => {
        assert.equal(
            cacheSavingsText({ lists: 30_000, calls: 4000, usd: 12.4 }),
            "Caching: 30,000 personal lists needed 4,000 campaign calls, which saved ≈ $12 (US price, unverified); below the campaign's minimum a call saves nothing.",
        );
        assert.match(cacheSavingsText({ lists: 30, calls: 4, usd: 0 }), /saved nothing.*within the campaign's minimum/);
        assert.match(cacheSavingsText({ lists: 0, calls: 0, usd: 0 }), /had no requests/);
    });
});
