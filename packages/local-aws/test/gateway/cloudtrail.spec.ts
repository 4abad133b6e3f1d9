import assert from "node:assert/strict";
import { CloudTrail, type LookupEventsCommandInput } from "@aws-sdk/client-cloudtrail";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { KMS } from "@aws-sdk/client-kms";
import { region } from "../../../../test/support/local-aws.ts";
import { until } from "../../../../test/support/until.ts";
import { account, allow, type Keys, useEnforcing } from "./enforcement/support.ts";

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

describe("CloudTrail trails with a log group on the local AWS", () => {
    const aws = useEnforcing();
    const stream = `${account}_CloudTrail_${region}`;
    let logs: CloudWatchLogs;
    let trails: CloudTrail;
    before(() => {
        logs = aws.open(CloudWatchLogs);
        trails = aws.open(CloudTrail);
    });

    /** Creates a trail that excludes KMS, with a log group and a role that may call `actions` on the trail's stream. */
    async function createTrail(name: string, actions: string[], IsMultiRegionTrail = true): Promise<string> {
        const logGroupName = `/aws/cloudtrail/${name}`;
        await logs.createLogGroup({ logGroupName });
        const group = `arn:aws:logs:${region}:${account}:log-group:${logGroupName}:`;
        const trust = { Service: "cloudtrail.amazonaws.com" };
        const role = await aws.role(name, trust, allow(actions, `${group}log-stream:${stream}*`));
        await trails.createTrail({ Name: name, S3BucketName: "films", IsMultiRegionTrail });
        const logging = { CloudWatchLogsLogGroupArn: `${group}*`, CloudWatchLogsRoleArn: role };
        await trails.updateTrail({ Name: name, ...logging });
        const EventSelectors = [{ ExcludeManagementEventSources: ["kms.amazonaws.com"] }];
        await trails.putEventSelectors({ TrailName: name, EventSelectors });
        await trails.startLogging({ Name: name });
        return logGroupName;
    }

    /** Returns each event in a log group as caller, service, action and error code. */
    async function delivered(logGroupName: string): Promise<string[]> {
        const { events = [] } = await logs.filterLogEvents({ logGroupName, logStreamNames: [stream] });
        return events.map(({ message = "" }) => {
            const { userIdentity, eventSource, eventName, errorCode } = JSON.parse(message);
            return [userIdentity.arn.split("/").at(-1), eventSource.split(".")[0], eventName, errorCode].join(" ");
        });
    }

    const both = ["logs:CreateLogStream", "logs:PutLogEvents"];

    it("a trail delivers a denied call only to a log group whose role may create a stream and write to it", async () => {
        const unable = [await createTrail("no-put", both.slice(0, 1)), await createTrail("no-stream", both.slice(1))];
        const able = await createTrail("able", both);
        const { personalize } = await aws.user("ann");
        await assert.rejects(personalize.deleteSchema({ schemaArn: "arn:aws:personalize:::schema/films" }));
        const denied = "ann personalize DeleteSchema AccessDenied";
        await until("delivery of the denied call", async () => (await delivered(able)).includes(denied), 20);
        for (const group of unable) assert.deepEqual(await delivered(group), []);
    });

    it("a trail delivers each event once, with the caller, and without the excluded sources", async () => {
        const group = await createTrail("films", both);
        const eve = await aws.user("eve", allow("personalize:CreateDatasetGroup"));
        await assert.rejects(aws.open(KMS, eve.keys).listKeys({}));
        await eve.personalize.createDatasetGroup({ name: "films" });
        await assert.rejects(eve.personalize.listSchemas({}));
        await until("delivery of the first calls", async () => (await delivered(group)).length >= 2, 20);
        await assert.rejects(eve.s3.listBuckets({}));
        await until("delivery of the last call", async () => (await delivered(group)).length >= 3, 20);
        assert.deepEqual(await delivered(group), [
            "eve personalize CreateDatasetGroup ",
            "eve personalize ListSchemas AccessDenied",
            "eve s3 ListAllMyBuckets AccessDenied",
        ]);
    });

    it("only a multi-Region trail delivers events of IAM", async () => {
        const [one, all] = [await createTrail("one-region", both, false), await createTrail("all-regions", both)];
        const { iam, personalize } = await aws.user("bob");
        await assert.rejects(iam.listUsers({}));
        await assert.rejects(personalize.listSchemas({}));
        const listed = "bob personalize ListSchemas AccessDenied";
        await until("delivery", async () => (await delivered(one)).length + (await delivered(all)).length >= 3, 20);
        assert.deepEqual(await delivered(one), [listed]);
        assert.deepEqual(await delivered(all), ["bob iam ListUsers AccessDenied", listed]);
    });
});
