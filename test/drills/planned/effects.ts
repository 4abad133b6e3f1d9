import { rows } from "../../../config/keys.ts";

/** The sign for each operation of the engine in docs/configuration.md. */
const signs: Readonly<Record<string, string>> = { create: "±", delete: "±", update: "~", replace: "+-" };

/**
 * Checks whether docs/configuration.md lists effects on a type: Personalize resources, and resources with data or an
 * address.
 */
const isListed = (type: string) =>
    (/^pulumi-nodejs:dynamic\/personalize:/.test(type) && !/:(Owner|StateFlags)$/.test(type)) ||
    /^aws:(s3\/bucket:Bucket|dynamodb\/table:Table|apigateway\/restApi:RestApi|cloudfront\/distribution:Distribution|cloudtrail\/trail:Trail)$/.test(
        type,
    );

/** Returns the effects, such as `~ Campaign`, that config/keys.ts states for a change of a config key. */
export const documentedEffects = (key: string): readonly string[] =>
    rows.find(([name]) => name === key)?.[1].changes?.split(", ") ?? [];

/**
 * Returns the effects of an engine's steps in the notation of docs/configuration.md, each once. Omits types that the
 * document does not list.
 */
export function listEffects(steps: readonly { readonly op: string; readonly urn: string }[]): readonly string[] {
    const effects = steps.flatMap(({ op, urn }) => {
        const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
        return isListed(type) && signs[op] ? [`${signs[op]} ${type.split(":").at(-1)}`] : [];
    });
    return [...new Set(effects)].sort();
}
