import assert from "node:assert/strict";
import { join } from "node:path";
import { Personalize } from "@aws-sdk/client-personalize";
import { namesFor } from "../../core/config/config.ts";
import { type OperatorLevel, operatorLevels, policyKinds } from "../../core/iam/operator/scope.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import { assertExit, createSettings, region, startTestAws, type TestAws } from "../support/local-aws.ts";
import { createScope, freshUser, type OperatorOutputs, operatorProgram } from "../support/operators.ts";

/** Commands of an operator, in this order, with the level whose policies must be enough. */
const life: readonly (readonly [level: OperatorLevel, command: string, ...args: string[]])[] = [
    ["deploy", "up"],
    ["read", "preview", "--expect-no-changes"],
    ["read", "doctor", "--config-file"],
    ["read", "watch-status"],
    ["read", "recommend", "1"],
    ["read", "versions"],
    ["read", "audit-leftovers"],
    ["read", "cost-report", "--config-file"],
    ["operate", "park", "--yes", "--config-file"],
    ["operate", "resume", "--yes", "--config-file"],
    ["operate", "retrain", "--config-file"],
    ["operate", "rollback", "--yes", "--config-file"],
    ["operate", "rollback", "--release", "--config-file"],
    ["operate", "flush-cache", "--yes"],
    ["operate", "hide", "1"],
    ["operate", "experiment", "--config-file"],
    ["operate", "forget-viewer", "1", "--yes", "--config-file"],
    ["deploy", "up"],
    ["deploy", "destroy"],
];

describe("Pulumi program for operator access, deployed on the local AWS", () => {
    let aws: TestAws;
    let program: Awaited<ReturnType<typeof operatorProgram>>;
    let outputs: OperatorOutputs;
    before(async () => {
        aws = await startTestAws("instant", "passphrase");
        program = await operatorProgram(aws);
    });
    after(() => aws?.stop());

    it("`up` creates operator policies and a role for GitHub, and `preview` shows no change", async () => {
        await program.configure({ githubSubject: "repo:my-org/films:environment:production" });
        assertExit(await program.engine("up"), 0);
        assertExit(await program.engine("preview", "--expect-no-changes"), 0);
        assertExit(await program.engine("refresh", "--expect-no-changes"), 0);
        outputs = await program.outputs();
        assert.deepEqual(Object.keys(outputs.policyArns).sort(), [...policyKinds].sort());
        assert.match(outputs.githubRoleArn, /:role\/movie-recommender-e2e-\w+-github$/);
    });

    it("an operator of another stack cannot delete viewers of a stack", async () => {
        const stranger = await freshUser(aws.iam, "stranger", Object.values(outputs.policyArns));
        const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = stranger.who;
        const credentials = { accessKeyId, secretAccessKey };
        const personalize = new Personalize({ ...createSettings(aws.instance), credentials });
        const { names, bucketName } = createScope(aws);
        const victim = namesFor("dev");
        const arn = (name: string) => `arn:aws:personalize:${region}:000000000000:dataset-group/${name}`;
        const deleteViewers = (datasetGroup: string, jobNamePrefix: string) =>
            personalize.createDataDeletionJob({
                jobName: `${jobNamePrefix}-0a1b2c3d`,
                datasetGroupArn: arn(datasetGroup),
                dataSource: { dataLocation: `s3://${bucketName}/deletion/users.csv` },
                roleArn: `arn:aws:iam::000000000000:role/${names.role}`,
            });
        // IAM allows the own group, which does not exist yet.
        await assert.rejects(deleteViewers(names.datasetGroup, names.deletionJobPrefix), {
            name: "ResourceNotFoundException",
        });
        for (const prefix of [names.deletionJobPrefix, victim.deletionJobPrefix]) {
            await assert.rejects(deleteViewers(victim.datasetGroup, prefix), { name: "AccessDeniedException" });
        }
        personalize.destroy();
        await stranger.end();
    });

    const usual = () => ({
        permissionsBoundary: outputs.boundaryArn,
        ...{ api: true, storefront: "cloudfront", eventTracker: true, tags: { team: "films" } },
        experiment: { name: "first" },
        filters: { unseen: 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch")' },
        // Accept every version, because the metrics of few test users vary.
        gate: { maximumNdcgDropPercent: 100, minimumNdcgOverPopularityPercent: -100 },
    });
    const changed = { tags: {}, storefront: "api", minProvisionedTPS: 2, monthlyLimitUsd: 700 };
    let users: Record<OperatorLevel, Awaited<ReturnType<typeof freshUser>>>;
    const as = (level: OperatorLevel, command: string, ...args: string[]) =>
        command === "up" || command === "preview" || command === "destroy"
            ? run(aws.instance, "pulumi", aws.engineArgs(command, ...args), "captured", users[level].who)
            : run(
                  aws.instance,
                  process.execPath,
                  [
                      join("runbooks", `${command}.ts`),
                      ...["--stack", aws.stack],
                      ...args.flatMap((arg) => (arg === "--config-file" ? [arg, aws.configFile] : arg)),
                  ],
                  "captured",
                  users[level].who,
              );

    it("a user with `read` cannot deploy", async () => {
        const arnsOf = (level: OperatorLevel) => operatorLevels[level].map((kind) => outputs.policyArns[kind] ?? "");
        users = {
            read: await freshUser(aws.iam, "reader", arnsOf("read")),
            operate: await freshUser(aws.iam, "operator", [...arnsOf("read"), ...arnsOf("operate")]),
            deploy: await freshUser(aws.iam, "deployer", Object.values(outputs.policyArns)),
        };
        await aws.configure(usual());
        // The error may name any of these actions, because many creations start at the same time and the engine
        // stops at the first one that IAM denies.
        const refused = await as("read", "up", "--continue-on-error");
        assertExit(refused, 1);
        assert.match(
            refused.stdout,
            /user\/reader is not authorized to perform: (s3:CreateBucket|iam:CreateRole|personalize:Create\w+)/,
        );
    });

    for (const [step, [level, command, ...args]] of life.entries()) {
        it(`step ${step + 1}: \`${[command, ...args].join(" ")}\` succeeds with the policies of ${level}`, async () => {
            if (command === "up") await aws.configure({ ...usual(), ...(step > 0 && changed) });
            if (command === "retrain") await aws.writeInteractions(2);
            assertExit(await as(level, command, ...args), 0);
        });
    }

    it("`preview` rejects a `githubSubject` that several workflows could match", async () => {
        await program.configure({ githubSubject: "repo:my-org/*" });
        const preview = await program.engine("preview");
        assertExit(preview, 1);
        assert.match(preview.stdout, /It must name one repository/);
        await program.configure({ githubSubject: "repo:my-org/films:environment:production" });
    });

    it("`destroy` deletes all operator policies and the OIDC provider", async () => {
        for (const { end } of Object.values(users)) await end();
        assertExit(await program.engine("destroy"), 0);
        const { Policies = [] } = await aws.iam.listPolicies({ Scope: "Local" });
        assert.deepEqual(Policies, []);
        const { OpenIDConnectProviderList = [] } = await aws.iam.listOpenIDConnectProviders({});
        assert.deepEqual(OpenIDConnectProviderList, []);
    });
});
