import {
    type CloudFrontClient,
    ListCachePoliciesCommand,
    ListOriginRequestPoliciesCommand,
} from "@aws-sdk/client-cloudfront";
import type { Lookup } from "./provider.ts";

/** The functions that find a policy, AWS's own among them, by its name or id. */
export function edgePolicyLookups(client: CloudFrontClient): Record<string, Lookup> {
    type Policy = {
        readonly Id?: string | undefined;
        readonly name: string | undefined;
        readonly comment: string | undefined;
    };
    const lookup =
        (noun: string, list: () => Promise<readonly Policy[]>): Lookup =>
        async ({ id, name }) => {
            const found = (await list()).find((policy) => (id === undefined ? policy.name === name : policy.Id === id));
            if (!found) {
                throw new Error(`there is no ${noun} policy ${String(id ?? name)}`);
            }
            return { id: found.Id, name: found.name, comment: found.comment ?? "" };
        };
    return {
        "aws:cloudfront/getCachePolicy:getCachePolicy": lookup("cache", async () => {
            const { CachePolicyList: list } = await client.send(new ListCachePoliciesCommand({}));
            return (list?.Items ?? []).map(({ CachePolicy: policy }) => ({
                Id: policy?.Id,
                name: policy?.CachePolicyConfig?.Name,
                comment: policy?.CachePolicyConfig?.Comment,
            }));
        }),
        "aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy": lookup("origin request", async () => {
            const { OriginRequestPolicyList: list } = await client.send(new ListOriginRequestPoliciesCommand({}));
            return (list?.Items ?? []).map(({ OriginRequestPolicy: policy }) => ({
                Id: policy?.Id,
                name: policy?.OriginRequestPolicyConfig?.Name,
                comment: policy?.OriginRequestPolicyConfig?.Comment,
            }));
        }),
    };
}
