/** An invalid configuration value: path and reason. */
export interface ConfigProblem {
    readonly path: string;
    readonly reason: string;
}

/** Characters of a waiver's reason: a shorter text does not count as one. */
export const shortestReason = 20;

/** Reads values of the project's namespace from texts and collects their problems. */
export function configValues(get: (key: string) => string | undefined) {
    const found: (ConfigProblem & { readonly follows: readonly string[] })[] = [];
    /** Records a problem; it is left out if a key that it `follows` has a problem itself. */
    const bad = (path: string, reason: string, follows: readonly string[] = []): void =>
        void found.push({ path, reason, follows });
    /** The problems, without those that follow from others. */
    const problems = (): readonly ConfigProblem[] => {
        const paths = new Set(found.map(({ path }) => path));
        return found
            .filter(({ follows }) => !follows.some((key) => paths.has(key)))
            .map(({ path, reason }) => ({ path, reason }));
    };
    const text = (key: string) => get(key) ?? "";

    function oneOf<T extends string>(key: string, allowed: readonly T[], follows: readonly string[] = []): T {
        const value = text(key) as T;
        if (!allowed.includes(value)) {
            bad(key, `is "${value}"; it must be ${allowed.join(" or ")}`, follows);
        }
        return value;
    }

    function number(key: string, minimum: number, whole: boolean, maximum = Number.POSITIVE_INFINITY): number {
        const value = Number(text(key) || Number.NaN);
        if (!(value >= minimum && value <= maximum && Number.isFinite(value)) || (whole && !Number.isInteger(value))) {
            const most = maximum === Number.POSITIVE_INFINITY ? "" : ` and at most ${maximum}`;
            bad(
                key,
                `is "${text(key)}"; it must be a ${whole ? "whole number" : "number"} of at least ${minimum}${most}`,
            );
        }
        return value;
    }

    /** The value of a key that holds JSON; undefined if it is not JSON. */
    function json(key: string, missing: string): unknown {
        try {
            return JSON.parse(get(key) ?? missing);
        } catch {
            return undefined;
        }
    }

    /** An object; `{}` if not set. `example` is the end of a command `pulumi config set --path <key>.`. */
    function object(key: string, of: string, example: string): Record<string, unknown> {
        const value = json(key, "{}");
        if (value === null || typeof value !== "object" || Array.isArray(value)) {
            const command = `\`pulumi config set --path ${key}.${example}\``;
            bad(key, `is ${JSON.stringify(text(key))}; it must be an object of names and ${of}: ${command}`);
            return {};
        }
        return value as Record<string, unknown>;
    }

    /** An object of texts; `{}` if not set. A problem leaves its entry out. */
    function texts(key: string, example = "<name> <value>"): Record<string, string> {
        const entries = Object.entries(object(key, "texts", example));
        for (const [name, inner] of entries.filter(([, inner]) => typeof inner !== "string")) {
            bad(`${key}.${name}`, `is ${JSON.stringify(inner)}; it must be a text`);
        }
        return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
    }

    /** An object of numbers from `minimum` to `maximum`; `{}` if not set. Pulumi may write a number as text. */
    function numbers(key: string, minimum: number, maximum: number): Record<string, number> {
        const value = object(key, "numbers", "<name> <number>");
        const entries = Object.entries(value).map(([name, inner]): [string, number] => {
            const isNumeric = typeof inner === "number" || (typeof inner === "string" && inner.trim() !== "");
            return [name, isNumeric ? Number(inner) : Number.NaN];
        });
        for (const [name] of entries.filter(([, inner]) => !(inner >= minimum && inner <= maximum))) {
            const given = JSON.stringify(value[name]);
            bad(`${key}.${name}`, `is ${given}; it must be a number from ${minimum} to ${maximum}`);
        }
        return Object.fromEntries(entries);
    }

    /** A list of texts; `[]` if not set. */
    function list(key: string): string[] {
        const value = json(key, "[]");
        if (!Array.isArray(value) || value.some((inner) => typeof inner !== "string")) {
            const command = `\`pulumi config set --path '${key}[0]' <value>\``;
            bad(key, `is ${JSON.stringify(text(key))}; it must be a list of texts: ${command}`);
            return [];
        }
        return value;
    }

    return {
        problems,
        bad,
        text,
        oneOf,
        number,
        texts,
        numbers,
        list,
        flag: (key: string) => oneOf(key, ["true", "false"]) === "true",
    };
}
