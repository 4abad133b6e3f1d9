import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../packages/local-aws/instance.ts";

/** Signs in the table "Effect of a change", by engine operation. */
const signs: Readonly<Record<string, string>> = { create: "±", delete: "±", update: "~", replace: "+-" };

/** Types that the column "resources" lists: Personalize resources, and resources with data or an address. */
const isListed = (type: string) =>
    (/^pulumi-nodejs:dynamic\/personalize:/.test(type) && !/:(StackOwner|Marks)$/.test(type)) ||
    /^aws:(s3\/bucket:Bucket|dynamodb\/table:Table|apigateway\/restApi:RestApi|cloudfront\/distribution:Distribution|cloudtrail\/trail:Trail)$/.test(
        type,
    );

/** Returns the resources that docs/configuration.md lists for a change of each key, such as `~ Campaign`. */
export function documentedEffects(): ReadonlyMap<string, readonly string[]> {
    const page = readFileSync(join(root, "docs", "configuration.md"), "utf8");
    const [, section = ""] = /^## Effect of a change$([\s\S]*?)^##/m.exec(page) ?? [];
    const rows = section.split("\n").filter((line) => line.startsWith("| `"));
    return new Map(
        rows.flatMap((line) => {
            const [, keys = "", resources = ""] = line.split("|");
            return codesIn(keys).map((key) => [key, codesIn(resources)] as const);
        }),
    );
}

const codesIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

/** Returns the changes of a plan with the table's signs, each once, without types that the table does not list. */
export function effectsOf(steps: readonly { readonly op: string; readonly urn: string }[]): readonly string[] {
    const effects = steps.flatMap(({ op, urn }) => {
        const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
        return isListed(type) && signs[op] ? [`${signs[op]} ${type.split(":").at(-1)}`] : [];
    });
    return [...new Set(effects)].sort();
}
