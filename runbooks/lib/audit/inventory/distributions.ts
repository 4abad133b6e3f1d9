import {
    type CloudFrontClient,
    ListCachePoliciesCommand,
    ListResponseHeadersPoliciesCommand,
    ListTagsForResourceCommand,
    paginateListDistributions,
    paginateListOriginAccessControls,
} from "@aws-sdk/client-cloudfront";
import { shell } from "terminal-text";
import { free, type InventoryItem, type InventoryKind, readPages, type Tags } from "./item.ts";
import type { AccountScope } from "./operations.ts";

/** Returns the ARN of a CloudFront resource. CloudFront is a global service, so its ARNs have no region. */
const edgeArn = ({ partition, accountId }: AccountScope, kind: string, id: string) =>
    `arn:${partition}:cloudfront::${accountId}:${kind}/${id}`;

/** A shell expression for the current ETag, which each change needs. */
const version = (kind: string, id: string) =>
    `"$(aws cloudfront get-${kind} --id ${shell(id)} --query ETag --output text)"`;

/**
 * Lists distributions, which bill only requests and bytes. A distribution must be disabled everywhere before its
 * deletion.
 */
export async function distributions(client: CloudFrontClient, place: AccountScope): Promise<InventoryItem[]> {
    const allDistributions = await readPages(
        paginateListDistributions({ client }, {}),
        (page) => page.DistributionList?.Items,
    );
    return allDistributions.map(
        ({ Id = "", ARN = edgeArn(place, "distribution", Id), Comment, LastModifiedTime, Enabled }) => {
            const off = `"$(aws cloudfront get-distribution --id ${Id} --query 'merge(Distribution.DistributionConfig, {Enabled: \`false\`})' --output json)"`;
            const change = `aws cloudfront update-distribution --id ${Id} --if-match ${version("distribution", Id)}`;
            return {
                kind: "distribution",
                name: Comment || Id,
                arn: ARN,
                since: LastModifiedTime,
                tags: async (): Promise<Tags> => {
                    const { Tags: answer } = await client.send(new ListTagsForResourceCommand({ Resource: ARN }));
                    return Object.fromEntries((answer?.Items ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
                },
                bill: async () => free,
                remove: async () => [
                    ...(Enabled ? [`${change} --distribution-config ${off}`] : []),
                    `aws cloudfront wait distribution-deployed --id ${Id}`,
                    `aws cloudfront delete-distribution --id ${Id} --if-match ${version("distribution", Id)}`,
                ],
            };
        },
    );
}

/** Lists origin access controls, with which distributions read buckets. They have no tags. */
export async function originAccessControls(client: CloudFrontClient, place: AccountScope): Promise<InventoryItem[]> {
    const controls = await readPages(
        paginateListOriginAccessControls({ client }, {}),
        (page) => page.OriginAccessControlList?.Items,
    );
    return controls.map(({ Id, Name }) => untagged(place, "origin access control", Id, Name));
}

/** Lists the account's own response headers policies, without CloudFront's managed ones. They have no tags. */
export async function responseHeadersPolicies(client: CloudFrontClient, place: AccountScope): Promise<InventoryItem[]> {
    const pages = pagesOf(
        (input) => client.send(new ListResponseHeadersPoliciesCommand(input)),
        (page) => page.ResponseHeadersPolicyList?.NextMarker,
    );
    const policies = await readPages(pages, (page) => page.ResponseHeadersPolicyList?.Items);
    return policies.map(({ ResponseHeadersPolicy: policy }) =>
        untagged(place, "response headers policy", policy?.Id, policy?.ResponseHeadersPolicyConfig?.Name),
    );
}

/** Lists the account's own cache policies. They have no tags. */
export async function cachePolicies(client: CloudFrontClient, place: AccountScope): Promise<InventoryItem[]> {
    const pages = pagesOf(
        (input) => client.send(new ListCachePoliciesCommand(input)),
        (page) => page.CachePolicyList?.NextMarker,
    );
    const policies = await readPages(pages, (page) => page.CachePolicyList?.Items);
    return policies.map(({ CachePolicy: policy }) =>
        untagged(place, "cache policy", policy?.Id, policy?.CachePolicyConfig?.Name),
    );
}

/** Reads all pages of a list of CloudFront policies, because the SDK has no paginator for it. */
async function* pagesOf<P>(
    read: (input: { readonly Type: "custom"; readonly Marker?: string }) => Promise<P>,
    markerOf: (page: P) => string | undefined,
): AsyncGenerator<P> {
    let Marker: string | undefined;
    do {
        const page = await read({ Type: "custom", ...(Marker && { Marker }) });
        yield page;
        Marker = markerOf(page);
    } while (Marker);
}

function untagged(place: AccountScope, kind: InventoryKind & `${string} ${string}`, id = "", name = id): InventoryItem {
    const noun = kind.replaceAll(" ", "-");
    return {
        kind,
        name,
        arn: edgeArn(place, noun, id),
        importId: id,
        tags: async () => undefined,
        bill: async () => free,
        remove: async () => [`aws cloudfront delete-${noun} --id ${shell(id)} --if-match ${version(noun, id)}`],
    };
}
