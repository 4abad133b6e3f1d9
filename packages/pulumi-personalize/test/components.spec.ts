import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { dataBucketPolicy, executionRolePolicy, executionRoleTrust, type ServiceCaller } from "policy-evaluator";
import { ImportAccess, type ImportAccessArgs } from "../components/import-access.ts";
import { TrainedCampaign, type TrainedCampaignArgs } from "../components/trained-campaign.ts";
import { computeAccessHash } from "../dataset-import-job.ts";
import { DatasetGroup } from "../resources.ts";

const caller: ServiceCaller = { partition: "aws-cn", region: "cn-north-1", accountId: "123456789012" };
/** All resources that the components have created. */
const declared: pulumi.runtime.MockResourceArgs[] = [];
/** The properties in `ignoreChanges` of each resource type. */
const ignored: Record<string, readonly string[]> = {};

const kindOf = (type: string) => type.split(":").at(-1) ?? "";
const typesAndNames = () => declared.map(({ type, name }) => `${kindOf(type)} ${name}`).sort();
const inputsOf = (kind: string, name?: string) =>
    declared.find((one) => kindOf(one.type) === kind && (name === undefined || one.name === name))?.inputs ?? {};
const resolved = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

/** Creates resources without an engine. The ID of each is its ARN. */
async function declare<T>(program: () => T): Promise<T> {
    declared.splice(0);
    await pulumi.runtime.setMocks(
        {
            async newResource(args) {
                declared.push(args);
                const { name = args.name } = args.inputs;
                const arn = `arn:aws-cn:${kindOf(args.type)}/${name}`;
                return {
                    id: args.custom ? arn : "",
                    state: { ...args.inputs, name, arn, jobName: "films-0a1b2c3d-7" },
                };
            },
            call: () => ({ ...caller }),
        },
        "films",
        "dev",
        false,
    );
    const result = program();
    await pulumi.runtime.disconnect();
    return result;
}

describe("Component ImportAccess", () => {
    const accessTo = (args: ImportAccessArgs) => declare(() => new ImportAccess("films", args));

    it("ImportAccess with only a bucket name lets Personalize of this account read the whole bucket", async () => {
        const access = await accessTo({ bucketName: "movies" });
        assert.deepEqual(typesAndNames(), [
            "BucketPolicy films",
            "ImportAccess films",
            "Role films",
            "RolePolicy films",
        ]);
        const place = { partition: "aws-cn", bucketName: "movies", readPrefixes: [""] };
        const trust = executionRoleTrust(caller);
        const { assumeRolePolicy, ...role } = inputsOf("Role");
        assert.deepEqual(JSON.parse(assumeRolePolicy), trust);
        assert.deepEqual(Object.keys(role), ["description", "forceDetachPolicies"]);
        assert.deepEqual(JSON.parse(inputsOf("RolePolicy").policy), executionRolePolicy(place));
        const { bucket, policy } = inputsOf("BucketPolicy");
        assert.equal(bucket, "movies");
        assert.deepEqual(JSON.parse(policy), dataBucketPolicy(place, caller));
        for (const text of [assumeRolePolicy, policy]) {
            assert.match(text, /"aws:SourceAccount":"123456789012"/);
            assert.match(text, /"aws:SourceArn":"arn:aws-cn:personalize:cn-north-1:123456789012:\*"/);
        }
        assert.equal(await resolved(access.roleArn), "arn:aws-cn:Role/films");
        assert.deepEqual(await resolved(access.bucketPolicy), JSON.parse(policy));
        const hash = computeAccessHash([dataBucketPolicy(place, caller), executionRolePolicy(place), trust]);
        assert.equal(await resolved(access.accessHash), hash);
    });

    it("ImportAccess limits reads to prefixes, allows writes below one prefix, and uses the given role name", async () => {
        const access = await accessTo({
            bucketName: "movies",
            readPrefixes: ["interactions.csv", "items/"],
            writePrefix: "batch/",
            kmsKeyArn: "arn:aws-cn:kms:cn-north-1:123456789012:key/1",
            roleName: "reader",
            permissionsBoundary: "arn:of:boundary",
            tags: { team: "films" },
            caller: { ...caller, accountId: "210987654321" },
        });
        const { name, permissionsBoundary, tags } = inputsOf("Role");
        assert.deepEqual([name, permissionsBoundary, tags], ["reader", "arn:of:boundary", { team: "films" }]);
        const { Statement } = JSON.parse(inputsOf("RolePolicy").policy);
        assert.deepEqual(
            Statement.map(({ Sid, Resource }: { Sid: string; Resource: unknown }) => [Sid, Resource]),
            [
                ["ListBucket", "arn:aws-cn:s3:::movies"],
                ["ReadInteractions", ["arn:aws-cn:s3:::movies/interactions.csv*", "arn:aws-cn:s3:::movies/items/*"]],
                ["WriteRecommendations", "arn:aws-cn:s3:::movies/batch/*"],
                ["UseKeyForBatch", "arn:aws-cn:kms:cn-north-1:123456789012:key/1"],
            ],
        );
        assert.equal(await resolved(access.roleArn), "arn:aws-cn:iam::210987654321:role/reader");
    });

    it("ImportAccess with `setBucketPolicy: false` creates no bucket policy, but returns the document for one", async () => {
        const access = await accessTo({
            bucketName: "movies",
            setBucketPolicy: false,
            bucketPolicyConditions: false,
        });
        assert.deepEqual(typesAndNames(), ["ImportAccess films", "Role films", "RolePolicy films"]);
        const { Statement } = await resolved(access.bucketPolicy);
        assert.ok(!JSON.stringify(Statement).includes("aws:SourceArn"));
        assert.match(inputsOf("Role").assumeRolePolicy, /aws:SourceArn/);
    });
});

describe("Component TrainedCampaign", () => {
    const interactions = { schema: "{}", dataLocation: "s3://movies/interactions.csv" };
    const roleArn = "arn:aws-cn:iam::123456789012:role/reader";
    const recommend = (args: Partial<TrainedCampaignArgs> = {}) =>
        declare(() => {
            const note: pulumi.ResourceTransformation = ({ type, opts }) => {
                ignored[kindOf(type)] = (opts as pulumi.CustomResourceOptions).ignoreChanges ?? [];
                return undefined;
            };
            const all = { interactions, roleArn, ...args };
            return new TrainedCampaign("films", all, { transformations: [note] });
        });

    it("TrainedCampaign requires only interactions and a role, and gives all resources its own name", async () => {
        const recommender = await recommend();
        assert.deepEqual(typesAndNames(), [
            "Campaign films",
            "Dataset films",
            "DatasetGroup films",
            "DatasetImportJob films",
            "Owner personalize-owner",
            "Schema films",
            "Solution films",
            "SolutionVersion films",
            "TrainedCampaign films",
        ]);
        for (const kind of ["Schema", "DatasetGroup", "Dataset", "Solution", "Campaign"]) {
            assert.equal(inputsOf(kind).name, "films", kind);
            assert.equal(inputsOf(kind).owner, "arn:aws-cn:Owner/personalize-owner", kind);
        }
        const { jobNamePrefix, dataLocation, ...job } = inputsOf("DatasetImportJob");
        assert.deepEqual([jobNamePrefix, dataLocation], ["films", interactions.dataLocation]);
        assert.equal("contentHash" in job, false);
        const { recipeArn, performAutoTraining } = inputsOf("Solution");
        assert.equal(recipeArn, "arn:aws-cn:personalize:::recipe/aws-user-personalization");
        assert.equal(performAutoTraining, false);
        assert.equal(inputsOf("SolutionVersion").rows, "films-0a1b2c3d");
        assert.equal(inputsOf("Campaign").solutionVersionArn, "arn:aws-cn:SolutionVersion/films");
        assert.equal(await resolved(recommender.campaignArn), "arn:aws-cn:Campaign/films");
        assert.equal(await resolved(recommender.trackingId), "");
    });

    it("TrainedCampaign creates metadata, filters and an event tracker if its arguments contain them", async () => {
        const { filterNames } = await recommend({
            resourceName: "films-dev",
            items: { schema: '{"fields":[]}', dataLocation: "s3://movies/items.csv", contentHash: "b".repeat(64) },
            filters: { comedies: 'INCLUDE ItemID WHERE Items.GENRES IN ("Comedy")' },
            filterSuffix: "-dev",
            eventTracker: true,
            tags: { team: "films" },
        });
        assert.equal(inputsOf("Dataset", "films-items").name, "films-dev-items");
        assert.match(inputsOf("Schema", "films-items").name, /^films-dev-items-[0-9a-f]{8}$/);
        const job = inputsOf("DatasetImportJob", "films-items");
        assert.deepEqual([job.jobNamePrefix, job.contentHash], ["films-dev-items", "b".repeat(64)]);
        assert.equal(inputsOf("Filter", "films-comedies").name, "comedies-dev");
        assert.equal(await resolved(pulumi.output(filterNames).apply(({ comedies }) => comedies)), "comedies-dev");
        assert.equal(inputsOf("EventTracker").name, "films-dev");
        const tagged = declared.filter(({ type, custom }) => custom && kindOf(type) !== "Owner");
        assert.ok(tagged.every(({ inputs }) => inputs.tags.team === "films"));
        const at = (kind: string, name?: string) =>
            declared.findIndex((one) => kindOf(one.type) === kind && (name === undefined || one.name === name));
        assert.ok(at("Filter") > at("Dataset", "films-items") && at("Solution") > at("Dataset", "films-items"));
    });

    it("TrainedCampaign creates no campaign with `campaign: false`, and trains with AutoML without a recipe", async () => {
        const recommender = await recommend({ campaign: false, performAutoML: true });
        assert.equal(await resolved(recommender.campaignArn), "");
        assert.ok(!typesAndNames().includes("Campaign films"));
        const { performAutoML, recipeArn } = inputsOf("Solution");
        assert.deepEqual([performAutoML, recipeArn], [true, undefined]);
    });

    it("a campaign serves the newest version or a given version, and a version's input `rows` contains its data's hash", async () => {
        await recommend({
            interactions: { ...interactions, contentHash: "c".repeat(64) },
            performAutoTraining: true,
            syncWithLatestSolutionVersion: true,
        });
        assert.equal(inputsOf("Campaign").solutionVersionArn, "arn:aws-cn:Solution/films/$LATEST");
        assert.equal(inputsOf("SolutionVersion").rows, "films-cccccccc");
        assert.deepEqual(ignored.SolutionVersion, ["rows", "eventParameters"]);
        await recommend({ campaign: { solutionVersionArn: "arn:of:old", minProvisionedTPS: 2 } });
        const { solutionVersionArn, minProvisionedTPS } = inputsOf("Campaign");
        assert.deepEqual([solutionVersionArn, minProvisionedTPS], ["arn:of:old", 2]);
        assert.deepEqual(ignored.SolutionVersion, []);
    });
});

describe("Arguments `name` and `defaults`", () => {
    it("a class sends its logical name if it has no `name`, and the region of the AWS provider as a default", async () => {
        pulumi.runtime.setConfig("aws:region", "eu-central-1");
        const defaults = { tags: { team: "films" } };
        await declare(() => new DatasetGroup("films", { defaults }));
        const { logicalName, region, ...inputs } = inputsOf("DatasetGroup");
        assert.deepEqual([logicalName, region], ["films", undefined]);
        assert.deepEqual(inputs.defaults, { region: "eu-central-1", ...defaults });
        await declare(() => new DatasetGroup("films", { name: "films", region: "us-west-2", defaults }));
        const named = inputsOf("DatasetGroup");
        assert.deepEqual([named.logicalName, named.region, named.defaults], [undefined, "us-west-2", defaults]);
    });
});

describe("Option `customTimeouts`", () => {
    const group = (customTimeouts: pulumi.CustomTimeouts, args: { deadlineMinutes?: number } = {}) =>
        declare(() => new DatasetGroup("films", { name: "films", ...args }, { customTimeouts }));
    const deadlines = () => {
        const { deadlineMinutes, deleteDeadlineMinutes } = inputsOf("DatasetGroup");
        return [deadlineMinutes, deleteDeadlineMinutes];
    };

    it("`customTimeouts` sets the deadlines of a resource in minutes, unless an argument does", async () => {
        await group({ create: "1h30m", update: "45m", delete: "1d" });
        assert.deepEqual(deadlines(), [90, 1440]);
        await group({ update: "90s" }, { deadlineMinutes: 7 });
        assert.deepEqual(deadlines(), [7, undefined]);
        await group({ update: "90s" });
        assert.deepEqual(deadlines(), [1.5, undefined]);
    });

    it("`customTimeouts` with a text that is not a duration fails with the text", async () => {
        await assert.rejects(group({ delete: "soon" }), /customTimeouts contains "soon", which is not a duration/);
    });
});
