/**
 * Whether a value fits an IAM pattern: `*` is any run of characters, `?` exactly one.
 * Linear in practice and never exponential, so that a hostile pattern cannot stall the caller.
 */
export function matchesWildcard(pattern: string, value: string): boolean {
    let p = 0;
    let v = 0;
    let star = -1;
    let retry = 0;
    while (v < value.length) {
        if (p < pattern.length && pattern[p] === "*") {
            star = p++;
            retry = v;
        } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === value[v])) {
            p++;
            v++;
        } else if (star >= 0) {
            p = star + 1;
            v = ++retry;
        } else {
            return false;
        }
    }
    while (pattern[p] === "*") {
        p++;
    }
    return p === pattern.length;
}

/** `ArnLike` and `ArnEquals`: each of the six parts is matched by itself, so that `*` does not cross a colon. */
export function matchesArn(pattern: string, arn: string): boolean {
    const parts = arnParts(pattern);
    const values = arnParts(arn);
    return (
        parts.length === 6 &&
        values.length === 6 &&
        parts.every((part, index) => matchesWildcard(part, values[index] as string))
    );
}

function arnParts(arn: string): string[] {
    const parts = arn.split(":");
    return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}
