import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prices } from "../../../config/prices.ts";
import { type Instance, root } from "../../../packages/local-aws/instance.ts";
import { run } from "../../../packages/local-aws/pulumi.ts";
import { portOf } from "../../../packages/local-personalize/wire/http.ts";
import { deviation, matchPrice, parsePrices } from "../../../runbooks/lib/cost/price-list.ts";

interface Tier {
    readonly from?: string;
    readonly usd: string;
    readonly description?: string;
}

/** Returns a product with its terms (Billing User Guide, "Reading the service price list file"). */
function product(usagetype: string, unit: string, tiers: readonly Tier[]): string {
    const dimensions = tiers.map(({ from = "0", usd, description = "" }, index) => [
        `SKU.JRTCKXETXF.${index}`,
        {
            rateCode: `SKU.JRTCKXETXF.${index}`,
            unit,
            beginRange: from,
            endRange: "Inf",
            description,
            appliesTo: [],
            pricePerUnit: { USD: usd },
        },
    ]);
    return JSON.stringify({
        product: {
            productFamily: "Machine Learning",
            sku: "SKU",
            attributes: { servicecode: "AmazonPersonalize", regionCode: "eu-central-1", usagetype },
        },
        serviceCode: "AmazonPersonalize",
        terms: {
            OnDemand: {
                "SKU.JRTCKXETXF": {
                    sku: "SKU",
                    offerTermCode: "JRTCKXETXF",
                    effectiveDate: "2026-11-01T00:00:00Z",
                    priceDimensions: Object.fromEntries(dimensions.reverse()),
                    termAttributes: {},
                },
            },
        },
        version: "20261101000000",
        publicationDate: "2026-11-01T00:00:00Z",
    });
}

const tps = product("EUC1-RecommendationTPS-Hours", "TPS-Hours", [
    { usd: "0.2000000000", description: "$0.20 per TPS-hour" },
    { from: "20000", usd: "0.1000000000" },
    { from: "200000", usd: "0.0500000000" },
]);
const imported = product("EUC1-DataIngestion", "GB", [{ usd: "0.0500000000", description: "per GB ingested" }]);
const trained = product("EUC1-Training-Hours", "Hrs", [{ usd: "0.2400000000" }]);
const requestsV2 = product("EUC1-Recommendation-v2", "Requests", [{ usd: "0.0001500000" }]);
const recommender = product("EUC1-Recommender-Users", "Users", [{ usd: "0.0003750000" }]);

const listed = (usageType: string, unit: string, usd: number, more: { from?: number; description?: string } = {}) => ({
    usageType,
    unit,
    usd,
    from: 0,
    description: "",
    ...more,
});

describe("Prices of the AWS Price List", () => {
    it("`parsePrices` returns a product's price tiers in ascending order", () => {
        assert.deepEqual(
            parsePrices(tps).map(({ from, usd }) => [from, usd]),
            [
                [0, 0.2],
                [20_000, 0.1],
                [200_000, 0.05],
            ],
        );
    });

    const sure: [ReturnType<typeof listed>, string, number][] = [
        [listed("EUC1-DataIngestion", "GB", 0.05), "ingestion", 0.05],
        [listed("EUC1-Training-Hours", "Hrs", 0.24), "trainingHour", 0.24],
        [listed("EUC1-Campaign", "TPS-Hours", 0.1, { from: 20_000 }), "tpsHourFrom20k", 0.1],
        [listed("EUC1-Recommendation", "1K Requests", 0.0556), "tpsHour", 0.20016],
        [
            listed("EUC1-Recommendation", "Requests", 0.0000278, {
                from: 72_000_000,
                description: "$0.0278 per 1,000 recommendation requests, next 648M",
            }),
            "tpsHourFrom20k",
            0.10008,
        ],
        [listed("EUC1-TrainInteractions", "Interactions", 0.000002), "trainingInteractionsV2", 0.002],
        [listed("EUC1-TrainInteractions", "1000 Interactions", 0.002), "trainingInteractionsV2", 0.002],
        [listed("EUC1-Recommendations-V2", "1K Requests", 0.15), "requestsV2", 0.15],
        [
            listed("EUC1-X", "Requests", 0.00015, { description: "Inference, user-personalization-v2" }),
            "requestsV2",
            0.15,
        ],
    ];
    for (const [price, name, usd] of sure) {
        it(`\`matchPrice\` finds ${name} of config/prices.ts for the listed ${price.usageType} per ${price.unit}`, () => {
            const match = matchPrice(price);
            assert.equal(match?.name, name);
            assert.ok(Math.abs((match?.listedUsd ?? 0) - usd) < 1e-9, String(match?.listedUsd));
            assert.equal(match?.ourUsd, prices[name as keyof typeof prices].usd);
        });
    }

    const unsure: [string, ReturnType<typeof listed>][] = [
        ["of a domain recommender", listed("EUC1-Recommender-Training-Hours", "Hrs", 0.24)],
        ["of batch inference", listed("EUC1-BatchRecommendation", "1K Requests", 0.067)],
        ["in another unit", listed("EUC1-DataIngestion", "Records", 0.05)],
        ["of an unknown tier", listed("EUC1-Campaign", "TPS-Hours", 0.1, { from: 72_000 })],
        ["of requests without v2 in their description", listed("EUC1-Recommendation", "Requests", 0.00015)],
        ["with an unknown usage type", listed("EUC1-Foo", "Hrs", 0.2)],
    ];
    for (const [what, price] of unsure) {
        it(`\`matchPrice\` returns undefined for a listed price ${what}`, () =>
            assert.equal(matchPrice(price), undefined));
    }

    it("`deviation` returns the difference of a listed price, relative to the price in config/prices.ts", () => {
        assert.ok(Math.abs(deviation({ name: "tpsHour", ourUsd: 0.2, listedUsd: 0.24 }) - 0.2) < 1e-9);
        assert.ok(Math.abs(deviation({ name: "tpsHour", ourUsd: 0.2, listedUsd: 0.16 }) - 0.2) < 1e-9);
    });
});

describe("Runbook `prices`", () => {
    let server: Server;
    let instance: Instance;
    let pages: string[][];
    let requests: { target: string; body: { NextToken?: string; ServiceCode?: string; Filters?: object[] } }[];
    let refusal: object | undefined;

    before(async () => {
        server = createServer(async (request, response) => {
            let text = "";
            for await (const chunk of request) text += chunk;
            const body = JSON.parse(text || "{}");
            requests.push({ target: String(request.headers["x-amz-target"]), body });
            const page = Number(body.NextToken ?? 0);
            const more = page + 1 < pages.length;
            response.writeHead(refusal ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
            response.end(
                JSON.stringify(
                    refusal ?? {
                        FormatVersion: "aws_v1",
                        PriceList: pages[page],
                        ...(more && { NextToken: String(page + 1) }),
                    },
                ),
            );
        });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const port = portOf(server);
        const dir = join(tmpdir(), "prices-without-a-stack");
        instance = { root, dir, port, speed: "instant", officialPlugin: false, enforce: true };
    });
    after(() => void server.close());
    beforeEach(() => {
        [pages, requests, refusal] = [
            [
                [tps, imported],
                [trained, requestsV2, recommender],
            ],
            [],
            undefined,
        ];
    });

    const runPrices = (...args: string[]) =>
        run(instance, process.execPath, ["runbooks/prices.ts", "--region", "eu-central-1", ...args], "captured");

    it("the runbook `prices` reads all pages, compares each price and exits with 0", async () => {
        const { exitCode, stdout, stderr } = await runPrices();
        assert.equal(exitCode, 0, stdout + stderr);
        assert.deepEqual(
            requests.map(({ target, body }) => [target, body.ServiceCode, body.NextToken]),
            [
                ["AWSPriceListService.GetProducts", "AmazonPersonalize", undefined],
                ["AWSPriceListService.GetProducts", "AmazonPersonalize", "1"],
            ],
        );
        assert.deepEqual(requests[0]?.body.Filters, [
            { Type: "TERM_MATCH", Field: "regionCode", Value: "eu-central-1" },
        ]);
        const row = (start: string) => stdout.split("\n").find((line) => line.includes(start)) ?? "";
        assert.match(row("EUC1-DataIngestion"), /per GB ingested .* GB .* 0\.05 .* ingestion: 0\.05 .* same/);
        assert.match(row("from 20,000 on"), /tpsHourFrom20k: 0\.1 .* same/);
        assert.match(row("EUC1-Recommender-Users"), /– .* unmatched/);
        assert.match(
            stdout,
            /7 prices of Personalize in eu-central-1: 6 are also in config\/prices\.ts, and 0 of these differ/,
        );
    });

    it("the runbook `prices` exits with 1 if a price differs by over 1 %", async () => {
        pages = [[product("EUC1-DataIngestion", "GB", [{ usd: "0.051" }]), trained]];
        const { exitCode, stdout } = await runPrices();
        assert.equal(exitCode, 1);
        assert.match(stdout, /differs by 2\.0 %/);
        const json = await runPrices("--json");
        assert.equal(json.exitCode, 1);
        const document = JSON.parse(json.stdout);
        assert.deepEqual([document.schemaVersion, document.differ, document.prices.length], [1, 1, 2]);
        pages = [[product("EUC1-DataIngestion", "GB", [{ usd: "0.0504" }])]];
        assert.equal((await runPrices()).exitCode, 0);
    });

    it("the runbook `prices` reports a missing permission, or a region without prices", async () => {
        refusal = { __type: "AccessDeniedException", message: "not authorized" };
        const refused = await runPrices();
        assert.equal(refused.exitCode, 1);
        assert.match(refused.stderr, /needs pricing:GetProducts/);
        [refusal, pages] = [undefined, [[]]];
        const none = await runPrices();
        assert.equal(none.exitCode, 1);
        assert.match(none.stderr, /lists no price of Personalize in eu-central-1/);
    });

    it("the runbook `prices` exits with 3 if AWS rejects the credentials", async () => {
        refusal = { __type: "UnrecognizedClientException", message: "The security token included is invalid." };
        assert.equal((await runPrices()).exitCode, 3);
    });
});
