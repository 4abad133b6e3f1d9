import { nearest, shell } from "terminal-text";
import { keys } from "./keys.ts";

const names = Object.keys(keys);

/**
 * Returns the problems of the keys that a stack sets. Pulumi itself accepts any key, so a misspelt key would have no
 * effect. A key in the project's namespace must be in the table. A key in another namespace must not look like one of
 * the table; all others belong to providers.
 *
 * @param set the keys with their namespace, for example `movie-recommender:recipe`.
 */
export function unknownKeys(set: readonly string[], project: string) {
    return set.flatMap((key) => {
        const [space = "", name = ""] = key.split(":");
        const isOwn = space === project;
        if (isOwn ? names.includes(name) : key === "aws:region") return [];
        const meant = isOwn ? nearest(name, names) : lookalike(space, name, project);
        if (!isOwn && meant === undefined) return [];
        const isMember = isOwn && names.includes(name.split(".")[0] ?? "");
        const hint = isMember
            ? `A member of an object needs --path: \`pulumi config set --path ${shell(name)} <value>\``
            : meant === undefined
              ? "docs/configuration.md lists all keys"
              : `Did you mean ${meant}? Set it with \`pulumi config set ${meant} <value>\``;
        return [
            {
                path: key,
                reason: `is not a configuration key. ${hint}. Remove it with \`pulumi config rm ${shell(key)}\``,
            },
        ];
    });
}

/** Keys that Pulumi or providers read, and whose names are also in the table: `pulumi:tags`, `datadog:apiKey`. */
const othersOwn = /^pulumi:|:apiKey$/;

/**
 * Returns the configuration key that a key of another namespace resembles: `aws:regoin`, `movie-recomender:receipe`, or
 * `movie-recommender:recipe` in a project of another name.
 */
function lookalike(space: string, name: string, project: string) {
    if (space === "aws" && nearest(name, ["region"])) return "aws:region";
    if (names.includes(name) && !othersOwn.test(`${space}:${name}`)) return name;
    return nearest(space, [project]) && nearest(name, names);
}
