import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { nearest } from "./nearest.ts";
import type { ConfigProblem } from "./values.ts";

/**
 * Configuration keys that Pulumi.yaml declares; `aws:region` is among them. Pulumi itself accepts any key. A misspelt one
 * would leave the default in force.
 */
export function declaredKeys(projectFile = join(import.meta.dirname, "..", "Pulumi.yaml")): readonly string[] {
    const project = load(readFileSync(projectFile, "utf8")) as { readonly name: string; readonly config: object };
    return Object.keys(project.config).map((key) => (key.includes(":") ? key : `${project.name}:${key}`));
}

/**
 * Problems of the keys that a stack sets. An own key must be declared. A key of another namespace must not look like a
 * declared one; other keys belong to providers.
 *
 * @param keys with their namespace, for example `movie-recommender:recipe`.
 */
export function unknownKeys(keys: readonly string[], project: string, declared = declaredKeys()): ConfigProblem[] {
    return keys.flatMap((key) => {
        if (declared.includes(key)) {
            return [];
        }
        const [space = "", name = ""] = key.split(":");
        const own = space === project;
        const meant = own
            ? nearest(
                  name,
                  declared.filter((one) => one.startsWith(`${project}:`)).map((one) => one.slice(project.length + 1)),
              )
            : lookalike(space, name, key, project, declared);
        if (!own && meant === undefined) {
            return [];
        }
        const hint =
            meant === undefined
                ? "docs/configuration.md lists all keys"
                : `Did you mean ${meant}? Set it with \`pulumi config set ${meant} <value>\``;
        return [
            { path: key, reason: `is not a configuration key. ${hint}. Remove it with \`pulumi config rm ${key}\`` },
        ];
    });
}

/** A declared key that a key of another namespace is close to: `aws:regoin`, or `movie-recomender:recipe`. */
function lookalike(space: string, name: string, key: string, project: string, declared: readonly string[]) {
    if (space === "aws") {
        return nearest(name, ["region"]) && "aws:region";
    }
    const own = `${project}:${name}`;
    return nearest(space, [project]) !== undefined && declared.includes(own) && key !== own ? name : undefined;
}
