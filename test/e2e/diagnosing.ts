import assert from "node:assert/strict";
import type { Diagnosis } from "access-doctor";
import { run } from "../../packages/local-aws/pulumi.ts";
import { assertExit, region, type TestAws } from "../support/local-aws.ts";

type Printed = Omit<Diagnosis, "firstBroken"> & { readonly firstBroken: string | null };

/**
 * Returns functions that run diagnose-access: `ask` with JSON output and `shown` with text output. Both functions
 * assert the exit code. `answered` does not.
 */
export function diagnoseAccess(aws: () => TestAws) {
    const answered = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
        run(aws().instance, process.execPath, ["runbooks/diagnose-access.ts", ...args], "captured", env);
    return {
        answered,
        async ask(exitCode: number, ...args: string[]): Promise<Printed> {
            const answer = await answered(["--json", ...args]);
            assertExit(answer, exitCode);
            return JSON.parse(answer.stdout) as Printed;
        },
        async shown(exitCode: number, ...args: string[]): Promise<string> {
            const answer = await answered(args);
            assertExit(answer, exitCode);
            return answer.stdout;
        },
    };
}

export const broken = ({ findings }: Printed) =>
    findings.flatMap(({ fault, verdict }) => (verdict === "broken" ? [fault] : []));

/**
 * Defines tests of diagnose-access without a stack: for a role, a bucket or a job. The tests delete policies of the
 * stack.
 */
export function diagnoseWithoutStack(aws: () => TestAws): void {
    const { answered, ask, shown } = diagnoseAccess(aws);

    it("diagnose-access accepts a role and a bucket without a stack", async () => {
        const { roleArn = "", bucketName = "" } = await aws().outputs();
        await aws().s3.deleteBucketPolicy({ Bucket: bucketName });
        await aws().iam.deleteRolePolicy({ RoleName: roleArn.split("/").at(-1), PolicyName: "read-interactions" });
        const text = await shown(1, "--role", roleArn, "--bucket", bucketName);
        assert.match(text, /^Role policies of \S+: .*s3:ListBucket.*\nFix: pulumi refresh && pulumi up\n/);
        assert.match(text, /✗ {2}role policies: list and read {3}◀ first broken link/);
        assert.match(text, /! {2}AmazonForecastFullAccess is attached, but/);
        for (const words of [": another bucket", "has no bucket policy"]) assert.ok(text.includes(words), text);
    });

    it("diagnose-access reports unreadable policies as unknown, with the missing permissions", async () => {
        const { roleArn = "", bucketName = "" } = await aws().outputs();
        const keys = await strangersKeys(aws());
        const answer = await answered(["--role", roleArn, "--bucket", bucketName, "--key", "a.csv"], keys);
        assertExit(answer, 4);
        const [start = ""] = answer.stdout.split("\n");
        assert.match(start, /^Nothing broken was found\. This could not be checked without .*iam:GetRole.*: /);
        assert.match(start, /s3:GetBucketPolicy/);
        assert.match(
            answer.stdout,
            /\nAsk: an administrator of account 000000000000: allow arn:aws:iam::000000000000:user\/stranger .*iam:GetRole.*\.\n/,
        );
    });

    it("diagnose-access explains a pasted error, also together with a diagnosis", async () => {
        const message = "More than 5 resources with PENDING or IN_PROGRESS status.";
        assert.match(
            await shown(1, "--error", message),
            /^5 imports are running.*\nNext: aws personalize list-dataset-import-jobs\n$/,
        );
        assert.match(await shown(4, "--error", "The build failed."), /^This message about an import is unknown here/);
        const { roleArn = "", bucketName = "" } = await aws().outputs();
        const both = await ask(1, "--role", roleArn, "--bucket", bucketName, "--error", message);
        assert.equal(both.firstBroken, "role policies: list and read");
    });

    it("diagnose-access reports the account of a job in another account", async () => {
        const job = `arn:aws:personalize:${region}:999999999999:dataset-import-job/x`;
        const answer = await answered(["--job", job]);
        assertExit(answer, 3);
        assert.match(
            answer.stderr,
            /^error: The job is in account 999999999999 \(aws\), but the credentials belong to arn:/,
        );
    });

    it("diagnose-access reports rejected credentials", async () => {
        const wrong = { AWS_ACCESS_KEY_ID: "AKIAWRONGWRONGWRONG1", AWS_SECRET_ACCESS_KEY: "wrong" };
        const job = `arn:aws:personalize:${region}:000000000000:dataset-import-job/x`;
        const answer = await answered(["--job", job], wrong);
        assertExit(answer, 3);
        assert.match(answer.stderr, /^error: AWS rejected the credentials/);
    });

    it("diagnose-access rejects incomplete options and an invalid job ARN", async () => {
        for (const args of [
            ["--role", "arn:aws:iam::000000000000:role/x"],
            ["--job", "x"],
            ["--job", "x", "--bucket", "y"],
        ]) {
            const answer = await answered(args);
            assertExit(answer, 2);
            assert.match(answer.stderr, /^error: /);
        }
    });
}

/** Creates a user without any permission and returns the user's access key. */
async function strangersKeys({ iam }: TestAws) {
    await iam.createUser({ UserName: "stranger" });
    const { AccessKey } = await iam.createAccessKey({ UserName: "stranger" });
    return { AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? "", AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? "" };
}
