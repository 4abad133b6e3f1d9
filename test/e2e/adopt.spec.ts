import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dataBucketPolicy, executionRolePolicy, executionRoleTrust } from "policy-evaluator";
import { kinds, type ResourceKindName } from "pulumi-personalize/core";
import { itemInteractionsSchema } from "../../data-prep/avro.ts";
import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import { until } from "../../packages/local-personalize/test/support.ts";
import { listEverything } from "../support/inventory.ts";
import { assertExit, region, startTestAws, type TestAws } from "../support/local-aws.ts";

const caller = { partition: "aws", region, accountId: "000000000000" };
const place = { partition: "aws", bucketName: "console-films", readPrefixes: ["films.csv"] };
/** AWS creates no new solutions with AutoML, so a stack can only adopt such a solution. */
const autoMl = { recipe: "", performAutoML: true };

describe("Adoption of resources made in the console", () => {
    let aws: TestAws;
    let byHand: Awaited<ReturnType<typeof makeByHand>>;
    /** Number of the last call with which `makeByHand` created resources. */
    let lastByHand = 0;
    before(async () => {
        // Only this speed creates a solution with AutoML, as AWS did before.
        aws = await startTestAws("samples");
        byHand = await makeByHand(aws);
        lastByHand = (await createAdmin(aws.instance).requests()).at(-1)?.id ?? 0;
    });
    after(() => aws?.stop());

    const tagsOf = async (resourceArn: string) => {
        const { tags = [] } = await aws.personalize.listTagsForResource({ resourceArn });
        return Object.fromEntries(tags.map(({ tagKey, tagValue }) => [tagKey, tagValue]));
    };

    it("`preview` rejects resources in the config key `adopt` that do not exist or belong to another account", async () => {
        const solution = `${byHand.adopt.solution}-gone`;
        const datasetGroup = byHand.adopt.datasetGroup.replace(caller.accountId, "999999999999");
        // Without `campaignEnabled`, or while the campaign is parked, the stack has no campaign to adopt.
        const campaign = `${byHand.adopt.campaign}-parked`;
        await aws.configure({ campaignEnabled: false, adopt: { ...byHand.adopt, solution, datasetGroup, campaign } });
        const preview = await aws.engine("preview");
        assertExit(preview, 1);
        const refusal = (key: string, why: string) =>
            `  movie-recommender:adopt.${key} is ${why}. Set another ARN, or remove it: ` +
            `\`pulumi config rm --path adopt.${key}\``;
        const owners = "which belongs to account 999999999999; your credentials are of account 000000000000";
        assert.deepEqual(preview.stdout.match(/ {2}movie-recommender:adopt\..*/g), [
            refusal("datasetGroup", `"${datasetGroup}", ${owners}`),
            refusal("solution", `"${solution}", which does not exist`),
        ]);
    });

    it("`up` adopts all resources without changes, also a solution with AutoML, and keeps the resources' names", async () => {
        await aws.configure({ ...autoMl, adopt: byHand.adopt });
        assertExit(await aws.engine("up"), 0);
        const requests = await createAdmin(aws.instance).requests(lastByHand);
        const created = requests.filter(({ operation }) => operation.startsWith("Create"));
        assert.deepEqual(created.map(({ operation }) => operation).sort(), [
            "CreateDatasetImportJob",
            "CreateFilter",
            "CreateSolutionVersion",
        ]);
        const outputs = await aws.outputs();
        for (const [key, arn] of Object.entries(byHand.adopt)) {
            assert.equal(outputs[`${key}Arn`], arn);
            if (key !== "schema") {
                const tags = await tagsOf(arn);
                assert.equal(tags["pulumi:stack"], aws.stack);
                assert.equal(tags.team, key === "datasetGroup" ? "films" : undefined, "tags of others stay");
            }
        }
        const { campaign } = await aws.personalize.describeCampaign({ campaignArn: byHand.adopt.campaign });
        assert.deepEqual(
            [campaign?.name, campaign?.minProvisionedTPS, campaign?.solutionVersionArn],
            ["console-films", 1, outputs.solutionVersionArn],
        );
        assert.notEqual(outputs.solutionVersionArn, byHand.solutionVersionArn);
        assert.equal(outputs.bestRecipeArn, "arn:aws:personalize:::recipe/aws-user-personalization");
    });

    it("after the adoption, `refresh` shows no change, and `recommend` works", async () => {
        assertExit(await aws.engine("refresh", "--expect-no-changes"), 0);
        assertExit(await aws.runbook("recommend", "1", "--json"), 0);
    });

    it("`destroy` deletes the adopted resources", async () => {
        await removeBucketAndRole(aws);
        assertExit(await aws.engine("destroy"), 0);
        assert.deepEqual(await listEverything(aws), []);
    });
});

/**
 * Creates resources as a user does in the console: other names, an indented schema, an import, a version with AutoML, a
 * campaign of 2 TPS.
 */
async function makeByHand(aws: TestAws) {
    const { s3, iam, personalize, interactionsFile } = aws;
    const name = place.bucketName;
    await s3.createBucket({ Bucket: name });
    await s3.putBucketPolicy({ Bucket: name, Policy: JSON.stringify(dataBucketPolicy(place, caller)) });
    await s3.putObject({ Bucket: name, Key: place.readPrefixes[0], Body: await readFile(interactionsFile) });
    const trust = JSON.stringify(executionRoleTrust(caller));
    const { Role } = await iam.createRole({ RoleName: name, AssumeRolePolicyDocument: trust });
    const policy = JSON.stringify(executionRolePolicy(place));
    await iam.putRolePolicy({ RoleName: name, PolicyName: "read", PolicyDocument: policy });

    const { version, ...rest } = JSON.parse(itemInteractionsSchema);
    const schema = JSON.stringify({ version, ...rest }, null, 2);
    const { schemaArn } = await personalize.createSchema({ name, schema });
    const tags = [{ tagKey: "team", tagValue: "films" }];
    const { datasetGroupArn } = await personalize.createDatasetGroup({ name, tags });
    const inGroup = { name, datasetGroupArn };
    const { datasetArn } = await personalize.createDataset({ ...inGroup, schemaArn, datasetType: "Interactions" });
    await ready("Dataset", datasetArn);
    const { datasetImportJobArn } = await personalize.createDatasetImportJob({
        jobName: name,
        datasetArn,
        dataSource: { dataLocation: `s3://${name}/${place.readPrefixes[0]}` },
        roleArn: Role?.Arn,
    });
    await ready("DatasetImportJob", datasetImportJobArn);
    const { solutionArn } = await personalize.createSolution({ ...inGroup, performAutoML: true });
    await ready("Solution", solutionArn);
    const { solutionVersionArn } = await personalize.createSolutionVersion({ solutionArn });
    await ready("SolutionVersion", solutionVersionArn);
    const { campaignArn } = await personalize.createCampaign({ name, solutionVersionArn, minProvisionedTPS: 2 });
    await ready("Campaign", campaignArn);
    const adopt = {
        schema: String(schemaArn),
        datasetGroup: String(datasetGroupArn),
        dataset: String(datasetArn),
        solution: String(solutionArn),
        campaign: String(campaignArn),
    };
    return { adopt, solutionVersionArn };

    function ready(kind: ResourceKindName, arn: string | undefined): Promise<boolean> {
        return until(async () => (await kinds[kind].describe(personalize, String(arn))).status === "ACTIVE");
    }
}

async function removeBucketAndRole({ s3, iam }: TestAws): Promise<void> {
    const Bucket = place.bucketName;
    await s3.deleteObject({ Bucket, Key: place.readPrefixes[0] });
    await s3.deleteBucket({ Bucket });
    await iam.deleteRolePolicy({ RoleName: Bucket, PolicyName: "read" });
    await iam.deleteRole({ RoleName: Bucket });
}
