import { type CloudTrailClient, DescribeTrailsCommand } from "@aws-sdk/client-cloudtrail";
import { ListQueueTagsCommand, paginateListQueues, type SQSClient } from "@aws-sdk/client-sqs";
import { type AccountScope, awsCommand, type InventoryItem, item, readPages, type TaggedScope } from "./item.ts";

/** Lists SQS queues, which bill only calls. */
export const queues = (client: SQSClient, place: AccountScope) =>
    // Without MaxResults, SQS returns at most 1,000 queues and no token.
    readPages(paginateListQueues({ client }, { MaxResults: 1000 }), (page) =>
        page.QueueUrls?.map((QueueUrl) => {
            const name = QueueUrl.split("/").at(-1) ?? "";
            return item("SQS queue", name, `arn:${place.partition}:sqs:${place.region}:${place.accountId}:${name}`, {
                importId: QueueUrl,
                tags: async () => (await client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags ?? {},
                remove: async () => [awsCommand(place, "sqs delete-queue", "--queue-url", QueueUrl)],
            });
        }),
    );

/**
 * Lists the trails of this region. AWS bills the events of a second trail, but no call returns their number; `doctor`
 * shows the price.
 */
export async function trails(client: CloudTrailClient, place: TaggedScope): Promise<InventoryItem[]> {
    const { trailList = [] } = await client.send(new DescribeTrailsCommand({ includeShadowTrails: false }));
    return trailList.map(({ Name = "", TrailARN = "" }) =>
        item("CloudTrail trail", Name, TrailARN, {
            importId: TrailARN,
            tags: async () => place.taggedOf(TrailARN),
            remove: async () => [awsCommand(place, "cloudtrail delete-trail", "--name", TrailARN)],
        }),
    );
}
