import {
    AddTagsCommand,
    type CloudTrailClient,
    CreateTrailCommand,
    DeleteTrailCommand,
    type EventSelector,
    GetEventSelectorsCommand,
    GetTrailCommand,
    GetTrailStatusCommand,
    ListTagsCommand,
    PutEventSelectorsCommand,
    RemoveTagsCommand,
    StartLoggingCommand,
    StopLoggingCommand,
    UpdateTrailCommand,
} from "@aws-sdk/client-cloudtrail";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import {
    type AnyEntry,
    awsKeys,
    canonical,
    entry,
    goneKeys,
    named,
    type Properties,
    plainTags,
    pulumiKeys,
    type Resolved,
    tagList,
    withoutDefaults,
} from "./entry.ts";

const gone = "TrailNotFoundException";

type Args = Resolved<aws.cloudtrail.TrailArgs>;

/** CloudTrail's defaults (API reference of CreateTrail), and that a trail logs, as in Pulumi's AWS plugin. */
const defaults = {
    s3KeyPrefix: "",
    includeGlobalServiceEvents: true,
    isMultiRegionTrail: false,
    enableLogFileValidation: false,
    enableLogging: true,
    cloudWatchLogsGroupArn: "",
    cloudWatchLogsRoleArn: "",
    tags: {},
};
const defaultSelectors: EventSelector[] = [{ ReadWriteType: "All", IncludeManagementEvents: true }];

/** Trails. A trail's id is its ARN. */
export function trailEntries(client: CloudTrailClient): Record<string, AnyEntry> {
    async function tagsOf(arn: string) {
        const { ResourceTagList = [] } = await client.send(new ListTagsCommand({ ResourceIdList: [arn] }));
        return plainTags(ResourceTagList[0]?.TagsList);
    }
    async function selectorsOf(TrailName: string): Promise<Properties[]> {
        const { EventSelectors = [] } = await client.send(new GetEventSelectorsCommand({ TrailName }));
        return (pulumiKeys(EventSelectors) as Properties[]).map((selector) =>
            withoutDefaults(selector, {}, { dataResources: [], excludeManagementEventSources: [] }),
        );
    }
    return {
        "aws:cloudtrail/trail:Trail": entry<aws.cloudtrail.TrailArgs>({
            properties: {
                name: "replace",
                s3BucketName: "update",
                s3KeyPrefix: "update",
                includeGlobalServiceEvents: "update",
                isMultiRegionTrail: "update",
                enableLogFileValidation: "update",
                enableLogging: "update",
                cloudWatchLogsGroupArn: "update",
                cloudWatchLogsRoleArn: "update",
                eventSelectors: "update",
                tags: "update",
            },
            nested: [
                "eventSelectors.readWriteType",
                "eventSelectors.includeManagementEvents",
                "eventSelectors.excludeManagementEventSources",
                "eventSelectors.dataResources.type",
                "eventSelectors.dataResources.values",
            ],
            async create(args) {
                const Name = named(args.name, "name");
                const wanted = { ...trailOf(Name, args), TagsList: tagList(args.tags) };
                const { TrailARN: arn = "" } = await client.send(new CreateTrailCommand(wanted));
                // MiniStack stores the logs and tags of a create only when they are sent again.
                await this.update(arn, args, args);
                return arn;
            },
            computed: async (arn) => ({ arn, homeRegion: arn.split(":")[3] }),
            async read(arn, state) {
                const found = (await unlessGone(client.send(new GetTrailCommand({ Name: arn })), gone))?.Trail;
                if (!found) {
                    return undefined;
                }
                const { IsLogging } = await client.send(new GetTrailStatusCommand({ Name: arn }));
                const answered = {
                    name: found.Name,
                    s3BucketName: found.S3BucketName,
                    s3KeyPrefix: found.S3KeyPrefix,
                    includeGlobalServiceEvents: found.IncludeGlobalServiceEvents,
                    isMultiRegionTrail: found.IsMultiRegionTrail,
                    enableLogFileValidation: found.LogFileValidationEnabled,
                    enableLogging: IsLogging,
                    cloudWatchLogsGroupArn: found.CloudWatchLogsLogGroupArn,
                    cloudWatchLogsRoleArn: found.CloudWatchLogsRoleArn,
                    eventSelectors: sameSelectors(state.eventSelectors, await selectorsOf(arn)),
                    tags: await tagsOf(arn),
                };
                return withoutDefaults(answered, state as Properties, {
                    ...defaults,
                    eventSelectors: pulumiKeys(defaultSelectors),
                });
            },
            async update(arn, args, olds) {
                await client.send(new UpdateTrailCommand(trailOf(arn, args)));
                if (args.eventSelectors || olds.eventSelectors) {
                    const EventSelectors = args.eventSelectors
                        ? (awsKeys(args.eventSelectors) as EventSelector[])
                        : defaultSelectors;
                    await client.send(new PutEventSelectorsCommand({ TrailName: arn, EventSelectors }));
                }
                const Logging = (args.enableLogging ?? true) ? StartLoggingCommand : StopLoggingCommand;
                await client.send(new Logging({ Name: arn }));
                const gone = goneKeys(olds.tags, args.tags);
                if (gone.length > 0) {
                    const TagsList = gone.map((Key) => ({ Key }));
                    await client.send(new RemoveTagsCommand({ ResourceId: arn, TagsList }));
                }
                await client.send(new AddTagsCommand({ ResourceId: arn, TagsList: tagList(args.tags) }));
            },
            async delete(Name) {
                await unlessGone(client.send(new DeleteTrailCommand({ Name })), gone);
            },
        }),
    };
}

function trailOf(Name: string, args: Args) {
    const group = args.cloudWatchLogsGroupArn;
    if (group !== undefined && !group.endsWith(":*")) {
        throw new Error(
            `InvalidCloudWatchLogsLogGroupArnException: ${group} does not end in ":*". CloudTrail takes a log group by the ARN of all its streams: pulumi.interpolate\`\${logGroup.arn}:*\``,
        );
    }
    return {
        Name,
        S3BucketName: args.s3BucketName,
        S3KeyPrefix: args.s3KeyPrefix ?? defaults.s3KeyPrefix,
        IncludeGlobalServiceEvents: args.includeGlobalServiceEvents ?? defaults.includeGlobalServiceEvents,
        IsMultiRegionTrail: args.isMultiRegionTrail ?? defaults.isMultiRegionTrail,
        EnableLogFileValidation: args.enableLogFileValidation ?? defaults.enableLogFileValidation,
        CloudWatchLogsLogGroupArn: group ?? defaults.cloudWatchLogsGroupArn,
        CloudWatchLogsRoleArn: args.cloudWatchLogsRoleArn ?? defaults.cloudWatchLogsRoleArn,
    };
}

/** The program's own selectors, if those of the trail are equal with CloudTrail's defaults filled in. */
function sameSelectors(state: Args["eventSelectors"], observed: readonly Properties[]): unknown {
    const filled = (state ?? []).map((selector) => ({
        readWriteType: "All",
        includeManagementEvents: true,
        ...withoutDefaults(selector as Properties, {}, { dataResources: [], excludeManagementEventSources: [] }),
    }));
    return state && canonical(filled) === canonical(observed) ? state : observed;
}
