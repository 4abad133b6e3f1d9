import * as sdk from "@aws-sdk/client-personalize";
import { type CommonInputs, firstMatch, nameProblems, type ResourceKind, requireArn, standing } from "./resource.ts";
import { tagList } from "./tags.ts";

export interface EventTrackerInputs extends CommonInputs {
    /** Name in Personalize: 1 to 63 letters, digits, `-` and `_`. */
    readonly name: string;
    /** ARN of the dataset group. */
    readonly datasetGroupArn: string;
}

/** An event tracker. A dataset group has only one; PutEvents uses its `trackingId`. */
export const eventTracker: ResourceKind<EventTrackerInputs> = {
    noun: "event tracker",
    usual: "15 to 45 s",
    deadlineMinutes: 30,
    replaces: ["region", "name", "datasetGroupArn"],
    updates: [],
    identity: ["region", "datasetGroupArn"],
    taggable: true,
    displayName: ({ name }) => name,
    problems: ({ name }) => nameProblems(name),
    async find(client, { datasetGroupArn }) {
        const pages = sdk.paginateListEventTrackers({ client }, { datasetGroupArn });
        return (await firstMatch(pages, "eventTrackers", () => true))?.eventTrackerArn;
    },
    async create(client, { name, datasetGroupArn, tags }) {
        const command = new sdk.CreateEventTrackerCommand({ name, datasetGroupArn, tags: tagList(tags) });
        return requireArn((await client.send(command)).eventTrackerArn);
    },
    async describe(client, eventTrackerArn) {
        const { eventTracker: description } = await client.send(
            new sdk.DescribeEventTrackerCommand({ eventTrackerArn }),
        );
        const { name, datasetGroupArn, trackingId } = description ?? {};
        return { ...standing(description), properties: { name, datasetGroupArn, trackingId } };
    },
    delete: (client, eventTrackerArn) => client.send(new sdk.DeleteEventTrackerCommand({ eventTrackerArn })),
};
