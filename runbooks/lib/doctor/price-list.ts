import { PricingClient, paginateGetProducts } from "@aws-sdk/client-pricing";
import { hasName } from "terminal-text";
import { prices } from "../../../core/config/prices.ts";
import { keysOf } from "../../../core/config/records.ts";
import { readPages } from "../stack/stack.ts";
import { type Check, type Finding, ok, unknown, warn } from "./check.ts";

/** One price of the AWS Price List. A product has one for each tier. */
interface ListedPrice {
    readonly usageType: string;
    /** The tier's description, otherwise the product's. */
    readonly description: string;
    readonly unit: string;
    /** The first unit of the tier; 0 for the first tier. */
    readonly from: number;
    /** The listed price in US dollars for one unit. */
    readonly usd: number;
}

/**
 * The region of the Price List API, which returns the prices of all regions (Billing User Guide, "Using the AWS Price
 * List Query API").
 */
const priceListRegion = "us-east-1";

/** The service's code in the Price List API. */
const serviceCode = "AmazonPersonalize";

/** The relative deviation above which a price counts as different. */
const tolerance = 0.01;

/** Checks that the prices in core/config/prices.ts are those of AWS's price list in the stack's region. */
export const priceList: Check = ({ region }) => comparePrices(new PricingClient({ region: priceListRegion }), region);

/** Compares every current on-demand price of Personalize in a region with core/config/prices.ts. */
export async function comparePrices(client: PricingClient, region: string): Promise<Finding> {
    const Filters = [{ Type: "TERM_MATCH" as const, Field: "regionCode", Value: region }];
    const pages = paginateGetProducts({ client }, { ServiceCode: serviceCode, Filters });
    let products: readonly unknown[];
    try {
        products = await readPages(pages, (page) => page.PriceList);
    } catch (error) {
        // An emulator of AWS answers without an error name or in another format.
        const isEmulator = hasName(error, "Unknown", "SyntaxError", "UnknownOperationException");
        if (isEmulator) return unknown("this endpoint has no AWS Price List API");
        throw error;
    }
    const matches = products.flatMap((product) =>
        parsePrices(String(product)).flatMap((listed) => matchPrice(listed) ?? []),
    );
    const others = matches.filter((match) => deviation(match) > tolerance);
    if (matches.length === 0) return unknown(`AWS lists no price of Personalize in ${region} that the program uses`);
    if (others.length === 0) return ok(`${matches.length} prices of Personalize in ${region} are those of AWS's list`);
    const differences = others.map(({ name, listedUsd, ourUsd }) => `${name} is $${listedUsd} and here $${ourUsd}`);
    return warn(
        `AWS's price list differs by more than 1 %: ${differences.join(", ")}`,
        "# enter AWS's price, the region and today's date in core/config/prices.ts, and set `verified` to true there",
    );
}

/**
 * The used members of a product document (Billing User Guide, "Reading the service price list file", OnDemand terms).
 */
interface ProductDocument {
    readonly product?: { readonly attributes?: Readonly<Record<string, string>> };
    readonly terms?: {
        readonly OnDemand?: Readonly<
            Record<string, { readonly priceDimensions?: Readonly<Record<string, PriceDimension>> }>
        >;
    };
}

interface PriceDimension {
    readonly description?: string;
    readonly unit?: string;
    readonly beginRange?: string;
    readonly pricePerUnit?: { readonly USD?: string };
}

/** Returns a product's prices in US dollars by tier, first tier first. */
export function parsePrices(json: string): ListedPrice[] {
    const { product, terms } = JSON.parse(json) as ProductDocument;
    const { usagetype = "", groupDescription = "" } = product?.attributes ?? {};
    return Object.values(terms?.OnDemand ?? {})
        .flatMap(({ priceDimensions = {} }) => Object.values(priceDimensions))
        .flatMap(({ description, unit = "", beginRange = "0", pricePerUnit }) =>
            pricePerUnit?.USD === undefined
                ? []
                : [
                      {
                          usageType: usagetype,
                          description: description || groupDescription,
                          unit,
                          from: Number(beginRange),
                          usd: Number(pricePerUnit.USD),
                      },
                  ],
        )
        .sort((a, b) => a.from - b.from);
}

type PriceName = keyof typeof prices;

/** The kind of a product of Personalize. */
type UsageKind = "campaign" | "training" | "import" | "other";

/** Returns the kind of a product from words in its text, because AWS does not document its usage types. */
function usageKind(words: string): UsageKind {
    // Check for training first, because a training's usage type may contain words of other kinds.
    if (/train/i.test(words)) return "training";
    if (/import|ingest/i.test(words)) return "import";
    return /campaign|recommendation|inference|tps/i.test(words) ? "campaign" : "other";
}

/**
 * The price in core/config/prices.ts and AWS's price of the same product, both in US dollars for the unit in
 * core/config/prices.ts.
 */
interface MatchedPrice {
    readonly name: PriceName;
    readonly ourUsd: number;
    readonly listedUsd: number;
}

/** Words in the names of Personalize products that this project does not use. */
const others = /recommender|batch|segment|metadata|domain|e-?commerce|video|(?<!inter|trans)action/i;
const requestsPerTpsHour = 3600;
const v2 = /v2\b|v2[-_:]/i;

/**
 * Returns the price in core/config/prices.ts that corresponds to a listed price; undefined unless text and unit are
 * unambiguous. AWS does not document its usage types for Personalize, so the units must be equal.
 */
export function matchPrice(listed: ListedPrice): MatchedPrice | undefined {
    const text = `${listed.usageType} ${listed.description}`;
    const unit = readUnit(listed.unit);
    if (others.test(text) || unit === undefined) return undefined;
    const { of, count } = unit;
    // AWS's pricing page converts requests to TPS-hours: $0.0556 for 1,000 requests is $0.20 for an hour at 1 TPS.
    const isPerThousand = count === 1000 || /\b1[,.]?(?:000|k)\b/i.test(listed.description);
    const ofTps = of === "requests" && isPerThousand && !v2.test(text) ? requestsPerTpsHour : 1;
    const first = (listed.from * (ofTps > 1 ? count : 1)) / ofTps;
    const [kind, unitHere, isV2Here] = [usageKind(text), ofTps > 1 ? "hours" : of, v2.test(text)];
    const name = candidates.find(
        ({ isV2 = isV2Here, from = 0, ...price }) =>
            price.kind === kind && price.unit === unitHere && isV2 === isV2Here && from === first,
    )?.name;
    if (name === undefined) return undefined;
    const perThousand = name === "trainingInteractionsV2" || name === "requestsV2";
    return { name, ourUsd: prices[name].usd, listedUsd: (listed.usd * ofTps * (perThousand ? 1000 : 1)) / count };
}

/** Returns the relative deviation of a listed price from the one in core/config/prices.ts: 0.01 is 1 %. */
const deviation = ({ ourUsd, listedUsd }: MatchedPrice) => Math.abs(listedUsd - ourUsd) / ourUsd;

/** The prices that the list may have, each with kind, unit and first unit of its product. `isV2`: of v2 recipes only. */
const candidates: readonly {
    readonly name: PriceName;
    readonly kind: UsageKind;
    readonly unit: Unit;
    readonly isV2?: boolean;
    readonly from?: number;
}[] = [
    { name: "ingestion", kind: "import", unit: "gb" },
    { name: "trainingHour", kind: "training", unit: "hours", isV2: false },
    { name: "trainingInteractionsV2", kind: "training", unit: "interactions" },
    { name: "requestsV2", kind: "campaign", unit: "requests", isV2: true },
    { name: "tpsHour", kind: "campaign", unit: "hours", isV2: false },
    { name: "tpsHourFrom20k", kind: "campaign", unit: "hours", isV2: false, from: 20_000 },
    { name: "tpsHourFrom200k", kind: "campaign", unit: "hours", isV2: false, from: 200_000 },
];

type Unit = "gb" | "hours" | "interactions" | "requests";

/** AWS's names of each unit, without a number before them. */
const unitNames: Readonly<Record<Unit, RegExp>> = {
    gb: /^(gb|gigabytes?)$/i,
    hours: /^((tps|training)[\s-]?)?(hrs?|hours?)$/i,
    interactions: /^interactions?$/i,
    requests: /^(requests?|recommendations?)$/i,
};

/** Parses AWS's unit, for example `1K Requests`, `GB` or `Hrs`. */
function readUnit(text: string): { readonly of: Unit; readonly count: number } | undefined {
    const digits = /^\d[\d,]*/.exec(text.trim())?.[0] ?? "";
    const after = text.trim().slice(digits.length);
    const thousand = /^k[\s-]/i.test(after);
    const words = after.slice(thousand ? 1 : 0).replace(/^[\s-]+/, "");
    const count = (digits === "" ? 1 : Number(digits.replaceAll(",", ""))) * (thousand ? 1000 : 1);
    const of = keysOf(unitNames).find((unit) => unitNames[unit].test(words));
    return of && { of, count };
}
