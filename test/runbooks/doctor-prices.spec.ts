import assert from "node:assert/strict";
import { PricingClient } from "@aws-sdk/client-pricing";
import { prices } from "../../core/config/prices.ts";
import { comparePrices, matchPrice, parsePrices } from "../../runbooks/lib/doctor/price-list.ts";

interface Tier {
    readonly from?: string;
    readonly usd: string;
    readonly description?: string;
}

/** Returns a product with its terms (Billing User Guide, "Reading the service price list file"). */
function product(usagetype: string, unit: string, tiers: readonly Tier[]): string {
    const dimensions = tiers.map(({ from: beginRange = "0", usd: USD, description = "" }, index) => [
        `SKU.JRTCKXETXF.${index}`,
        { unit, beginRange, endRange: "Inf", description, pricePerUnit: { USD } },
    ]);
    const priceDimensions = Object.fromEntries(dimensions.reverse());
    return JSON.stringify({
        product: { attributes: { servicecode: "AmazonPersonalize", regionCode: "eu-central-1", usagetype } },
        terms: { OnDemand: { "SKU.JRTCKXETXF": { offerTermCode: "JRTCKXETXF", priceDimensions } } },
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
    let pages: readonly (readonly string[])[];
    let inputs: { readonly NextToken?: string; readonly ServiceCode?: string; readonly Filters?: object[] }[];
    /** Compares the prices of `pages`, or of a service that fails with `refusal`. */
    function compared(region: string, refusal?: Error) {
        inputs = [];
        const send = async ({ input }: { input: (typeof inputs)[number] }) => {
            if (refusal) throw refusal;
            inputs.push({ ...input });
            const next = Number(input.NextToken ?? 0) + 1;
            return { PriceList: pages[next - 1], ...(next < pages.length && { NextToken: String(next) }) };
        };
        return comparePrices(Object.assign(new PricingClient({ region: "us-east-1" }), { send }), region);
    }
    const error = (name: string, message = "") => Object.assign(new Error(message), { name });

    it("`comparePrices` reads all pages, and returns `ok` with the number of equal prices", async () => {
        pages = [
            [tps, imported],
            [trained, requestsV2, recommender],
        ];
        assert.deepEqual(await compared("eu-central-1"), {
            verdict: "ok",
            detail: "6 prices of Personalize in eu-central-1 are those of AWS's list",
        });
        const Filters = [{ Type: "TERM_MATCH", Field: "regionCode", Value: "eu-central-1" }];
        assert.deepEqual(
            inputs.map(({ ServiceCode, NextToken, Filters }) => [ServiceCode, NextToken, Filters]),
            [undefined, "1"].map((page) => ["AmazonPersonalize", page, Filters]),
        );
    });

    it("`comparePrices` warns of a price that differs by over 1 %", async () => {
        pages = [[product("EUC1-DataIngestion", "GB", [{ usd: "0.051" }]), trained]];
        const { verdict, detail } = await compared("eu-central-1");
        assert.deepEqual(
            [verdict, detail],
            ["warn", "AWS's price list differs by more than 1 %: ingestion is $0.051 and here $0.05"],
        );
        pages = [[product("EUC1-DataIngestion", "GB", [{ usd: "0.0504" }])]];
        assert.equal((await compared("eu-central-1")).verdict, "ok");
    });

    it("`comparePrices` returns `unknown` for a region without prices, and for an endpoint without the API", async () => {
        pages = [[]];
        assert.equal((await compared("eu-north-1")).verdict, "unknown");
        const { detail } = await compared("eu-central-1", error("UnknownOperationException"));
        assert.match(detail, /has no AWS Price List API/);
    });

    it("`comparePrices` throws AWS's error if the permission is missing", async () => {
        const denied = error("AccessDeniedException", "not authorized to perform: pricing:GetProducts");
        await assert.rejects(compared("eu-central-1", denied), /pricing:GetProducts/);
    });
});
