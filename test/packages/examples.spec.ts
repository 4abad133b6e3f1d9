import assert from "node:assert/strict";
import { chmod, cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { environment, root } from "../../packages/local-aws/instance.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import { interactionsCsv, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { assertExit, region, startTestAws, type TestAws } from "../support/local-aws.ts";

/**
 * Tests the example programs of the packages, which users can copy, on an AWS that enforces the policies of the role
 * and the bucket.
 */
describe("Examples that Pulumi deploys on a local AWS that enforces IAM policies", () => {
    let aws: TestAws;
    let path: string;
    before(async () => {
        aws = await startTestAws();
        const bin = join(aws.instance.dir, "bin");
        await mkdir(bin);
        const plugin = join(bin, "pulumi-resource-personalize");
        const main = join(root, "packages", "pulumi-personalize", "main.ts");
        await writeFile(plugin, `#!/bin/sh\nexec node ${JSON.stringify(main)} "$@"\n`);
        await chmod(plugin, 0o755);
        path = bin;
    });
    after(() => aws?.stop());

    /** Copies an example into a folder with the packages, and creates its stack and its bucket with interactions. */
    async function project(name: string) {
        const folder = join(aws.instance.dir, name);
        await cp(join(root, "examples", name), folder, { recursive: true });
        await symlink(join(root, "node_modules"), join(folder, "node_modules"));
        const location = { LocationConstraint: region } as const;
        await aws.s3.createBucket({ Bucket: name, CreateBucketConfiguration: location });
        const Body = interactionsCsv(syntheticRatings());
        await aws.s3.putObject({ Bucket: name, Key: "interactions.csv", Body });
        const pulumi = (...args: string[]) => {
            const common = ["--cwd", folder, "--stack", "example", "--non-interactive", "--color", "never"];
            const env = { PATH: `${path}${delimiter}${environment(aws.instance).PATH}` };
            return run(aws.instance, "pulumi", [...args, ...common], "captured", env);
        };
        const succeeds = async (...args: string[]) => {
            const result = await pulumi(...args);
            assertExit(result, 0);
            return result.stdout;
        };
        await succeeds("stack", "init");
        await succeeds("config", "set", "aws:region", region);
        await succeeds("config", "set", "bucketName", name);
        return succeeds;
    }

    const recommend = async (target: { readonly campaignArn: string } | { readonly recommenderArn: string }) => {
        return (await aws.runtime.getRecommendations({ ...target, userId: "1", numResults: 5 })).itemList ?? [];
    };

    it("the example `bring-your-own-bucket` imports with the policies of ImportAccess, and recommends items", async () => {
        const pulumi = await project("bring-your-own-bucket");
        await pulumi("up", "--yes", "--skip-preview");
        const { campaignArn, trackingId } = JSON.parse(await pulumi("stack", "output", "--json"));
        assert.equal((await recommend({ campaignArn })).length, 5);
        assert.match(trackingId, /^[0-9a-f-]{36}$/);
        await pulumi("preview", "--expect-no-changes");
        await pulumi("refresh", "--yes", "--expect-no-changes");
        await pulumi("destroy", "--yes", "--skip-preview");
        assert.deepEqual((await aws.personalize.listCampaigns({})).campaigns, []);
    });

    it("the example `video-on-demand` creates, stops, starts and deletes a recommender", async () => {
        const pulumi = await project("video-on-demand");
        const status = async (recommenderArn: string) =>
            (await aws.personalize.describeRecommender({ recommenderArn })).recommender?.status;
        await pulumi("up", "--yes", "--skip-preview");
        const { recommenderArn } = JSON.parse(await pulumi("stack", "output", "--json"));
        assert.equal((await recommend({ recommenderArn })).length, 5);
        await pulumi("preview", "--expect-no-changes");
        await pulumi("refresh", "--yes", "--expect-no-changes");
        await pulumi("config", "set", "stopped", "true");
        await pulumi("up", "--yes", "--skip-preview");
        assert.equal(await status(recommenderArn), "INACTIVE");
        await assert.rejects(recommend({ recommenderArn }));
        await pulumi("preview", "--expect-no-changes");
        await pulumi("config", "set", "stopped", "false");
        await pulumi("up", "--yes", "--skip-preview");
        assert.equal((await recommend({ recommenderArn })).length, 5);
        await pulumi("destroy", "--yes", "--skip-preview");
        await assert.rejects(status(recommenderArn), { name: "ResourceNotFoundException" });
    });
});
