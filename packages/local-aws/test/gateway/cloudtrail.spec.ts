import assert from "node:assert/strict";
import { CloudTrail, type LookupEventsCommandInput } from "@aws-sdk/client-cloudtrail";
import { region } from "../../../../test/support/local-aws.ts";
import { allow, type Keys, useEnforcing } from "./enforcement/support.ts";

describe("CloudTrail LookupEvents on the local AWS", () => {
    const aws = useEnforcing();

    async function lookUp(input: LookupEventsCommandInput, at = region, credentials?: Keys) {
        const client = aws.open(CloudTrail, credentials, at);
        const { Events = [], NextToken } = await client.lookupEvents(input);
        return { Events, NextToken, records: Events.map(({ CloudTrailEvent = "" }) => JSON.parse(CloudTrailEvent)) };
    }
    const by = (AttributeKey: "EventName" | "ResourceName" | "Username", AttributeValue: string) => ({
        LookupAttributes: [{ AttributeKey, AttributeValue }],
    });

    it("LookupEvents lists Personalize's write calls with callers and errors", async () => {
        const ann = await aws.user(
            "ann",
            allow(["personalize:CreateDatasetGroup", "personalize:ListSchemas", "cloudtrail:LookupEvents"]),
        );
        const begun = new Date();
        const create = () => ann.personalize.createDatasetGroup({ name: "films" });
        const { datasetGroupArn = "" } = await create();
        await ann.personalize.listSchemas({});
        await assert.rejects(create(), { name: "ResourceAlreadyExistsException" });
        await assert.rejects(ann.personalize.deleteDatasetGroup({ datasetGroupArn }), {
            name: "AccessDeniedException",
        });

        const { Events, records } = await lookUp({ StartTime: new Date(begun.getTime() - 1000) }, region, ann.keys);
        assert.deepEqual(
            Events.map(({ EventName, EventSource, Username }) => [EventName, EventSource, Username]),
            [
                ["DeleteDatasetGroup", "personalize.amazonaws.com", "ann"],
                ["CreateDatasetGroup", "personalize.amazonaws.com", "ann"],
                ["CreateDatasetGroup", "personalize.amazonaws.com", "ann"],
            ],
        );
        assert.deepEqual(
            records.map(({ errorCode }) => errorCode),
            ["AccessDenied", "ResourceAlreadyExistsException", undefined],
        );
        assert.equal(records[0].userIdentity.arn, ann.arn);
        assert.match(records[0].errorMessage, /personalize:DeleteDatasetGroup .* because no identity-based policy/);
        const about = await lookUp(by("ResourceName", datasetGroupArn));
        assert.deepEqual(
            about.Events.map(({ EventName }) => EventName),
            ["DeleteDatasetGroup", "CreateDatasetGroup"],
        );
        assert.ok((about.Events[0]?.EventTime?.getTime() ?? 0) >= begun.getTime());
        assert.equal((await lookUp(by("EventName", "ListSchemas"))).Events.length, 0, "reads are not listed");
    });

    it("LookupEvents splits results into pages, omits events of other regions, and requires cloudtrail:LookupEvents", async () => {
        const first = await lookUp({ ...by("Username", "ann"), MaxResults: 2 });
        assert.equal(first.Events.length, 2);
        const rest = await lookUp({ ...by("Username", "ann"), MaxResults: 2, NextToken: first.NextToken });
        assert.equal(rest.Events.length, 1);
        assert.equal(rest.NextToken, undefined);
        assert.equal((await lookUp(by("Username", "ann"), "us-east-1")).Events.length, 0);
        assert.equal((await lookUp({ StartTime: new Date(Date.now() + 60_000) })).Events.length, 0);
        const { keys } = await aws.user("bob");
        await assert.rejects(lookUp({}, region, keys), { name: "AccessDeniedException" });
        const [denial] = (await lookUp(by("Username", "bob"))).records;
        assert.deepEqual([denial.eventName, denial.errorCode], ["LookupEvents", "AccessDenied"]);
    });

    it("LookupEvents returns events of IAM in us-east-1 only", async () => {
        const { iam } = await aws.user("eve");
        await assert.rejects(iam.getUser({ UserName: "eve" }), { name: "AccessDenied" });
        const iamEvents = async (at: string) =>
            (await lookUp(by("Username", "eve"), at)).Events.map(({ EventSource, EventName }) => [
                EventSource,
                EventName,
            ]);
        assert.deepEqual(await iamEvents(region), []);
        assert.deepEqual(await iamEvents("us-east-1"), [["iam.amazonaws.com", "GetUser"]]);
    });
});
