import assert from "node:assert/strict";
import fc from "fast-check";
import {
    type Layer,
    requestTiers,
    servingLayers,
    type Traffic,
    tieredUsd,
    transferTiers,
    usualTraffic,
} from "../../cost/serving-layers.ts";

const traffic: Traffic = {
    requestsPerSecond: 100,
    region: "us-east-1",
    edge: true,
    shared: 0.5,
    events: 0.1,
    edgeHits: 0.8,
    memoryHits: 0.25,
    tableHits: 0.5,
    functionMs: 10,
    answerKb: 4,
    recipe: "aws-user-personalization",
    minProvisionedTPS: 1,
};
const layer = (what: Layer["what"], more: Partial<Traffic> = {}) =>
    servingLayers({ ...traffic, ...more }).find((one) => one.what === what);
const near = (actual: number | undefined, expected: number, off = 0.01) =>
    assert.ok(actual !== undefined && Math.abs(actual - expected) <= off, `${actual} is not ${expected}`);

/** Seconds of a month of 730 hours, in millions. */
const month = 2.628;

describe("`servingLayers` at 100 requests a second", () => {
    it("each layer of the API receives only the requests that the earlier layers did not answer", () => {
        near(layer("CloudFront")?.perSecond, 100);
        near(layer("API Gateway")?.perSecond, 60);
        near(layer("Lambda")?.perSecond, 60);
        // DynamoDB gets 30 reads of viewers, 10 writes of lists, and 10 reads and 10 writes of events.
        near(layer("DynamoDB")?.perSecond, 60);
        near(layer("campaign")?.perSecond, 10);
        near(layer("event tracker")?.perSecond, 10);
    });

    it("the cost of each layer of the API equals a calculation by hand", () => {
        // API Gateway bills 157.68 million requests at $3.50 per million.
        near(layer("API Gateway")?.usd, 157.68 * 3.5);
        // Lambda bills $0.20 per million requests, and 0.5 GB of memory for 10 ms each.
        near(layer("Lambda")?.usd, 157.68 * (0.2 + 0.5 * 0.01 * 13.3334));
        // A read needs one unit: 30 of viewers and 10 of events. The write of a list needs three units, and of an event
        // one unit.
        near(layer("DynamoDB")?.usd, 40 * month * 0.125 + 40 * month * 0.625);
        // The campaign uses 10 TPS: 7,300 TPS-hours, below the tier of 20,000.
        near(layer("campaign")?.usd, 7300 * 0.2);
        near(layer("campaign", { recipe: "aws-user-personalization-v2" })?.usd, 7300 * 3.6 * 0.15);
        near(layer("event tracker")?.usd, ((10 * month * 1e6 * 0.25) / 1024 ** 2) * 0.05);
        // X-Ray records 1 request a second and 5 % of the other 59, at $5 per million. Each request logs one KB.
        near(layer("logs and traces")?.usd, 3.95 * month * 5 + ((60 * month * 1e6) / 1024 ** 2) * 0.5);
        // CloudFront bills 262.8 million requests at $1 per million, and 1,002.5 GB.
        near(layer("CloudFront")?.usd, 262.8 + ((262.8e6 * 4) / 1024 ** 2) * 0.085);
        assert.equal(layer("data transfer"), undefined);
    });

    it("without CloudFront, API Gateway gets all requests and data transfer costs money", () => {
        assert.equal(layer("CloudFront", { edge: false }), undefined);
        near(layer("API Gateway", { edge: false })?.perSecond, 100);
        near(layer("data transfer", { edge: false })?.usd, ((262.8e6 * 4) / 1024 ** 2) * 0.09);
    });

    it("AWS bills a campaign for its requests, and at least for the minimum TPS", () => {
        near(layer("campaign", { minProvisionedTPS: 8 })?.usd, 7300 * 0.2);
        near(layer("campaign", { minProvisionedTPS: 20 })?.usd, 14_600 * 0.2);
        near(layer("campaign", { requestsPerSecond: 0 })?.usd, 730 * 0.2);
    });
});

describe("`tieredUsd`", () => {
    it("`tieredUsd` uses a tier's price from the amount at which the tier begins", () => {
        near(tieredUsd(333, requestTiers), 333 * 3.5);
        near(tieredUsd(1200, requestTiers), 333 * 3.5 + 667 * 2.8 + 200 * 2.38);
        near(tieredUsd(60_000, transferTiers), 10_240 * 0.09 + 40_960 * 0.085 + 8800 * 0.07);
    });
});

describe("`servingLayers` for random traffic", () => {
    const part = fc.double({ min: 0, max: 0.5, noNaN: true });
    const any = fc.record({
        requestsPerSecond: fc.double({ min: 0, max: 20_000, noNaN: true }),
        edge: fc.boolean(),
        shared: part,
        events: part,
        edgeHits: part,
        memoryHits: part,
        tableHits: part,
        functionMs: fc.integer({ min: 1, max: 1000 }),
        answerKb: fc.integer({ min: 1, max: 50 }),
        recipe: fc.constantFrom("aws-user-personalization", "aws-user-personalization-v2", undefined),
        minProvisionedTPS: fc.integer({ min: 1, max: 500 }),
        region: fc.constantFrom("us-east-1", "eu-central-1"),
    });
    const sum = (layers: readonly Layer[]) => layers.reduce((total, { usd }) => total + usd, 0);

    it("no layer has a negative cost, and the cost never falls if traffic rises", () => {
        fc.assert(
            fc.property(any, fc.double({ min: 1, max: 3, noNaN: true }), (one, times) => {
                const layers = servingLayers(one);
                for (const { what, usd, perSecond } of layers) {
                    assert.ok(usd >= 0 && Number.isFinite(usd) && perSecond >= 0, `${what} ${usd} ${perSecond}`);
                }
                const grown = servingLayers({ ...one, requestsPerSecond: one.requestsPerSecond * times });
                for (const [index, { what, usd }] of layers.entries()) {
                    assert.ok((grown[index]?.usd ?? 0) >= usd - 1e-6, `${what} bills less for more`);
                }
                assert.ok(sum(grown) >= sum(layers) - 1e-6);
            }),
        );
    });
});

describe("`usualTraffic`", () => {
    it("`usualTraffic` assumes that the campaign answers 15 to 17 % of list requests, as measured", () => {
        const { memoryHits, tableHits } = usualTraffic;
        const left = 1 - memoryHits - tableHits;
        assert.ok(left >= 0.15 && left <= 0.17, `${left}`);
    });
});
