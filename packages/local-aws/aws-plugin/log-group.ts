import {
    type CloudWatchLogsClient,
    CreateLogGroupCommand,
    DeleteLogGroupCommand,
    DeleteRetentionPolicyCommand,
    DescribeLogGroupsCommand,
    ListTagsForResourceCommand,
    PutRetentionPolicyCommand,
    TagResourceCommand,
    UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { type AnyEntry, entry, goneKeys, named, type Properties, tagMap, withoutDefaults } from "./entry.ts";

const gone = "ResourceNotFoundException";

/** Log groups. Their ARN has no `:*` at its end, which CloudWatch Logs adds, as in Pulumi's AWS plugin. */
export function logGroupEntries(logs: CloudWatchLogsClient): Record<string, AnyEntry> {
    async function find(name: string) {
        const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
        const found = logGroups.find(({ logGroupName }) => logGroupName === name);
        return found && { ...found, bareArn: (found.arn ?? "").replace(/:\*$/, "") };
    }
    const tagsOf = async (resourceArn: string) =>
        (await logs.send(new ListTagsForResourceCommand({ resourceArn }))).tags ?? {};
    return {
        "aws:cloudwatch/logGroup:LogGroup": entry<aws.cloudwatch.LogGroupArgs>({
            properties: { name: "replace", retentionInDays: "update", tags: "update" },
            async create(args) {
                const logGroupName = named(args.name, "name");
                await logs.send(new CreateLogGroupCommand({ logGroupName, tags: tagMap(args.tags) }));
                await this.update(logGroupName, args, args);
                return logGroupName;
            },
            computed: async (name) => ({ arn: (await find(name))?.bareArn }),
            async read(name, state) {
                const found = await find(name);
                return (
                    found &&
                    withoutDefaults(
                        {
                            name,
                            retentionInDays: found.retentionInDays ?? 0,
                            tags: await tagsOf(found.bareArn),
                        },
                        state as Properties,
                        { retentionInDays: 0, tags: {} },
                    )
                );
            },
            async update(logGroupName, { retentionInDays, tags }, olds) {
                if (retentionInDays) {
                    await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
                } else if (olds.retentionInDays) {
                    await logs.send(new DeleteRetentionPolicyCommand({ logGroupName }));
                }
                const found = await find(logGroupName);
                const resourceArn = found?.bareArn;
                const tagKeys = goneKeys(olds.tags, tags);
                if (tagKeys.length > 0) {
                    await logs.send(new UntagResourceCommand({ resourceArn, tagKeys }));
                }
                if (Object.keys(tags ?? {}).length > 0) {
                    await logs.send(new TagResourceCommand({ resourceArn, tags: tagMap(tags) }));
                }
            },
            async delete(logGroupName) {
                await unlessGone(logs.send(new DeleteLogGroupCommand({ logGroupName })), gone);
            },
        }),
    };
}
