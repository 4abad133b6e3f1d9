import { rows } from "../../config/keys.ts";

/** Signs in docs/configuration.md, by engine operation. */
const signs: Readonly<Record<string, string>> = { create: "±", delete: "±", update: "~", replace: "+-" };

/** Types that docs/configuration.md lists: Personalize resources, and resources with data or an address. */
const isListed = (type: string) =>
    (/^pulumi-nodejs:dynamic\/personalize:/.test(type) && !/:(StackOwner|StateFlags)$/.test(type)) ||
    /^aws:(s3\/bucket:Bucket|dynamodb\/table:Table|apigateway\/restApi:RestApi|cloudfront\/distribution:Distribution|cloudtrail\/trail:Trail)$/.test(
        type,
    );

/** Returns the resources that a change of a key affects by the table of keys, such as `~ Campaign`. */
export const documentedEffects = (key: string): readonly string[] =>
    rows.find(([name]) => name === key)?.[1].changes?.split(", ") ?? [];

/**
 * Returns the changes of a plan in the notation of docs/configuration.md, each once. Leaves out types that the table there does
 * not list.
 */
export function effectsOf(steps: readonly { readonly op: string; readonly urn: string }[]): readonly string[] {
    const effects = steps.flatMap(({ op, urn }) => {
        const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
        return isListed(type) && signs[op] ? [`${signs[op]} ${type.split(":").at(-1)}`] : [];
    });
    return [...new Set(effects)].sort();
}
