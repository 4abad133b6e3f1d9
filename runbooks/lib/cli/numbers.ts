import { InvalidArgumentError } from "commander";

/** Returns a parser of whole numbers from `least` to `most`, for an option of a command. */
export const whole =
    (least: number, most = Number.MAX_SAFE_INTEGER) =>
    (text: string): number => {
        const value = Number(text);
        if (!/^\d+$/.test(text) || value < least || value > most) {
            const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
            throw new InvalidArgumentError(`It must be a whole number ${range}.`);
        }
        return value;
    };

/** Parses a number above 0, for an option of a command. */
export function aboveZero(text: string): number {
    const value = Number(text);
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
        throw new InvalidArgumentError("It must be a number above 0.");
    }
    return value;
}
