import {
    CloudFrontClient,
    ListCachePoliciesCommand,
    ListResponseHeadersPoliciesCommand,
    ListTagsForResourceCommand,
    paginateListDistributions,
    paginateListOriginAccessControls,
} from "@aws-sdk/client-cloudfront";
import { shell } from "terminal-text";
import { type Listed, lister, type Place, pairs, untagged } from "./item.ts";

/** CloudFront is a global service, so its ARNs have no region. */
const edgeArn = ({ partition, accountId }: Place, kind: string, id: string) =>
    `arn:${partition}:cloudfront::${accountId}:${kind}/${id}`;

/** A shell expression for the current ETag, which each change needs. */
const version = (kind: string, id: string) =>
    `"$(aws cloudfront get-${kind} --id ${shell(id)} --query ETag --output text)"`;

/** Lists the resources of the page. Only distributions have tags. */
export const distributionListers = {
    // AWS bills a distribution only for requests and bytes, so no hourly price is listed. Before its deletion, a
    // distribution must be disabled at all edge locations.
    distribution: lister(
        CloudFrontClient,
        (client) => paginateListDistributions({ client }, {}),
        (page) => page.DistributionList?.Items,
        ({ Id = "", ARN, Comment, LastModifiedTime, Enabled }, place, client) => {
            const arn = ARN ?? edgeArn(place, "distribution", Id);
            const off = `"$(aws cloudfront get-distribution --id ${Id} --query 'merge(Distribution.DistributionConfig, {Enabled: \`false\`})' --output json)"`;
            const change = `aws cloudfront update-distribution --id ${Id} --if-match ${version("distribution", Id)}`;
            return {
                name: Comment || Id,
                arn,
                since: LastModifiedTime,
                tags: async () =>
                    pairs((await client.send(new ListTagsForResourceCommand({ Resource: arn }))).Tags?.Items),
                remove: async () => [
                    ...(Enabled ? [`${change} --distribution-config ${off}`] : []),
                    `aws cloudfront wait distribution-deployed --id ${Id}`,
                    `aws cloudfront delete-distribution --id ${Id} --if-match ${version("distribution", Id)}`,
                ],
            };
        },
    ),
    "origin access control": lister(
        CloudFrontClient,
        (client) => paginateListOriginAccessControls({ client }, {}),
        (page) => page.OriginAccessControlList?.Items,
        ({ Id, Name }, place) => withoutTags("origin-access-control", place, Id, Name),
    ),
    // The account's own policies, without CloudFront's managed ones.
    "response headers policy": lister(
        CloudFrontClient,
        (client) => onePage(client.send(new ListResponseHeadersPoliciesCommand({ Type: "custom" }))),
        (page) => page.ResponseHeadersPolicyList?.Items,
        ({ ResponseHeadersPolicy: policy }, place) =>
            withoutTags("response-headers-policy", place, policy?.Id, policy?.ResponseHeadersPolicyConfig?.Name),
    ),
    "cache policy": lister(
        CloudFrontClient,
        (client) => onePage(client.send(new ListCachePoliciesCommand({ Type: "custom" }))),
        (page) => page.CachePolicyList?.Items,
        ({ CachePolicy: policy }, place) =>
            withoutTags("cache-policy", place, policy?.Id, policy?.CachePolicyConfig?.Name),
    ),
};

/** Reads the whole list: an account has 20 own policies by default, and a page has 100 (CloudFront, "Quotas"). */
async function* onePage<P>(list: Promise<P>): AsyncGenerator<P> {
    yield await list;
}

function withoutTags(noun: string, place: Place, id = "", name = id): Listed {
    return {
        name,
        arn: edgeArn(place, noun, id),
        importId: id,
        tags: untagged,
        remove: async () => [`aws cloudfront delete-${noun} --id ${shell(id)} --if-match ${version(noun, id)}`],
    };
}
