import { type PricingClient, paginateGetProducts } from "@aws-sdk/client-pricing";
import { hasName } from "../../../personalize/errors.ts";
import { RunbookError } from "../cli/runbook.ts";

/** One price of AWS's list: a product has as many as it has tiers. */
export interface ListedPrice {
    readonly usageType: string;
    /** Of this tier, else of the product. */
    readonly description: string;
    readonly unit: string;
    /** Where the tier begins, in units; 0 for the first. */
    readonly from: number;
    /** US dollars for one unit. */
    readonly usd: number;
}

/** Where the Price List API answers for all regions (Billing User Guide, "Using the AWS Price List Query API"). */
export const priceListRegion = "us-east-1";

/** As the Price List API calls the service. */
const serviceCode = "AmazonPersonalize";

/**
 * Every on-demand price of Personalize in a region, as AWS lists it now.
 *
 * @throws RunbookError where what answers has no such API, or the caller may not ask it.
 */
export async function listPrices(client: PricingClient, region: string): Promise<ListedPrice[]> {
    const Filters = [{ Type: "TERM_MATCH" as const, Field: "regionCode", Value: region }];
    const found: ListedPrice[] = [];
    try {
        for await (const { PriceList = [] } of paginateGetProducts({ client }, { ServiceCode: serviceCode, Filters })) {
            found.push(...PriceList.flatMap((product: unknown) => pricesOf(String(product))));
        }
    } catch (error) {
        throw explained(error);
    }
    return found.sort((a, b) => a.usageType.localeCompare(b.usageType) || a.from - b.from);
}

/** What is read of a product's document (Billing User Guide, "Reading the service price list file", OnDemand terms). */
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

/** The prices in a product's document, the first tier first; one that is not in US dollars is none. */
export function pricesOf(json: string): ListedPrice[] {
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
                          ...{ unit, from: Number(beginRange), usd: Number(pricePerUnit.USD) },
                      },
                  ],
        )
        .sort((a, b) => a.from - b.from);
}

function explained(error: unknown): unknown {
    if (hasName(error, "AccessDeniedException")) {
        return new RunbookError(
            `AWS's Price List API refuses: ${(error as Error).message}. Its caller needs pricing:GetProducts on *.`,
        );
    }
    // What stands in for AWS answers without an error's name, or in another form.
    return hasName(error, "Unknown", "SyntaxError", "UnknownOperationException")
        ? new RunbookError(noPriceList((error as Error).message))
        : error;
}

const noPriceList = (message: string) =>
    `Nothing answers here as AWS's Price List API (${message}). It needs an AWS account: unset AWS_ENDPOINT_URL, log in, ` +
    "and run it outside `npm run local`.";
