import { InvalidArgumentError } from "commander";

/** Returns a parser of whole numbers from `least` to `most`, for an option of a command. */
export const whole =
    (least: number, most = Number.MAX_SAFE_INTEGER) =>
    (text: string): number => {
        const value = Number(text);
        if (!/^\d+$/.test(text) || value < least || value > most) {
            const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
            throw new InvalidArgumentError(`The value must be a whole number ${range}.`);
        }
        return value;
    };

/** Parses a number above 0, for an option of a command. */
export function aboveZero(text: string): number {
    const value = Number(text);
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
        throw new InvalidArgumentError("The value must be a number above 0.");
    }
    return value;
}

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Parses an interval of at least a second, such as `30s`, `5m` or `1h`, to seconds. */
export function interval(text: string): number {
    const [, count, unit = ""] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
    const total = Number(count) * (seconds[unit] ?? 0);
    if (total >= 1) return total;
    throw new InvalidArgumentError("The value must be a time such as 30s, 5m or 1h.");
}
