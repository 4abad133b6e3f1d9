import {
    type CloudFrontClient,
    ListCachePoliciesCommand,
    ListResponseHeadersPoliciesCommand,
    ListTagsForResourceCommand,
    paginateListDistributions,
    paginateListOriginAccessControls,
} from "@aws-sdk/client-cloudfront";
import { shell } from "terminal-text";
import { type AccountScope, type InventoryKind, item, readPages, tagsIn } from "./item.ts";

/** CloudFront is a global service, so its ARNs have no region. */
const edgeArn = ({ partition, accountId }: AccountScope, kind: string, id: string) =>
    `arn:${partition}:cloudfront::${accountId}:${kind}/${id}`;

/** A shell expression for the current ETag, which each change needs. */
const version = (kind: string, id: string) =>
    `"$(aws cloudfront get-${kind} --id ${shell(id)} --query ETag --output text)"`;

/**
 * Lists distributions, which bill only requests and bytes. A distribution must be disabled everywhere before its
 * deletion.
 */
export const distributions = (client: CloudFrontClient, place: AccountScope) =>
    readPages(paginateListDistributions({ client }, {}), (page) =>
        page.DistributionList?.Items?.map(
            ({ Id = "", ARN = edgeArn(place, "distribution", Id), Comment, LastModifiedTime, Enabled }) => {
                const off = `"$(aws cloudfront get-distribution --id ${Id} --query 'merge(Distribution.DistributionConfig, {Enabled: \`false\`})' --output json)"`;
                const change = `aws cloudfront update-distribution --id ${Id} --if-match ${version("distribution", Id)}`;
                return item("distribution", Comment || Id, ARN, {
                    since: LastModifiedTime,
                    tags: async () =>
                        tagsIn((await client.send(new ListTagsForResourceCommand({ Resource: ARN }))).Tags?.Items),
                    remove: async () => [
                        ...(Enabled ? [`${change} --distribution-config ${off}`] : []),
                        `aws cloudfront wait distribution-deployed --id ${Id}`,
                        `aws cloudfront delete-distribution --id ${Id} --if-match ${version("distribution", Id)}`,
                    ],
                });
            },
        ),
    );

/** Lists origin access controls, with which distributions read buckets. They have no tags. */
export const originAccessControls = (client: CloudFrontClient, place: AccountScope) =>
    readPages(paginateListOriginAccessControls({ client }, {}), (page) =>
        page.OriginAccessControlList?.Items?.map(({ Id, Name }) => untagged(place, "origin access control", Id, Name)),
    );

/** Lists the account's own response headers policies, without CloudFront's managed ones. They have no tags. */
export function responseHeadersPolicies(client: CloudFrontClient, place: AccountScope) {
    const pages = pagesOf(
        (input) => client.send(new ListResponseHeadersPoliciesCommand(input)),
        (page) => page.ResponseHeadersPolicyList?.NextMarker,
    );
    return readPages(pages, (page) =>
        page.ResponseHeadersPolicyList?.Items?.map(({ ResponseHeadersPolicy: of }) =>
            untagged(place, "response headers policy", of?.Id, of?.ResponseHeadersPolicyConfig?.Name),
        ),
    );
}

/** Lists the account's own cache policies. They have no tags. */
export function cachePolicies(client: CloudFrontClient, place: AccountScope) {
    const pages = pagesOf(
        (input) => client.send(new ListCachePoliciesCommand(input)),
        (page) => page.CachePolicyList?.NextMarker,
    );
    return readPages(pages, (page) =>
        page.CachePolicyList?.Items?.map(({ CachePolicy: of }) =>
            untagged(place, "cache policy", of?.Id, of?.CachePolicyConfig?.Name),
        ),
    );
}

/** Reads the pages of the account's own policies: the SDK has no paginators of these two lists. */
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

function untagged(place: AccountScope, kind: InventoryKind & `${string} ${string}`, id = "", name = id) {
    const noun = kind.replaceAll(" ", "-");
    return item(kind, name, edgeArn(place, noun, id), {
        importId: id,
        remove: async () => [`aws cloudfront delete-${noun} --id ${shell(id)} --if-match ${version(noun, id)}`],
    });
}
