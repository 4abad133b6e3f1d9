import { rows } from "./keys.ts";
import type { StackPlace } from "./rules.ts";

const objects = rows.flatMap(([name, key]) => (typeof key.default === "object" ? [name] : []));
const encrypted = rows.flatMap(([name, { maySecret }]) => (maySecret ? [name] : []));

/**
 * Problems of keys set by `pulumi config set --secret`. Values of most keys are parts of names, ids, messages or files,
 * which the state and the console hold in plain text. The program marks the inputs of the others as secret.
 */
export const secretProblems = ({ secretKeys, project }: Pick<StackPlace, "secretKeys" | "project">) =>
    secretKeys
        .map((key) => key.replace(`${project}:`, ""))
        .filter((name) => rows.some(([one]) => one === name) && !encrypted.includes(name))
        .map((path) => ({
            path,
            reason:
                "is a secret, but its value is needed in names, messages or files that are not encrypted. Only " +
                `${encrypted.join(" and ")} can be secrets. Run \`${plaintextCommand(path)}\``,
        }));

/** The command that sets a key without encryption; a member of an object needs its path. */
function plaintextCommand(name: string): string {
    const isObject = objects.includes(name);
    return `pulumi config set ${isObject ? "--path " : ""}--plaintext ${name}${isObject ? ".<member>" : ""} <value>`;
}
