/**
 * A pattern, which is matched character by character: `*` matches any number of characters, `?` exactly one. An element
 * that begins with a backslash matches the character after it literally. Only `expandVariables` creates such elements;
 * every plain string is also a pattern.
 */
export type Pattern = ArrayLike<string>;

/** Maximum product of the lengths of value and pattern for which the simple algorithm is faster. */
const shortProduct = 1 << 15;

/**
 * Returns whether a value matches an IAM pattern, case-sensitively (IAM User Guide, "IAM JSON policy elements:
 * Resource", wildcards). Short patterns are matched greedily. For long patterns, all possibilities are followed at
 * once, 32 in one step; this takes value length × pattern length / 32 steps for any wildcards.
 */
export function matchesWildcard(pattern: Pattern, value: string): boolean {
    return pattern.length * value.length <= shortProduct ? matchShort(pattern, value) : matchLong(pattern, value);
}

/**
 * Checks whether an ARN matches, for `ArnLike` and `ArnEquals`. Each of the six parts is matched separately, so that
 * `*` does not match a colon.
 */
export function matchesArn(pattern: Pattern, arn: string): boolean {
    const parts = arnParts(pattern);
    const values = arnParts(arn) as string[];
    return (
        parts.length === 6 &&
        values.length === 6 &&
        parts.every((part, index) => matchesWildcard(part, values[index] as string))
    );
}

/** Returns the text of a pattern, for operators that have no wildcards. */
export function literalOf(pattern: Pattern): string {
    return typeof pattern === "string" ? pattern : Array.from(pattern, lastOf).join("");
}

const lastOf = (element: string | undefined) => element?.at(-1);

function matchShort(pattern: Pattern, value: string): boolean {
    let p = 0;
    let v = 0;
    let star = -1;
    let retry = 0;
    while (v < value.length) {
        const element = p < pattern.length ? pattern[p] : undefined;
        if (element === "*") {
            star = p++;
            retry = v;
        } else if (element !== undefined && (element === "?" || lastOf(element) === value[v])) {
            p++;
            v++;
        } else if (star >= 0) {
            p = star + 1;
            v = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern.length && pattern[p] === "*") {
        p++;
    }
    return p === pattern.length;
}

/**
 * Matches a long pattern. Bit i of `reached` is set if the first i characters of the pattern (without `*`) match the
 * value so far. Bit i of `stays` is set if a `*` follows these i characters.
 */
function matchLong(pattern: Pattern, value: string): boolean {
    const elements = Array.from({ length: pattern.length }, (_, index) => pattern[index] as string);
    const needed = elements.filter((element) => element !== "*");
    if (needed.length > value.length) {
        return false;
    }
    const words = (needed.length >>> 5) + 1;
    const set = (bits: Uint32Array, bit: number) => {
        bits[bit >>> 5] = (bits[bit >>> 5] as number) | (1 << (bit & 31));
    };
    const stays = new Uint32Array(words);
    let before = 0;
    for (const element of elements) {
        if (element === "*") set(stays, before);
        else before++;
    }
    const anyCharacter = new Uint32Array(words);
    needed.forEach((element, index) => void (element === "?" && set(anyCharacter, index + 1)));
    const moves = new Map<string, Uint32Array>();
    needed.forEach((element, index) => {
        if (element !== "?") {
            const character = lastOf(element) as string;
            const bits = moves.get(character) ?? anyCharacter.slice();
            set(bits, index + 1);
            moves.set(character, bits);
        }
    });

    const reached = new Uint32Array(words);
    set(reached, 0);
    for (let v = 0; v < value.length; v++) {
        const may = moves.get(value[v] as string) ?? anyCharacter;
        let carry = 0;
        let alive = 0;
        for (let word = 0; word < words; word++) {
            const old = reached[word] as number;
            const next = (((old << 1) | carry) & (may[word] as number)) | (old & (stays[word] as number));
            carry = old >>> 31;
            reached[word] = next;
            alive |= next;
        }
        if (alive === 0) {
            return false;
        }
    }
    return ((reached[words - 1] as number) & (1 << (needed.length & 31))) !== 0;
}

function arnParts(arn: Pattern): Pattern[] {
    if (typeof arn === "string") {
        const parts = arn.split(":");
        return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
    }
    const parts: string[][] = [[]];
    for (const element of Array.from(arn)) {
        if (element === ":" && parts.length < 6) parts.push([]);
        else parts.at(-1)?.push(element);
    }
    return parts;
}
