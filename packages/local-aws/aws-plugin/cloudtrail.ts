import * as cloudTrail from "@aws-sdk/client-cloudtrail";
import type * as aws from "@pulumi/aws";
import { createSender } from "../calls.ts";
import { type AnyEntry, tagList } from "./entry.ts";
import { clearsTo, list, memberAt, struct, value, withDefault } from "./kinds.ts";
import { resource } from "./resource.ts";

const selectors = list(
    struct({
        readWriteType: withDefault("All"),
        includeManagementEvents: withDefault(true),
        excludeManagementEventSources: withDefault([]),
    }),
);

/**
 * Returns the plugin's resource type for trails, with the defaults of CreateTrail and with logging switched on, as in
 * Pulumi's AWS plugin. The resource id is the trail's ARN.
 */
export function trailEntries(client: cloudTrail.CloudTrailClient): Record<string, AnyEntry> {
    const call = createSender(client);
    return {
        "aws:cloudtrail/trail:Trail": resource<aws.cloudtrail.TrailArgs>({
            replace: { name: value },
            update: {
                s3BucketName: value,
                s3KeyPrefix: withDefault(""),
                includeGlobalServiceEvents: withDefault(true),
                isMultiRegionTrail: withDefault(false),
                enableLogFileValidation: withDefault(false),
                enableLogging: memberAt("IsLogging", value, true),
                cloudWatchLogsGroupArn: memberAt("CloudWatchLogsLogGroupArn", { to: withAllStreams }, ""),
                cloudWatchLogsRoleArn: withDefault(""),
                eventSelectors: clearsTo([{}], selectors),
            },
            outputs: (arn) => ({ arn, homeRegion: arn.split(":")[3] }),
            gone: ["TrailNotFoundException"],
            tags: {
                member: "TagsList",
                by: "id",
                form: tagList,
                async list(arn) {
                    const { ResourceTagList } = await call(cloudTrail.ListTagsCommand)({ ResourceIdList: [arn] });
                    return ResourceTagList?.[0]?.TagsList;
                },
                add: (ResourceId, TagsList) => call(cloudTrail.AddTagsCommand)({ ResourceId, TagsList }),
                remove: (ResourceId, keys) =>
                    call(cloudTrail.RemoveTagsCommand)({ ResourceId, TagsList: keys.map((Key) => ({ Key })) }),
            },
            create: async ({ IsLogging, EventSelectors, ...trail }) =>
                (await call(cloudTrail.CreateTrailCommand)(trail)).TrailARN,
            // MiniStack's CreateTrail does not store the log group and the tags, so the following update sends them
            // again.
            settles: true,
            key: "Name",
            async get(key, TrailName) {
                const { Trail } = await call(cloudTrail.GetTrailCommand)(key);
                const { IsLogging } = await call(cloudTrail.GetTrailStatusCommand)(key);
                const { EventSelectors } = await call(cloudTrail.GetEventSelectorsCommand)({ TrailName });
                const EnableLogFileValidation = Trail?.LogFileValidationEnabled;
                return Trail && { ...Trail, EnableLogFileValidation, IsLogging, EventSelectors };
            },
            async put({ IsLogging, EventSelectors, ...trail }, { id: TrailName, key }) {
                await call(cloudTrail.UpdateTrailCommand)(trail);
                if (EventSelectors) await call(cloudTrail.PutEventSelectorsCommand)({ TrailName, EventSelectors });
                await (IsLogging ? call(cloudTrail.StartLoggingCommand) : call(cloudTrail.StopLoggingCommand))(key);
            },
            delete: call(cloudTrail.DeleteTrailCommand),
        }),
    };
}

/** Returns the ARN of a log group. Throws if it does not end in `:*`, as CloudTrail requires. */
function withAllStreams(group: unknown): unknown {
    if (group !== "" && !String(group).endsWith(":*")) {
        throw new Error(
            `InvalidCloudWatchLogsLogGroupArnException: ${group} does not end in ":*". CloudTrail takes a log group by the ARN of all its streams: pulumi.interpolate\`\${logGroup.arn}:*\``,
        );
    }
    return group;
}
