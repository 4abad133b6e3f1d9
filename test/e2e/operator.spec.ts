import assert from "node:assert/strict";
import { operatorLevels, policyKinds } from "../../iam/operator.ts";
import { createHarness } from "../drills/operator/harness.ts";
import { freshUser, type OperatorOutputs, operatorProgram } from "../drills/operator/operators.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";

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

    // `npm run drill:operator` runs every command with the policies of each level.
    it("a user with all operator policies can deploy, and a user with `read` cannot", async () => {
        const harness = createHarness(aws, outputs.boundaryArn);
        const arns = operatorLevels.read.map((kind) => outputs.policyArns[kind] ?? "");
        const looker = await freshUser(aws.iam, "looker", arns);
        const ann = await freshUser(aws.iam, "ann", Object.values(outputs.policyArns));
        await harness.configure("usual");
        // The error may name any of these actions, because many creations start at the same time and the engine stops
        // at the first one that IAM denies.
        const refused = await harness.engine(looker.who, "up", "--continue-on-error");
        assertExit(refused, 1);
        assert.match(
            refused.stdout,
            /user\/looker is not authorized to perform: (s3:CreateBucket|iam:CreateRole|personalize:Create\w+)/,
        );
        assertExit(await harness.engine(ann.who, "up"), 0);
        assertExit(await harness.engine(ann.who, "destroy"), 0);
        const { AccessKeyMetadata = [] } = await aws.iam.listAccessKeys({ UserName: "ann" });
        assert.equal(AccessKeyMetadata.length, 1, "the test's own");
        await looker.end();
        await ann.end();
    });

    it("`preview` rejects a `githubSubject` that several workflows could match", async () => {
        await program.configure({ githubSubject: "repo:my-org/*" });
        const preview = await program.engine("preview");
        assertExit(preview, 1);
        assert.match(preview.stdout, /It must name one repository/);
        await program.configure({ githubSubject: "repo:my-org/films:environment:production" });
    });

    it("`destroy` deletes all operator policies and the OIDC provider", async () => {
        assertExit(await program.engine("destroy"), 0);
        const { Policies = [] } = await aws.iam.listPolicies({ Scope: "Local" });
        assert.deepEqual(Policies, []);
        const { OpenIDConnectProviderList = [] } = await aws.iam.listOpenIDConnectProviders({});
        assert.deepEqual(OpenIDConnectProviderList, []);
    });
});
