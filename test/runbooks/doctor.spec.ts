import assert from "node:assert/strict";
import { join } from "node:path";
import { STS } from "@aws-sdk/client-sts";
import type { Instance } from "../../packages/local-aws/instance.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import type { CheckResult } from "../../runbooks/lib/doctor/check.ts";
import { assertExit, createSettings, startTestAws, type TestAws } from "../support/local-aws.ts";

describe("Runbook `doctor` on the local AWS", () => {
    let aws: TestAws;
    /** What doctor reports before the first `up`, with the default configuration. */
    let initial: Awaited<ReturnType<typeof doctor>>;
    before(async () => {
        aws = await startTestAws();
        initial = await doctor();
    });
    after(() => aws?.stop());

    async function doctor(env: NodeJS.ProcessEnv = {}) {
        const configFile = join(aws.instance.dir, "workspace", `Pulumi.${aws.stack}.yaml`);
        const args = ["runbooks/doctor.ts", "--stack", aws.stack, "--config-file", configFile, "--json"];
        const result = await run(aws.instance, process.execPath, args, "captured", env);
        const { checks } = JSON.parse(result.stdout) as { checks: CheckResult[] };
        const of = (name: string) => checks.find((check) => check.name === name) as CheckResult;
        return { ...result, checks, of };
    }
    /** Returns the checks that failed or could not run, without `prices`, because the local AWS has no price list. */
    const failed = (checks: readonly CheckResult[]) =>
        checks
            .filter(({ name, verdict }) => name !== "prices" && (verdict === "fail" || verdict === "unknown"))
            .map(({ name }) => name);

    it("`doctor` finds no fault before the first `pulumi up`, and exits with 0", () => {
        const { checks, of, stderr, ...result } = initial;
        assertExit({ ...result, stderr }, 0);
        assert.deepEqual(failed(checks), []);
        assert.deepEqual(of("prices"), {
            ...{ name: "prices", verdict: "unknown" },
            detail: "this endpoint has no AWS Price List API",
        });
    });

    it("`doctor` fails without permission for budgets", async () => {
        assert.equal(initial.of("budgets").detail, "the account allows budgets");
        const faults = `http://127.0.0.1:${aws.instance.port}/_local/faults`;
        const message =
            "Account 000000000000 is a linked account. To enable budgets for your account, ask the payer account to enable budgets first.";
        const effect = { kind: "error", code: "AccessDeniedException", message, status: 400 };
        const armed = await fetch(faults, {
            method: "POST",
            body: JSON.stringify({ operation: "budgets:ViewBudget", times: 9, effect }),
        });
        assert.equal(armed.status, 201, await armed.text());
        try {
            const { of, checks, ...result } = await doctor();
            assertExit(result, 1);
            assert.deepEqual(failed(checks), ["budgets"]);
            assert.match(of("budgets").detail, /is a linked account/);
            assert.match(of("budgets").fix ?? "", /^pulumi config set --stack \S+ budget false/);
            await aws.configure({ budget: false });
            assert.match((await doctor()).of("budgets").detail, /^not needed/);
        } finally {
            await fetch(faults, { method: "DELETE" });
            await aws.configure();
        }
    });

    it("`doctor` reports the number of dataset groups if the account's quota is used up", async () => {
        const groups = ["a", "b", "c", "d", "e"].map((name) => `full-${name}`);
        const created = await Promise.all(groups.map((name) => aws.personalize.createDatasetGroup({ name })));
        try {
            const { checks, of, ...result } = await doctor();
            assertExit(result, 1);
            assert.deepEqual(failed(checks), ["Personalize"]);
            assert.match(of("Personalize").detail, /^5 of 5 dataset groups.*full-a/);
        } finally {
            for (const { datasetGroupArn } of created) await aws.personalize.deleteDatasetGroup({ datasetGroupArn });
        }
    });

    it("`doctor` warns of credentials that could expire during `pulumi up`", async () => {
        const soon = new Date(Date.now() + 30 * 60_000).toISOString();
        const session = await sessionOf(aws.instance);
        const { of, ...result } = await doctor({ ...session, AWS_CREDENTIAL_EXPIRATION: soon });
        assertExit(result, 0);
        assert.equal(of("identity").verdict, "warn");
        assert.match(of("identity").detail, /for (29|30) minutes.*run `pulumi up` again, which resumes/);
        assert.match((await doctor(session)).of("identity").detail, /for an unknown time/);
    });

    it("`doctor` fails without credentials and suggests `aws sso login`", async () => {
        const { of, ...result } = await doctor({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" });
        assertExit(result, 1);
        assert.equal(of("identity").verdict, "fail");
        assert.match(of("identity").detail, /^AWS rejected the credentials: .*credentials/i);
        assert.match(String(of("identity").fix), /^aws sso login/);
    });

    it("if AWS does not answer, `doctor` returns the verdict `unknown` for each check", async () => {
        // No service listens on the discard port 9.
        const { of, ...result } = await doctor({ AWS_ENDPOINT_URL: "http://127.0.0.1:9", AWS_MAX_ATTEMPTS: "1" });
        assertExit(result, 1);
        assert.equal(of("identity").verdict, "fail");
        assert.match(of("identity").detail, /^AWS does not answer: /);
        for (const name of ["Personalize", "CloudTrail", "budgets"]) {
            assert.equal(of(name).verdict, "unknown", name);
        }
    });
});

/** Returns temporary administrator credentials as environment variables. */
async function sessionOf(instance: Instance) {
    const sts = new STS(createSettings(instance));
    const { Credentials: credentials } = await sts.getSessionToken({});
    sts.destroy();
    return {
        AWS_ACCESS_KEY_ID: credentials?.AccessKeyId ?? "",
        AWS_SECRET_ACCESS_KEY: credentials?.SecretAccessKey ?? "",
        AWS_SESSION_TOKEN: credentials?.SessionToken ?? "",
    };
}
