import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import { type GatewayEvent, headerOf } from "./gateway-event.ts";

/** An IP address (or network) for which the API counts events and campaign calls. */
export interface CountedAddress {
    /** Hash of the address, because the table stores no address. */
    readonly name: string;
    /** Number of addresses whose limits it has: 1 for an address, and more for a network that many viewers share. */
    readonly factor: number;
}

/**
 * Networks of IPv6 for which a request counts, by their bits. A customer gets at least a /64, usually a /56, and at most
 * a /48 (RFC 6177), and can send from each of its addresses.
 */
const networks = [
    { bits: 64, factor: 1 },
    { bits: 56, factor: 2 },
    { bits: 48, factor: 4 },
];

/** Header that the distribution adds to its requests to the API, with a token that only the API knows otherwise. */
export const originHeader = "x-origin-token";

/**
 * Returns the IP addresses and networks for which the API counts a request. API Gateway sets `sourceIp` from the
 * connection, so a caller cannot choose it. Behind CloudFront, `sourceIp` is an address of CloudFront. CloudFront and
 * then API Gateway append the address of their peer to X-Forwarded-For, so the viewer's address is the second to last
 * entry. A caller that avoids CloudFront could write this entry, but does not know the distribution's token.
 *
 * @param originToken the token of the stack's distribution; undefined without a distribution
 */
export function toCountedAddresses(event: GatewayEvent, originToken: string | undefined): CountedAddress[] {
    const peer = event.requestContext.identity?.sourceIp;
    if (peer === undefined) return [];
    const isOfEdge = originToken !== undefined && headerOf(event, originHeader) === originToken;
    const viewer = isOfEdge ? headerOf(event, "x-forwarded-for")?.split(",").at(-2)?.trim() : undefined;
    return counted(viewer || peer);
}

const nameOf = (network: string) => createHash("sha256").update(network).digest("base64url").slice(0, 16);

const counted = (address: string): CountedAddress[] =>
    (isNetworked(address) ? networks : networks.slice(0, 1)).map(({ bits, factor }) => ({
        name: nameOf(networkOf(address, bits)),
        factor,
    }));

/** Checks whether an address is an IPv6 address that does not contain an IPv4 address. */
const isNetworked = (address: string) => isIPv6(address) && !address.includes(".");

/** Returns the network of an IPv6 address with this number of bits. Returns an IPv4 address unchanged. */
export function networkOf(address: string, bits: number): string {
    if (!isNetworked(address)) return address;
    const [head = "", tail] = address.toLowerCase().split("::");
    const groupsOf = (text: string) => (text === "" ? [] : text.split(":"));
    const [before, after] = [groupsOf(head), groupsOf(tail ?? "")];
    const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
    const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
    // As 64 bits: the networks have at most so many.
    const number = groups.slice(0, 4).reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
    return `${(number >> BigInt(64 - bits)).toString(16)}/${bits}`;
}
