import { type CloudTrailClient, DescribeTrailsCommand } from "@aws-sdk/client-cloudtrail";
import { ListQueueTagsCommand, paginateListQueues, type SQSClient } from "@aws-sdk/client-sqs";
import { shell } from "terminal-text";
import { free, type InventoryItem, readPages, type Tags } from "./item.ts";
import type { AccountScope } from "./operations.ts";

/** Lists SQS queues, which bill only calls. */
export async function queues(
    client: SQSClient,
    { partition, region, accountId }: AccountScope,
): Promise<InventoryItem[]> {
    // Without MaxResults, SQS returns at most 1,000 queues and no token.
    const urls = await readPages(paginateListQueues({ client }, { MaxResults: 1000 }), (page) => page.QueueUrls);
    return urls.map((QueueUrl) => {
        const name = QueueUrl.split("/").at(-1) ?? "";
        return {
            kind: "SQS queue",
            name,
            importId: QueueUrl,
            arn: `arn:${partition}:sqs:${region}:${accountId}:${name}`,
            tags: async (): Promise<Tags> => (await client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags ?? {},
            bill: async () => free,
            remove: async () => [shell("aws", "sqs", "delete-queue", "--region", region, "--queue-url", QueueUrl)],
        };
    });
}

/**
 * Lists the trails of this region. AWS bills the events of a second trail, but no call returns their number; `doctor`
 * shows the price.
 */
export async function trails(
    client: CloudTrailClient,
    { region }: AccountScope,
    taggedOf: (arn: string) => Tags | undefined,
): Promise<InventoryItem[]> {
    const { trailList = [] } = await client.send(new DescribeTrailsCommand({ includeShadowTrails: false }));
    return trailList.map(({ Name = "", TrailARN = "" }) => ({
        kind: "CloudTrail trail",
        name: Name,
        arn: TrailARN,
        importId: TrailARN,
        tags: async () => taggedOf(TrailARN),
        bill: async () => free,
        remove: async () => [shell("aws", "cloudtrail", "delete-trail", "--region", region, "--name", TrailARN)],
    }));
}
