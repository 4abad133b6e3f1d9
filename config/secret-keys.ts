import type { ConfigProblem } from "./values.ts";

/** Keys whose values reach only inputs of resources. The program marks these inputs as secret, so the state encrypts them. */
const encrypted = ["alertEmail", "chatWebhookParameter"];

/**
 * Problems of keys set by `pulumi config set --secret`. Values of the other keys are parts of names, ids, messages or
 * files, which the state and the console hold in plain text.
 *
 * @param secretKeys with their namespace, for example `movie-recommender:alertEmail`.
 * @param declared all configuration keys, with their namespace.
 */
export function secretProblems(secretKeys: readonly string[], project: string, declared: readonly string[]) {
    const allowed = encrypted.map((key) => `${project}:${key}`);
    return secretKeys
        .filter((key) => declared.includes(key) && !allowed.includes(key))
        .map((key): ConfigProblem => {
            const name = key.replace(`${project}:`, "");
            return {
                path: name,
                reason:
                    "is a secret, but its value is needed in names, messages or files that are not encrypted. Only " +
                    `${encrypted.join(" and ")} can be secrets. Run \`pulumi config set --plaintext ${name} <value>\``,
            };
        });
}

/** Problems without the values of secrets, which a reason may repeat. */
export function redacted(problems: readonly ConfigProblem[], secrets: readonly string[]): readonly ConfigProblem[] {
    const hide = (text: string) => secrets.reduce((left, secret) => left.replaceAll(secret, "[secret]"), text);
    return problems.map(({ path, reason }) => ({ path, reason: hide(reason) }));
}
