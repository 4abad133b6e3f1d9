import assert from "node:assert/strict";
import { join } from "node:path";
import { root } from "../../packages/local-aws/instance.ts";
import { startTestAws, type TestAws } from "../support/local-aws.ts";
import { createProgram } from "../support/small-program.ts";

/**
 * Tests the example programs of the packages, which users can copy, on an AWS that enforces the policies of the role
 * and the bucket.
 */
describe("Examples that Pulumi deploys on a local AWS that enforces IAM policies", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    const project = async (name: string) => (await createProgram(aws, name, join(root, "examples", name))).succeeds;

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
