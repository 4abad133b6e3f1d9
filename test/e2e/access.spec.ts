import assert from "node:assert/strict";
import { join } from "node:path";
import type { Diagnosis } from "access-doctor";
import { type PolicyDocument, toList } from "policy-evaluator";
import { runPrinted } from "../support/audited.ts";
import { listEverything } from "../support/inventory.ts";
import { assertExit, region, startTestAws, type TestAws } from "../support/local-aws.ts";
import { freshUser } from "../support/operators.ts";

/** The failure reason of an import job that may not read its data. */
const refused = /CREATE FAILED\. Reason from Personalize: .*(?:access|permission)/i;

/**
 * AWS managed policies that a user attached to the role. Nearly every notebook uses the first policy. The local AWS
 * lacks the document of the second policy.
 */
const attached = ["service-role/AmazonPersonalizeFullAccess", "AmazonForecastFullAccess"];

type Printed = Omit<Diagnosis, "firstBroken"> & { readonly firstBroken: string | null };

const broken = ({ findings }: Printed) =>
    findings.flatMap(({ fault, verdict }) => (verdict === "broken" ? [fault] : []));

describe("Imports of files that Personalize has no permission to read, in a stack on the local AWS", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    const diagnose = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
        aws.run(process.execPath, ["runbooks/diagnose-access.ts", ...args], env);
    /** Runs `diagnose-access` and asserts the exit code. Returns what the command prints. */
    async function shown(exitCode: number, ...args: string[]): Promise<string> {
        const answer = await diagnose(args);
        assertExit(answer, exitCode);
        return answer.stdout;
    }
    const ask = async (exitCode: number, ...args: string[]): Promise<Printed> =>
        JSON.parse(await shown(exitCode, "--json", ...args));
    const role = () => `AmazonPersonalize-ExecutionRole-${aws.stack}`;
    const recordedJob = async () => {
        const state = JSON.parse((await aws.pulumi("stack", "export")).stdout);
        return state.deployment.resources.find(({ type }: { type: string }) => type.endsWith(":DatasetImportJob"));
    };

    it("`diagnose-access` reports that a stack is not deployed", async () => {
        const text = await shown(4, "--stack", aws.stack);
        assert.match(text, /^Stack \S+ is not deployed yet: .*\nFix: pulumi up --stack \S+\n/);
    });

    it("before the first import, `diagnose-access` finds a Deny in a role policy", async () => {
        const access = ["--target", "**DataBucket**", "--target", "**PersonalizeAccess**"];
        assertExit(await aws.engine("up", ...access), 0);
        // Simulate a user's mistake: the condition of the trust policy is also in the role's policy.
        const { bucketName = "" } = await aws.outputs();
        const bucketArn = `arn:aws:s3:::${bucketName}`;
        const wrong: PolicyDocument = {
            Version: "2012-10-17",
            Statement: {
                Sid: "ListBucket",
                Effect: "Allow",
                Action: ["s3:ListBucket", "s3:GetObject"],
                Resource: [bucketArn, `${bucketArn}/*`],
                Condition: { StringEquals: { "aws:SourceAccount": "000000000000" } },
            },
        };
        await aws.iam.putRolePolicy({
            RoleName: role(),
            PolicyName: "read-interactions",
            PolicyDocument: JSON.stringify(wrong),
        });
        for (const policy of attached) {
            const PolicyArn = `arn:aws:iam::aws:policy/${policy}`;
            await aws.iam.attachRolePolicy({ RoleName: role(), PolicyArn });
        }
        const early = await ask(1, "--stack", aws.stack);
        assert.deepEqual([early.firstBroken, broken(early)], ["role policies: list and read", ["role-policy"]]);
    });

    it("`up` fails with Personalize's error and records the failed import job", async () => {
        const up = await aws.engine("up");
        assertExit(up, 1);
        assert.match(up.stdout, refused);
        assert.match(
            up.stdout + up.stderr,
            /Find the cause with: npm run diagnose-access -- --job arn:aws:personalize:/,
        );
        assert.match((await recordedJob()).initErrors.join("\n"), refused);
        // The policies were only seconds old when the first job failed, so `up` tried a second job.
        assert.match((await recordedJob()).id, /-2$/);
        assert.equal((await recordedJob()).outputs.status, "CREATE FAILED");
    });

    it("`diagnose-access` shows the result of the failed import job", async () => {
        const late = await ask(1, "--stack", aws.stack);
        assert.deepEqual(broken(late), ["role-policy"]);
        const job = late.links.find(({ link }) => link === "import job result");
        assert.match(job?.detail ?? "", /Insufficient privileges for accessing data in Amazon S3/);
    });

    it("`watch-status` shows the last CloudTrail error of a failed resource", async () => {
        const { id, inputs } = await recordedJob();
        await assert.rejects(
            aws.personalize.createDatasetImportJob({
                jobName: id.split("/").at(-1),
                datasetArn: inputs.datasetArn,
                dataSource: { dataLocation: inputs.dataLocation },
                roleArn: inputs.roleArn,
            }),
            { name: "ResourceAlreadyExistsException" },
        );
        const shown = await aws.runbook("watch-status");
        assertExit(shown, 1);
        assert.match(
            shown.stdout,
            /last error in CloudTrail: CreateDatasetImportJob ResourceAlreadyExistsException at \d{4}-.* UTC by arn:aws:iam::000000000000:root/,
        );
        assert.doesNotMatch(shown.stdout, /not read/);
    });

    it("`up` succeeds after the fix that `diagnose-access` prints", async () => {
        const { fixes } = await ask(1, "--stack", aws.stack);
        const commands = fixes.flatMap((fix) => fix.commands);
        assert.match(
            commands.join("\n"),
            /^aws iam put-role-policy .*--policy-name read-interactions .*ReadInteractions/,
        );
        assert.doesNotMatch(commands.join("\n"), /delete-|detach-/);
        const script = join(aws.instance.dir, "access-fix.sh");
        await ask(0, "--stack", aws.stack, "--write", script);
        await runPrinted(aws, [`sh '${script}'`]);
        await aws.configure({ dataRetention: "retain" });
        const up = await aws.engine("up");
        assertExit(up, 0);
        const { bucketName, importJobArn = "" } = await aws.outputs();
        assert.ok(up.stdout.includes(`pulumi destroy will keep bucket ${bucketName} (dataRetention: retain)`));
        assert.match(importJobArn, /-[34]$/);
        assertExit(await aws.runbook("recommend", "1", "--json"), 0);
        const sentence = await shown(0, "--stack", aws.stack);
        assert.match(sentence, /^An import can read s3:\/\/\S+ by arn:aws:iam::\S+\.\n/);
        const sound = await ask(0, "--stack", aws.stack);
        assert.deepEqual([sound.verdict, broken(sound), sound.firstBroken], ["sound", [], null]);
    });

    it("`diagnose-access` asks about a Deny that somebody added to the bucket policy, with the command that removes it", async () => {
        const { bucketName: Bucket = "", importJobArn = "" } = await aws.outputs();
        const { Policy = "" } = await aws.s3.getBucketPolicy({ Bucket });
        const { Version, Statement }: PolicyDocument = JSON.parse(Policy);
        const denial = { Sid: "NoImports", Effect: "Deny", Principal: "*", Action: "s3:GetObject" } as const;
        const Resource = `arn:aws:s3:::${Bucket}/*`;
        const Condition = { StringNotEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" } };
        const denied = { Version, Statement: [...toList(Statement), { ...denial, Resource, Condition }] };
        await aws.s3.putBucketPolicy({ Bucket, Policy: JSON.stringify(denied) });
        assertExit(await aws.pulumi("stack", "select"), 0);
        const onStack = `--stack ${aws.stack}`;
        for (const [option, selected, restore] of [
            ["--stack", aws.stack, `pulumi refresh ${onStack} && pulumi up ${onStack}`],
            ["--job", importJobArn, "pulumi refresh && pulumi up"],
        ] as const) {
            const text = await shown(1, option, selected);
            assert.match(text, /\nAsk: whoever added NoImports to the bucket policy /);
            assert.ok(text.includes(` To remove it, run ${restore}\n`), text);
            assert.doesNotMatch(text, /\nFix: /);
        }
        assertExit(await aws.engine("refresh"), 0);
        assertExit(await aws.engine("up"), 0);
        assert.equal((await ask(0, "--stack", aws.stack)).verdict, "sound");
    });

    it("`diagnose-access` accepts a role and a bucket without a stack", async () => {
        const { roleArn = "", bucketName = "" } = await aws.outputs();
        await aws.s3.deleteBucketPolicy({ Bucket: bucketName });
        await aws.iam.deleteRolePolicy({ RoleName: roleArn.split("/").at(-1), PolicyName: "read-interactions" });
        const text = await shown(1, "--role", roleArn, "--bucket", bucketName);
        assert.match(text, /^Role policies of \S+: .*s3:ListBucket.*\nFix: pulumi refresh && pulumi up\n/);
        assert.match(text, /✗ {2}role policies: list and read {3}◀ first broken link/);
        assert.match(text, /! {2}AmazonForecastFullAccess is attached, but/);
        for (const words of [": another bucket", "has no bucket policy"]) assert.ok(text.includes(words), text);
    });

    it("`diagnose-access` reports unreadable policies as unknown, with the missing permissions", async () => {
        const { roleArn = "", bucketName = "" } = await aws.outputs();
        const { who } = await freshUser(aws.iam, "stranger", []);
        const answer = await diagnose(["--role", roleArn, "--bucket", bucketName, "--key", "a.csv"], who);
        assertExit(answer, 4);
        const [start = ""] = answer.stdout.split("\n");
        assert.match(start, /^Nothing broken was found\. This could not be checked without .*iam:GetRole.*: /);
        assert.match(start, /s3:GetBucketPolicy/);
        assert.match(
            answer.stdout,
            /\nAsk: an administrator of account 000000000000: allow arn:aws:iam::000000000000:user\/stranger .*iam:GetRole.*\.\n/,
        );
    });

    it("`diagnose-access` explains a pasted error, also together with a diagnosis", async () => {
        const message = "More than 5 resources with PENDING or IN_PROGRESS status.";
        assert.match(
            await shown(1, "--error", message),
            /^5 imports are running.*\nNext: aws personalize list-dataset-import-jobs\n$/,
        );
        assert.match(await shown(4, "--error", "The build failed."), /^This message about an import is unknown here/);
        const { roleArn = "", bucketName = "" } = await aws.outputs();
        const both = await ask(1, "--role", roleArn, "--bucket", bucketName, "--error", message);
        assert.equal(both.firstBroken, "role policies: list and read");
    });

    const job = (account: string) => `arn:aws:personalize:${region}:${account}:dataset-import-job/x`;
    const wrong = { AWS_ACCESS_KEY_ID: "AKIAWRONGWRONGWRONG1", AWS_SECRET_ACCESS_KEY: "wrong" };
    const foreign = /^error: The job is in account 999999999999 \(aws\), but the credentials belong to arn:/;
    for (const [what, exitCode, message, args, env] of [
        ["a job of another account", 3, foreign, ["--job", job("999999999999")]],
        ["wrong credentials", 3, /^error: AWS rejected the credentials/, ["--job", job("000000000000")], wrong],
        ["a role without a bucket", 2, /^error: /, ["--role", "arn:aws:iam::000000000000:role/x"]],
        ["an invalid ARN of a job", 2, /^error: /, ["--job", "x"]],
        ["a job together with a bucket", 2, /^error: /, ["--job", "x", "--bucket", "y"]],
    ] as const) {
        it(`\`diagnose-access\` rejects ${what}`, async () => {
            const answer = await diagnose(args, env);
            assertExit(answer, exitCode);
            assert.match(answer.stderr, message);
        });
    }

    it("`destroy` with `dataRetention: retain` keeps the bucket, and deletes a role to which a user added policies", async () => {
        const { bucketName: Bucket } = await aws.outputs();
        const Statement = { Effect: "Allow", Action: "s3:*", Resource: "*" };
        const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
        await aws.iam.putRolePolicy({ RoleName: role(), PolicyName: "by-hand", PolicyDocument });
        const destroy = await aws.engine("destroy");
        assertExit(destroy, 0);
        assert.match(destroy.stdout, /aws:s3:Bucket data deleted .*\[retain\]/);
        assert.deepEqual(await listEverything(aws), [`S3-bucket ${Bucket}`]);
        await aws.s3.headObject({ Bucket, Key: "personalize_interactions_fixed.csv" });
    });

    it("after a `destroy` with `dataRetention: retain`, `preview` warns that the bucket exists", async () => {
        const preview = await aws.engine("preview");
        assertExit(preview, 0);
        assert.match(preview.stdout, /warning: bucket \S+ exists already\. If `up` cannot create it: Set another name/);
    });
});
