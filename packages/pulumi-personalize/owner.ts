import { randomBytes } from "node:crypto";

/**
 * Returns a UUID of version 7 (RFC 9562, section 5.7): 48 bits with the milliseconds since 1970, then random bits.
 * @param milliseconds the time of the UUID's creation, since 1970
 */
export function timedUuid(milliseconds: number): string {
    const bytes = randomBytes(16);
    bytes.writeUIntBE(milliseconds, 0, 6);
    bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6);
    bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
    return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Returns the time at which an `Owner` was created; undefined for an owner that is not the ID of an `Owner`. */
export function createdAt(owner: string | undefined): Date | undefined {
    const hex = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.exec(owner ?? "");
    return hex === null ? undefined : new Date(Number.parseInt(`${hex[1]}${hex[2]}`, 16));
}
