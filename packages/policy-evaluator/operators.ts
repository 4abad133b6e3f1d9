import { BlockList, isIPv4, isIPv6 } from "node:net";
import { literalOf, matchesArn, matchesWildcard, type Pattern } from "./match.ts";

/** A function that checks whether a value of the request matches one value of the policy. */
type Comparison = (policy: Pattern, request: string) => boolean;

export interface Operator {
    readonly compare: Comparison;
    /** Whether the operator begins with `Not`: it matches if none of the policy's values matches. */
    readonly negated: boolean;
    /**
     * Whether policy variables are replaced: only in strings and ARNs (and in Bool, according to the operators' page).
     */
    readonly takesVariables: boolean;
    /** Prefix of the operator: `ForAllValues` or `ForAnyValue`. */
    readonly quantifier: "all" | "any" | undefined;
    readonly ifExists: boolean;
}

const compared =
    (read: (text: string) => number, holds: (request: number, policy: number) => boolean): Comparison =>
    (policy, request) => {
        const [r, p] = [read(request), read(literalOf(policy))];
        return Number.isFinite(r) && Number.isFinite(p) && holds(r, p);
    };

const number = (text: string) => (/^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN);
const isoDate = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$/;
// Four digits are a year (W3C's date formats); more digits are seconds since 1970.
const instant = (text: string) =>
    isoDate.test(text) ? Date.parse(text) : /^\d{5,12}$/.test(text) ? Number(text) * 1000 : Number.NaN;

const folded = (policy: Pattern, request: string) => literalOf(policy).toLowerCase() === request.toLowerCase();
const withoutPadding = (base64: string) => base64.replace(/={1,2}$/, "");

const orders = {
    Equals: (r: number, p: number) => r === p,
    LessThan: (r: number, p: number) => r < p,
    LessThanEquals: (r: number, p: number) => r <= p,
    GreaterThan: (r: number, p: number) => r > p,
    GreaterThanEquals: (r: number, p: number) => r >= p,
};
const ordered = (type: string, read: (text: string) => number) =>
    Object.entries(orders).map(([name, holds]) => [type + name, compared(read, holds)] as const);

/**
 * The comparisons by name; a `Not…` operator is the negation of its comparison (IAM User Guide, "Condition operators").
 */
const comparisons: ReadonlyMap<string, Comparison> = new Map(
    [
        ["StringEquals", (policy: Pattern, request: string) => literalOf(policy) === request] as const,
        ["StringEqualsIgnoreCase", folded] as const,
        ["StringLike", matchesWildcard] as const,
        ...ordered("Numeric", number),
        ...ordered("Date", instant),
        ["Bool", folded] as const,
        [
            "BinaryEquals",
            (policy: Pattern, request: string) => withoutPadding(literalOf(policy)) === withoutPadding(request),
        ] as const,
        ["IpAddress", (policy: Pattern, request: string) => isInRange(literalOf(policy), request)] as const,
        ["ArnEquals", matchesArn] as const,
        ["ArnLike", matchesArn] as const,
    ].map(([name, compare]) => [name.toLowerCase(), compare]),
);

const negatable =
    /^(?:string(?:not)?(?:equals|equalsignorecase|like)|(?:numeric|date)(?:not)?equals|arn(?:not)?(?:equals|like)|(?:not)?ipaddress)$/;

/** Returns the operator with a name, including prefix and suffix; undefined for an unknown name, and for `Null`. */
export function parseOperator(name: string): Operator | undefined {
    const [, set, plain = "", ifExists] =
        /^(?:(forallvalues|foranyvalue):)?([a-z]+?)(ifexists)?$/.exec(name.toLowerCase()) ?? [];
    const negated = plain.includes("not") && negatable.test(plain);
    const compare = comparisons.get(negated ? plain.replace("not", "") : plain);
    return (
        compare && {
            compare,
            negated,
            takesVariables: /^(string|arn|bool)/.test(plain),
            quantifier: set === undefined ? undefined : set === "forallvalues" ? "all" : "any",
            ifExists: ifExists !== undefined,
        }
    );
}

/** Checks whether a name is the operator `Null`, which tests whether a key exists. */
export const isNullOperator = (name: string) => /^(?:(?:forallvalues|foranyvalue):)?null$/i.test(name);

/**
 * Checks whether an address is in a range in CIDR notation, such as `203.0.113.0/24` or `2001:db8::/32`. A range
 * without a prefix length is one address. Returns false for any other text, and for a range of the other IP version
 * (IAM User Guide, "IP address condition operators").
 */
function isInRange(range: string, address: string): boolean {
    const [base = "", length, ...more] = range.split("/");
    const family = detectFamily(base);
    if (!family || family !== detectFamily(address) || more.length > 0) return false;
    const bits = family === "ipv4" ? 32 : 128;
    const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
    if (!(prefix <= bits)) return false;
    const list = new BlockList();
    list.addSubnet(base, prefix, family);
    return list.check(address, family);
}

/** Checks whether a text is an address, or a range in CIDR notation. */
export function isAddressOrRange(text: string): boolean {
    const [base = ""] = text.split("/");
    return isInRange(text, base);
}

/** Returns the IP version of an address. Rejects an IPv6 zone (`fe80::1%eth0`), which Node accepts but IAM does not. */
function detectFamily(text: string): "ipv4" | "ipv6" | undefined {
    if (isIPv4(text)) return "ipv4";
    return isIPv6(text) && !text.includes("%") ? "ipv6" : undefined;
}
