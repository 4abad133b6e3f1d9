import { BlockList, isIPv4, isIPv6 } from "node:net";

/**
 * Checks whether an address is in a range in CIDR notation, such as `203.0.113.0/24` or `2001:db8::/32`. A range
 * without a prefix length is one address. Returns false for any other text, and for a range of the other IP version
 * (IAM User Guide, "IP address condition operators").
 */
export function isInRange(range: string, address: string): boolean {
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
