import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { root } from "../../packages/local-aws/instance.ts";

/** The defaults in Pulumi.yaml, as text, as `pulumi.Config` returns them to the program. */
export const configDefaults: Readonly<Record<string, string>> = readDefaults();

function readDefaults(): Record<string, string> {
    const project = load(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
        config: Record<string, { default?: unknown }>;
    };
    return Object.fromEntries(
        Object.entries(project.config)
            .filter(([key]) => !key.includes(":"))
            .map(([key, declared]) => {
                const value = declared.default;
                return [key, typeof value === "string" ? value : JSON.stringify(value)];
            }),
    );
}
