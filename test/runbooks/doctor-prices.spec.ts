import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { PricingClient } from "@aws-sdk/client-pricing";
import { prices } from "../../core/config/prices.ts";
import { portOf } from "../../packages/local-personalize/wire/http.ts";
import { comparePrices, matchPrice, parsePrices } from "../../runbooks/lib/doctor/price-list.ts";

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
        it(`\`matchPrice\` finds ${name} of core/config/prices.ts for the listed ${price.usageType} per ${price.unit}`, () => {
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
});

describe("`comparePrices`, the check prices of `doctor`", () => {
    let server: Server;
    let client: PricingClient;
    let pages: string[][];
    let requests: { target: string; body: { NextToken?: string; ServiceCode?: string; Filters?: object[] } }[];
    let refusal: object | undefined;

    before(async () => {
        server = createServer(async (request, response) => {
            const body = JSON.parse((await text(request)) || "{}");
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
        const credentials = { accessKeyId: "test", secretAccessKey: "test" };
        client = new PricingClient({
            region: "us-east-1",
            endpoint: `http://127.0.0.1:${portOf(server)}`,
            credentials,
        });
    });
    after(() => {
        client.destroy();
        server.close();
    });
    beforeEach(() => {
        [requests, refusal] = [[], undefined];
    });

    it("`comparePrices` reads all pages, and returns `ok` with the number of equal prices", async () => {
        pages = [
            [tps, imported],
            [trained, requestsV2, recommender],
        ];
        assert.deepEqual(await comparePrices(client, "eu-central-1"), {
            verdict: "ok",
            detail: "6 prices of Personalize in eu-central-1 are those of AWS's list",
        });
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
    });

    it("`comparePrices` warns of a price that differs by over 1 %", async () => {
        pages = [[product("EUC1-DataIngestion", "GB", [{ usd: "0.051" }]), trained]];
        const { verdict, detail } = await comparePrices(client, "eu-central-1");
        assert.deepEqual(
            [verdict, detail],
            ["warn", "AWS's price list differs by more than 1 %: ingestion is $0.051 and here $0.05"],
        );
        pages = [[product("EUC1-DataIngestion", "GB", [{ usd: "0.0504" }])]];
        assert.equal((await comparePrices(client, "eu-central-1")).verdict, "ok");
    });

    it("`comparePrices` returns `unknown` for a region without prices, and for an endpoint without the API", async () => {
        pages = [[]];
        assert.equal((await comparePrices(client, "eu-north-1")).verdict, "unknown");
        refusal = { __type: "UnknownOperationException" };
        assert.match((await comparePrices(client, "eu-central-1")).detail, /has no AWS Price List API/);
    });

    it("`comparePrices` throws AWS's error if the permission is missing", async () => {
        refusal = { __type: "AccessDeniedException", message: "not authorized to perform: pricing:GetProducts" };
        await assert.rejects(comparePrices(client, "eu-central-1"), /pricing:GetProducts/);
    });
});
