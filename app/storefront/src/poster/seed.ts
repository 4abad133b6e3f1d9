/** Returns a stable 32-bit hash of a text (FNV-1a). */
export function hashText(text: string): number {
    let hash = 0x811c9dc5;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    return hash >>> 0;
}

export type Draw = ReturnType<typeof drawFor>;

/** Returns random numbers for one poster. The same seed text gives the same sequence. */
export function drawFor(text: string) {
    let state = hashText(text);
    // The algorithm is mulberry32.
    const next = () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
    /** Returns a whole number from `low` to `high`, both included. */
    const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
    return {
        /** Returns a number from `low` to `high`. */
        between: (low: number, high: number) => low + next() * (high - low),
        whole,
        /** Returns true with this probability, from 0 to 1. */
        chance: (often: number) => next() < often,
        of: <T>(values: readonly [T, ...T[]]): T => values[whole(0, values.length - 1)] ?? values[0],
    };
}
