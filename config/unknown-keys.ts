import { nearest } from "terminal-text";
import { keys } from "./keys.ts";

const names = Object.keys(keys);

/**
 * Returns the problems of the keys that a stack sets. Pulumi itself accepts any key, so a misspelt key would have no
 * effect. A key in the project's namespace must be in the table. A key in another namespace must not resemble one in
 * the table; all others belong to providers.
 *
 * @param set the keys with their namespace, for example `movie-recommender:recipe`.
 */
export function unknownKeys(set: readonly string[], project: string) {
    return set.flatMap((key) => {
        const [space = "", name = ""] = key.split(":");
        const isOwn = space === project;
        if (isOwn ? names.includes(name) : key === "aws:region") {
            return [];
        }
        const meant = isOwn ? nearest(name, names) : lookalike(space, name, project);
        if (!isOwn && meant === undefined) {
            return [];
        }
        const isMember = isOwn && names.includes(name.split(".")[0] ?? "");
        const hint = isMember
            ? `A member of an object needs --path: \`pulumi config set --path ${name} <value>\``
            : meant === undefined
              ? "docs/configuration.md lists all keys"
              : `Did you mean ${meant}? Set it with \`pulumi config set ${meant} <value>\``;
        return [
            { path: key, reason: `is not a configuration key. ${hint}. Remove it with \`pulumi config rm ${key}\`` },
        ];
    });
}

/**
 * Returns the configuration key that a key of another namespace resembles: `aws:regoin`, or `movie-recomender:recipe`.
 */
function lookalike(space: string, name: string, project: string) {
    if (space === "aws") {
        return nearest(name, ["region"]) && "aws:region";
    }
    return nearest(space, [project]) !== undefined && names.includes(name) ? name : undefined;
}
