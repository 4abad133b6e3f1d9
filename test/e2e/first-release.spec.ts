import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UpdateRoleCommand } from "@aws-sdk/client-iam";
import { UntagResourceCommand } from "@aws-sdk/client-personalize";
import { ownerTag } from "../../personalize/tags.ts";
import { followAudit } from "../support/audited.ts";
import { everythingIn } from "../support/left.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";
import { applied } from "../support/planned.ts";

interface State {
    readonly deployment: {
        secrets_providers: object;
        readonly resources: readonly { urn: string; type: string; outputs?: Record<string, unknown> }[];
    };
}

/** Values that the account chooses at each creation. */
const ofTheAccount = ["uniqueId", "trainingHours"];

/** Alarms of observability; that of undelivered notifications belongs to the notifications. */
const watchingAlarms = 8;

/** Types that later releases create as well, by their last word. */
const since = [
    "Marks",
    "StackOwner",
    "Filter",
    ...["Notices", "Topic", "TopicPolicy", "TopicSubscription", "Queue", "Queue", "QueuePolicy", "MetricAlarm"],
    ...["SpendBudget", "Budget"],
    "Serving",
    ...["CostGuard", "LambdaFunction", "LogGroup", "Function", "FunctionEventInvokeConfig", "Schedule"],
    ...["Role", "RolePolicy", "Role", "RolePolicy"],
    ...["Observability", "Dashboard", ...Array(watchingAlarms).fill("MetricAlarm")],
    ...["AuditTrail", "Trail", "LogGroup", "Role", "RolePolicy"],
    ...["Bucket", "BucketLifecycleConfiguration", "BucketOwnershipControls", "BucketPolicy"],
    ...["BucketPublicAccessBlock", "BucketServerSideEncryptionConfiguration"],
];

describe("a state that the first release wrote", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    /** The first release's state of a stack like the one that is there: its ids are those of this account. */
    async function firstRelease(): Promise<State> {
        const now = JSON.parse((await aws.pulumi("stack", "export")).stdout) as State;
        const text = await readFile(join(import.meta.dirname, "fixtures", "first-release.json"), "utf8");
        const version = /movie-recommender-solution-STACK\/[0-9a-f]{8}/.exec(text)?.[0] ?? "";
        const { solutionVersionArn = "" } = await aws.outputs();
        const first = JSON.parse(
            text
                .replaceAll(version, solutionVersionArn.split("/").slice(1).join("/"))
                .replaceAll("STACK", aws.stack)
                .replaceAll("FOLDER", aws.instance.dir),
        ) as State;
        first.deployment.secrets_providers = now.deployment.secrets_providers;
        for (const { urn, outputs = {} } of first.deployment.resources) {
            const there = now.deployment.resources.find((resource) => resource.urn === urn);
            assert.ok(there, `${urn} is a resource of today, too`);
            for (const key of ofTheAccount.filter((key) => key in outputs)) {
                outputs[key] = there.outputs?.[key];
            }
        }
        return first;
    }

    /** An account of the first release has that release's descriptions. */
    async function describeRolesAs({ deployment }: State): Promise<void> {
        for (const { type, outputs = {} } of deployment.resources.filter(({ type }) => type === "aws:iam/role:Role")) {
            assert.ok(outputs.name && outputs.description, type);
            const [RoleName, Description] = [String(outputs.name), String(outputs.description)];
            await aws.iam.send(new UpdateRoleCommand({ RoleName, Description }));
        }
    }

    /** No resource of the first release has an owner. */
    async function takeOwnersOff({ deployment }: State): Promise<void> {
        for (const { outputs = {} } of deployment.resources.filter(({ type }) => /dynamic\/personalize/.test(type))) {
            const untag = new UntagResourceCommand({ resourceArn: String(outputs.arn), tagKeys: [ownerTag] });
            await aws.personalize.send(untag).catch(({ message }: Error) => assert.match(message, /cannot have tags/));
        }
    }

    it("gains what the first release did not have, and the role's new description", async () => {
        // An account of the first release has no such filter.
        await aws.configure({ watchedFilter: false });
        assertExit(await aws.engine("up"), 0);
        await aws.configure();
        const file = join(aws.instance.dir, "first-release.json");
        await writeFile(file, JSON.stringify(await firstRelease()));
        assertExit(await aws.pulumi("stack", "import", "--file", file), 0);
        // Nor has it what later releases create: the audit names all of it, and how to delete it.
        await followAudit(aws);
        await describeRolesAs(await firstRelease());
        await takeOwnersOff(await firstRelease());
        assert.deepEqual((await applied(aws)).plan, { create: [...since].sort(), update: ["Role"] });
    });

    it("has nothing to change after up, and nothing after a refresh", async () => {
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
        assertExit(await aws.engine("refresh", "--expect-no-changes"), 0);
    });

    it("is destroyed to the last resource", async () => {
        assertExit(await aws.engine("destroy"), 0);
        assert.deepEqual(await everythingIn(aws), []);
    });
});
