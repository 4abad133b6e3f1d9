import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import { type GatewayEvent, headerOf } from "./gateway-event.ts";
import { eventsPerAddress, viewersPerEdge } from "./limits.ts";

/** An IP address (or network) for which the API counts events. */
export interface CountedAddress {
    /** Hash of the address, because the table stores no address. */
    readonly name: string;
    /** Maximum number of events per minute. */
    readonly limit: number;
}

/**
 * Returns the IP addresses for which the API counts the events of a request. API Gateway sets `sourceIp` from the
 * connection, so a caller cannot choose it. Behind CloudFront, `sourceIp` is an address of CloudFront, which many
 * viewers share. CloudFront and then API Gateway append the address of their peer to X-Forwarded-For, so the viewer's
 * address is the second to last entry; the caller can write earlier entries. A caller that avoids CloudFront can write
 * the second to last entry too. Therefore `sourceIp` counts in both cases.
 */
export function toCountedAddresses(event: GatewayEvent, behindCloudFront: boolean): CountedAddress[] {
    const peer = event.requestContext.identity?.sourceIp;
    if (peer === undefined) return [];
    if (!behindCloudFront) return [counted(peer, eventsPerAddress)];
    const viewer = headerOf(event, "x-forwarded-for")?.split(",").at(-2)?.trim();
    const edge = counted(`edge ${networkOf(peer)}`, viewersPerEdge * eventsPerAddress);
    return viewer ? [counted(viewer, eventsPerAddress), edge] : [edge];
}

const counted = (address: string, limit: number): CountedAddress => ({
    name: createHash("sha256").update(networkOf(address)).digest("base64url").slice(0, 16),
    limit,
});

/**
 * Returns the network of an IPv6 address, because a customer has at least the last 64 bits (RFC 6177). Returns an IPv4
 * address unchanged.
 */
export function networkOf(address: string): string {
    if (!isIPv6(address) || address.includes(".")) return address;
    const [head = "", tail] = address.toLowerCase().split("::");
    const groupsOf = (text: string) => (text === "" ? [] : text.split(":"));
    const [before, after] = [groupsOf(head), groupsOf(tail ?? "")];
    const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
    const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
    return `${groups
        .slice(0, 4)
        .map((group) => group.replace(/^0+(?=.)/, ""))
        .join(":")}::/64`;
}
