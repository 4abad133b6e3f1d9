import { nearest } from "terminal-text";

/** Regions in which Amazon Personalize is offered (botocore 1.43, endpoints of `personalize`, read 2026-11-27). */
export const personalizeRegions = [
    ...["ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1"],
    ...["cn-north-1", "eu-central-1", "eu-west-1", "us-east-1", "us-east-2", "us-west-2"],
] as const;

/** The AWS regions without Personalize, of all partitions (botocore 1.43, partitions.json, read 2026-11-27). */
export const otherRegions = [
    ...["af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-4"],
    ...["ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "cn-northwest-1", "eu-central-2"],
    ...["eu-isoe-west-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-2", "eu-west-3", "eusc-de-east-1"],
    ...["il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "us-gov-east-1", "us-gov-west-1"],
    ...["us-iso-east-1", "us-iso-west-1", "us-isob-east-1", "us-isob-west-1", "us-isof-east-1", "us-isof-south-1"],
    ...["us-west-1"],
] as const;

const regions: readonly string[] = [...personalizeRegions, ...otherRegions];

/** Suffix of AWS's host names in each partition with Personalize (AWS General Reference, "Endpoints"). */
export const dnsSuffix = (partition: string) => (partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com");

/** Returns why a text is not an AWS region, with the nearest region; undefined for a region. */
export function regionProblem(region: string): string | undefined {
    if (regions.includes(region)) return undefined;
    const meant = nearest(region, regions);
    const hint =
        meant === undefined
            ? `Choose one with Personalize: ${personalizeRegions.join(", ")}`
            : `Did you mean ${meant}?`;
    return `is "${region}", which is not a region of AWS. ${hint}`;
}

/** Areas (the first part of a region's name) without Personalize, with the nearest areas that have it. */
const nearestAreas: Readonly<Record<string, readonly string[]>> = {
    af: ["eu"],
    il: ["eu"],
    me: ["ap-south", "eu"],
    mx: ["us"],
    sa: ["us-east"],
};

/**
 * Returns a warning for a region without Personalize, with the nearest regions that have it; undefined for a region
 * with Personalize. The list may be outdated, because AWS adds Personalize to further regions.
 */
export function regionWarning(region: string): string | undefined {
    if (personalizeRegions.some((each) => each === region) || regionProblem(region) !== undefined) return undefined;
    const near = nearestRegions(region);
    const advice =
        near.length === 0
            ? "No region of its partition is known to have it."
            : `The nearest with it: ${near.join(", ")}. Choose one before the first \`pulumi up\`: \`pulumi config set aws:region ${near[0]}\``;
    return `aws:region is "${region}", in which Amazon Personalize was not offered on 2026-11-27. ${advice}`;
}

/**
 * Returns the regions with Personalize whose names are most similar to this one: by location (ap-southeast), then by
 * area.
 */
function nearestRegions(region: string): readonly string[] {
    if (/^us-(gov|iso)|^eusc|^eu-iso/.test(region)) return [];
    const [area = "", place = ""] = region.split("-");
    for (const starts of [[`${area}-${place}`], [area], nearestAreas[area] ?? []]) {
        const matches = personalizeRegions.filter((one) => starts.some((start) => one.startsWith(`${start}-`)));
        if (matches.length > 0) return matches;
    }
    return [];
}
