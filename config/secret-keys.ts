import { rows } from "./keys.ts";
import type { StackContext } from "./rules.ts";

const objects = rows.flatMap(([name, key]) => (typeof key.default === "object" ? [name] : []));
const encrypted = rows.flatMap(([name, { maySecret }]) => (maySecret ? [name] : []));

/**
 * Returns the problems of keys set by `pulumi config set --secret`. Values of most keys become parts of names, ids,
 * messages or files, which Pulumi's state and the AWS console show in plain text. The other keys may be secret, because
 * the program marks their values as secret in resource inputs.
 */
export const secretProblems = ({ secretKeys, project }: Pick<StackContext, "secretKeys" | "project">) =>
    secretKeys
        .map((key) => key.replace(`${project}:`, ""))
        .filter((name) => rows.some(([one]) => one === name) && !encrypted.includes(name))
        .map((path) => ({
            path,
            reason:
                "is a secret, but its value is needed in names, messages or files that are not encrypted. Only " +
                `${encrypted.join(" and ")} can be secrets. Run \`${plaintextCommand(path)}\``,
        }));

/** Returns the command that sets a key without encryption. A member of an object needs its path. */
function plaintextCommand(name: string): string {
    const isObject = objects.includes(name);
    return `pulumi config set ${isObject ? "--path " : ""}--plaintext ${name}${isObject ? ".<member>" : ""} <value>`;
}
