/** An address as a number, and how many bits it has: 32 or 128. */
interface Address {
    readonly value: bigint;
    readonly bits: 32 | 128;
}

/**
 * Whether an address lies in a range in CIDR notation, `203.0.113.0/24` or `2001:db8::/32`; a range without a prefix
 * length is that one address. False for a text that is neither, and for a range of the other family
 * (IAM User Guide, "IP address condition operators").
 */
export function isInRange(range: string, address: string): boolean {
    const [base = "", length, ...more] = range.split("/");
    const from = parseAddress(base);
    const ip = parseAddress(address);
    if (!from || !ip || from.bits !== ip.bits || more.length > 0) {
        return false;
    }
    const prefix = length === undefined ? from.bits : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
    if (!(prefix <= from.bits)) {
        return false;
    }
    const ignored = BigInt(from.bits - prefix);
    return from.value >> ignored === ip.value >> ignored;
}

/** Whether a text is an address, or a range in CIDR notation. */
export function isAddressOrRange(text: string): boolean {
    const [base = ""] = text.split("/");
    return isInRange(text, base);
}

function parseAddress(text: string): Address | undefined {
    const v4 = parseV4(text);
    if (v4 !== undefined) {
        return { value: v4, bits: 32 };
    }
    const halves = text.split("::");
    if (!text.includes(":") || halves.length > 2) {
        return undefined;
    }
    const [left = [], right = []] = halves.map(groupsOf);
    const missing = 8 - left.length - right.length;
    if (halves.length === 2 ? missing < 1 : missing !== 0) {
        return undefined;
    }
    const groups = [...left, ...Array<number>(halves.length === 2 ? missing : 0).fill(0), ...right];
    if (groups.some((group) => Number.isNaN(group))) {
        return undefined;
    }
    return { value: groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n), bits: 128 };
}

function groupsOf(half: string): number[] {
    return half === ""
        ? []
        : half.split(":").flatMap((group, index, all) => {
              const v4 = index === all.length - 1 ? parseV4(group) : undefined;
              if (v4 !== undefined) return [Number(v4 >> 16n), Number(v4 & 0xffffn)];
              return [/^[0-9a-f]{1,4}$/i.test(group) ? Number.parseInt(group, 16) : Number.NaN];
          });
}

function parseV4(text: string): bigint | undefined {
    const bytes = text.split(".");
    const sound = bytes.length === 4 && bytes.every((byte) => /^\d{1,3}$/.test(byte) && Number(byte) < 256);
    return sound ? bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) : undefined;
}
