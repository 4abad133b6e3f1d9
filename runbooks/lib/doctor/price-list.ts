import { PricingClient, paginateGetProducts } from "@aws-sdk/client-pricing";
import { hasName } from "terminal-text";
import { prices } from "../../../core/config/prices.ts";
import { keysOf } from "../../../core/config/records.ts";
import { readPages } from "../stack/stack.ts";
import { type Check, type Finding, ok, unknown, warn } from "./check.ts";

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
    const others = matches.filter(({ ourUsd, listedUsd }) => Math.abs(listedUsd - ourUsd) / ourUsd > tolerance);
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

/**
 * Returns a product's prices by tier, first tier first, each with the first unit of the tier (`from`) and US dollars for
 * one unit. The description is the tier's, otherwise the product's.
 */
export function parsePrices(json: string) {
    const { product, terms } = JSON.parse(json) as ProductDocument;
    const { usagetype: usageType = "", groupDescription = "" } = product?.attributes ?? {};
    return Object.values(terms?.OnDemand ?? {})
        .flatMap(({ priceDimensions = {} }) => Object.values(priceDimensions))
        .filter(({ pricePerUnit }) => pricePerUnit?.USD !== undefined)
        .map(({ description, unit = "", beginRange = "0", pricePerUnit }) => ({
            usageType,
            description: description || groupDescription,
            unit,
            from: Number(beginRange),
            usd: Number(pricePerUnit?.USD),
        }))
        .sort((a, b) => a.from - b.from);
}

/**
 * Words in the text of each kind of product, because AWS does not document its usage types. A training is first, because
 * its usage type may contain words of other kinds.
 */
const kindWords = {
    training: /train/i,
    import: /import|ingest/i,
    campaign: /campaign|recommendation|inference|tps/i,
};

/** Words in the names of Personalize products that this project does not use. */
const others = /recommender|batch|segment|metadata|domain|e-?commerce|video|(?<!inter|trans)action/i;
const requestsPerTpsHour = 3600;
const v2 = /v2\b|v2[-_:]/i;

/** The prices that the list may have, each with kind, unit and first unit of its product. `isV2`: of v2 recipes only. */
const candidates: readonly {
    readonly name: keyof typeof prices;
    readonly kind: keyof typeof kindWords;
    readonly unit: keyof typeof unitNames;
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

/**
 * Returns the price in core/config/prices.ts that corresponds to a listed price, and both in US dollars for the unit
 * there; undefined unless text and unit are unambiguous. AWS does not document its usage types for Personalize, so the
 * units must be equal.
 */
export function matchPrice(listed: ReturnType<typeof parsePrices>[number]) {
    const text = `${listed.usageType} ${listed.description}`;
    const { of, count } = readUnit(listed.unit);
    if (others.test(text) || of === undefined) return undefined;
    // AWS's pricing page converts requests to TPS-hours: $0.0556 for 1,000 requests is $0.20 for an hour at 1 TPS.
    const isPerThousand = count === 1000 || /\b1[,.]?(?:000|k)\b/i.test(listed.description);
    const ofTps = of === "requests" && isPerThousand && !v2.test(text) ? requestsPerTpsHour : 1;
    const first = (listed.from * (ofTps > 1 ? count : 1)) / ofTps;
    const [unitHere, isV2Here] = [ofTps > 1 ? "hours" : of, v2.test(text)];
    const kindHere = keysOf(kindWords).find((kind) => kindWords[kind].test(text));
    const name = candidates.find(
        ({ kind, unit, isV2 = isV2Here, from = 0 }) =>
            kind === kindHere && unit === unitHere && isV2 === isV2Here && from === first,
    )?.name;
    if (name === undefined) return undefined;
    const perThousand = name === "trainingInteractionsV2" || name === "requestsV2";
    return { name, ourUsd: prices[name].usd, listedUsd: (listed.usd * ofTps * (perThousand ? 1000 : 1)) / count };
}

/** AWS's names of each unit, without a number before them. */
const unitNames = {
    gb: /^(gb|gigabytes?)$/i,
    hours: /^((tps|training)[\s-]?)?(hrs?|hours?)$/i,
    interactions: /^interactions?$/i,
    requests: /^(requests?|recommendations?)$/i,
};

/** Parses AWS's unit, for example `1K Requests`, `GB` or `Hrs`; `of` is undefined for an unknown unit. */
function readUnit(text: string) {
    const [, digits = "1", thousand, words = ""] = /^(\d[\d,]*)?(k(?=[\s-]))?[\s-]*(.*)$/i.exec(text.trim()) ?? [];
    const count = Number(digits.replaceAll(",", "")) * (thousand ? 1000 : 1);
    return { of: keysOf(unitNames).find((unit) => unitNames[unit].test(words)), count };
}
