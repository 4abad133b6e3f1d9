import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
    DeleteCampaignCommand,
    DescribeCampaignCommand,
    TagResourceCommand,
    UpdateCampaignCommand,
} from "@aws-sdk/client-personalize";
import { adminOf } from "../../packages/local-aws/test/admin.ts";
import { until } from "../../packages/local-personalize/test/support.ts";
import { everythingIn, watchersIn } from "../support/left.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";
import { applied } from "../support/planned.ts";

describe("what somebody changed outside", () => {
    let aws: TestAws;
    let campaignArn = "";
    before(async () => {
        aws = await startTestAws();
        assertExit(await aws.engine("up"), 0);
        campaignArn = (await aws.outputs()).campaignArn ?? "";
    });
    after(() => aws?.stop());

    const campaign = async () =>
        (await aws.personalize.send(new DescribeCampaignCommand({ campaignArn }))).campaign ?? {};

    /** Refreshes, and asserts that `up` does exactly this plan. */
    async function mends(plan: Record<string, string[]>): Promise<void> {
        const refreshed = await aws.engine("refresh", "--expect-no-changes");
        assert.match(refreshed.stderr + refreshed.stdout, /no changes were expected/, "refresh sees it");
        assert.deepEqual((await applied(aws)).plan, plan);
    }

    it("is seen by refresh and mended by up: capacity and tags of the campaign", async () => {
        await aws.personalize.send(new UpdateCampaignCommand({ campaignArn, minProvisionedTPS: 7 }));
        await until(async () => (await campaign()).minProvisionedTPS === 7);
        const tags = [{ tagKey: "pulumi:stack", tagValue: "theirs" }];
        await aws.personalize.send(new TagResourceCommand({ resourceArn: campaignArn, tags }));
        await mends({ update: ["Campaign"] });
        assert.equal((await campaign()).minProvisionedTPS, 1);
    });

    it("is made again when it was deleted, and nothing is trained for it", async () => {
        await aws.personalize.send(new DeleteCampaignCommand({ campaignArn }));
        await until(async () =>
            campaign().then(
                () => false,
                () => true,
            ),
        );
        const admin = adminOf(aws.instance);
        const last = (await admin.requests()).at(-1)?.id ?? 0;
        await mends({ create: ["Campaign"] });
        const asked = (await admin.requests(last)).map(({ operation }) => operation);
        assert.deepEqual(asked, ["CreateCampaign"]);
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
        assertExit(await aws.engine("refresh", "--expect-no-changes"), 0);
    });

    it("is refused before anything is made when another person has a stack of this name in the account", async () => {
        const admin = adminOf(aws.instance);
        const file = join(aws.instance.dir, "state.json");
        assertExit(await aws.pulumi("stack", "export", "--file", file), 0);
        const state = JSON.parse(await readFile(file, "utf8"));
        const theirs = join(aws.instance.dir, "theirs.json");
        const deployment = { ...state.deployment, resources: [] };
        await writeFile(theirs, JSON.stringify({ ...state, deployment }));
        const before = [...(await everythingIn(aws)), ...(await watchersIn(aws))];
        const last = (await admin.requests()).at(-1)?.id ?? 0;
        assertExit(await aws.pulumi("stack", "import", "--file", theirs), 0);
        for (const command of ["preview", "up"] as const) {
            const refused = await aws.engine(command);
            assertExit(refused, 1);
            const said = refused.stdout + refused.stderr;
            assert.match(
                said,
                /dataset group movie_recommendation-\S+ already exists and does not belong to this stack/,
            );
            assert.match(
                said,
                new RegExp(`its tags are .*"movie-recommender:owner":"[0-9a-f-]{36}".*"pulumi:stack":"${aws.stack}"`),
            );
            assert.match(said, new RegExp(`\`pulumi stack rename ${aws.stack}-<name>\``));
        }
        assert.deepEqual([...(await everythingIn(aws)), ...(await watchersIn(aws))], before);
        assert.deepEqual(await admin.requests(last), []);
        const made = JSON.parse((await aws.pulumi("stack", "export")).stdout).deployment.resources ?? [];
        assert.deepEqual(
            made.map(({ type }: { type: string }) => type).filter((type: string) => !type.startsWith("pulumi:")),
            [],
        );
        assertExit(await aws.pulumi("stack", "import", "--file", file), 0);
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
    });

    it("is destroyed with what is there", async () => {
        await aws.personalize.send(new DeleteCampaignCommand({ campaignArn }));
        assertExit(await aws.engine("destroy"), 0);
        assert.deepEqual(await everythingIn(aws), []);
    });
});
