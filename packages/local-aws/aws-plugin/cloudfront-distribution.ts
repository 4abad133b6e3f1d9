import { randomUUID } from "node:crypto";
import {
    type CloudFrontClient,
    CreateDistributionWithTagsCommand,
    DeleteDistributionCommand,
    type Distribution,
    type DistributionConfig,
    GetDistributionCommand,
    ListTagsForResourceCommand,
    TagResourceCommand,
    UntagResourceCommand,
    UpdateDistributionCommand,
    waitUntilDistributionDeployed,
} from "@aws-sdk/client-cloudfront";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { configOf, nestedOfDistribution, parts } from "./cloudfront-config.ts";
import {
    type AnyEntry,
    covers,
    entry,
    goneKeys,
    type Properties,
    plainTags,
    tagList,
    withoutDefaults,
} from "./entry.ts";

const gone = "NoSuchDistribution";

/** Distributions, with the features that a page with an API beside it uses. */
export function distributionEntries(client: CloudFrontClient): Record<string, AnyEntry> {
    const get = (Id: string) => unlessGone(client.send(new GetDistributionCommand({ Id })), gone);
    async function tagsOf(Resource: string) {
        return plainTags((await client.send(new ListTagsForResourceCommand({ Resource }))).Tags?.Items);
    }
    const deployed = (Id: string) =>
        waitUntilDistributionDeployed({ client, maxWaitTime: 1800, minDelay: 0.5, maxDelay: 20 }, { Id });
    async function change(Id: string, wanted: (has: DistributionConfig) => DistributionConfig) {
        const found = await get(Id);
        const config = found?.Distribution?.DistributionConfig;
        if (!found || !config) {
            throw new Error(`there is no distribution ${Id}`);
        }
        const command = { Id, IfMatch: found.ETag, DistributionConfig: wanted(config) };
        return client.send(new UpdateDistributionCommand(command));
    }
    return {
        "aws:cloudfront/distribution:Distribution": entry<aws.cloudfront.DistributionArgs>({
            volatile: ["etag", "status"],
            properties: {
                comment: "update",
                enabled: "update",
                origins: "update",
                defaultCacheBehavior: "update",
                orderedCacheBehaviors: "update",
                customErrorResponses: "update",
                defaultRootObject: "update",
                priceClass: "update",
                httpVersion: "update",
                isIpv6Enabled: "update",
                viewerCertificate: "update",
                restrictions: "update",
                waitForDeployment: "update",
                tags: "update",
            },
            nested: nestedOfDistribution,
            async create(args) {
                const DistributionConfig = configOf(args, randomUUID());
                const made = await client.send(
                    new CreateDistributionWithTagsCommand({
                        DistributionConfigWithTags: { DistributionConfig, Tags: { Items: tagList(args.tags) } },
                    }),
                );
                const id = made.Distribution?.Id ?? "";
                if (args.waitForDeployment ?? true) {
                    await deployed(id);
                }
                return id;
            },
            computed: async (id) => computedOf((await get(id)) ?? {}),
            async read(id, state) {
                const found = await get(id);
                const has = found?.Distribution?.DistributionConfig;
                if (!found || !has) {
                    return undefined;
                }
                // The program's own value, if CloudFront's value contains it and adds only defaults.
                const observed = Object.entries(parts).flatMap(([property, part]) => {
                    const wanted = part(state) as Properties;
                    const said = Object.keys(wanted).map((key) => [key, (has as unknown as Properties)[key]] as const);
                    return covers(wanted, Object.fromEntries(said)) ? [] : [[property, said[0]?.[1]]];
                });
                const tags = await tagsOf(found.Distribution?.ARN ?? "");
                return {
                    ...Object.fromEntries(observed),
                    ...withoutDefaults({ tags }, state as Properties, { tags: {} }),
                    ...computedOf(found),
                };
            },
            async update(id, args) {
                const { Distribution: made } = await change(id, (has) => configOf(args, has.CallerReference ?? ""));
                const Resource = made?.ARN ?? "";
                const keys = goneKeys(await tagsOf(Resource), args.tags);
                if (keys.length > 0) {
                    await client.send(new UntagResourceCommand({ Resource, TagKeys: { Items: keys } }));
                }
                await client.send(new TagResourceCommand({ Resource, Tags: { Items: tagList(args.tags) } }));
                if (args.waitForDeployment ?? true) {
                    await deployed(id);
                }
                return computedOf((await get(id)) ?? {});
            },
            // CloudFront deletes only what is disabled everywhere.
            async delete(Id) {
                const found = await get(Id);
                if (!found) {
                    return;
                }
                if (found.Distribution?.DistributionConfig?.Enabled) {
                    await change(Id, (has) => ({ ...has, Enabled: false }));
                }
                await deployed(Id);
                const { ETag } = (await get(Id)) ?? {};
                await unlessGone(client.send(new DeleteDistributionCommand({ Id, IfMatch: ETag })), gone);
            },
        }),
    };
}

function computedOf({
    Distribution: made,
    ETag,
}: {
    Distribution?: Distribution | undefined;
    ETag?: string | undefined;
}) {
    return {
        arn: made?.ARN,
        domainName: made?.DomainName,
        status: made?.Status,
        etag: ETag,
        callerReference: made?.DistributionConfig?.CallerReference,
        // The zone of every distribution (Route 53 User Guide, "Routing traffic to a distribution").
        hostedZoneId: "Z2FDTNDATAQYW2",
    };
}
