/** An invalid configuration value: path and reason. */
export interface ConfigProblem {
    readonly path: string;
    readonly reason: string;
}

/** Characters of a waiver's reason: a shorter text does not count as one. */
export const shortestReason = 20;

/** Reads values of the project's namespace from texts and collects their problems. */
export function configValues(get: (key: string) => string | undefined) {
    const problems: ConfigProblem[] = [];
    const bad = (path: string, reason: string): void => void problems.push({ path, reason });
    const text = (key: string) => get(key) ?? "";

    function oneOf<T extends string>(key: string, allowed: readonly T[]): T {
        const value = text(key) as T;
        if (!allowed.includes(value)) {
            bad(key, `is "${value}"; it must be ${allowed.join(" or ")}`);
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

    /** An object of texts; `{}` if not set. */
    function texts(key: string): Record<string, string> {
        let value: unknown;
        try {
            value = JSON.parse(get(key) ?? "{}");
        } catch {
            value = undefined;
        }
        if (value === null || typeof value !== "object" || Array.isArray(value)) {
            bad(key, "is not an object of names and values");
            return {};
        }
        for (const [name, inner] of Object.entries(value)) {
            if (typeof inner !== "string") {
                bad(`${key}.${name}`, "must be a text");
            }
        }
        return value as Record<string, string>;
    }

    /** An object of numbers from `minimum` to `maximum`; `{}` if not set. Pulumi may write a number as text. */
    function numbers(key: string, minimum: number, maximum: number): Record<string, number> {
        let value: unknown;
        try {
            value = JSON.parse(get(key) ?? "{}");
        } catch {
            value = undefined;
        }
        if (value === null || typeof value !== "object" || Array.isArray(value)) {
            bad(key, "is not an object of names and numbers");
            return {};
        }
        const entries = Object.entries(value).map(([name, inner]): [string, number] => {
            const isNumeric = typeof inner === "number" || (typeof inner === "string" && inner.trim() !== "");
            return [name, isNumeric ? Number(inner) : Number.NaN];
        });
        for (const [name] of entries.filter(([, inner]) => !(inner >= minimum && inner <= maximum))) {
            const given = JSON.stringify((value as Record<string, unknown>)[name]);
            bad(`${key}.${name}`, `is ${given}; it must be a number from ${minimum} to ${maximum}`);
        }
        return Object.fromEntries(entries);
    }

    /** A list of texts; `[]` if not set. */
    function list(key: string): string[] {
        let value: unknown;
        try {
            value = JSON.parse(get(key) ?? "[]");
        } catch {
            value = undefined;
        }
        if (!Array.isArray(value) || value.some((inner) => typeof inner !== "string")) {
            bad(key, "is not a list of texts");
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
